"""Run as a program: a web server that leaks 16 MiB a request until the system ends it.

It writes its port on standard output. Its limit of memory is the system's own, as a container has
one; who meets it is killed without a word, as by Linux when memory runs out.
"""

import os
import resource
import signal
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

ROWS = b'{"rows": [{"id": 1, "price": 1.0}, {"id": 2, "price": 2.5}], "now": 1}'
LEAKED: list[bytearray] = []


class _Leaks(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one piece, or each answer waits for an acknowledgement

    def do_GET(self) -> None:
        LEAKED.append(bytearray(16 << 20))
        self.send_response(200)
        self.send_header("Content-Length", str(len(ROWS)))
        self.end_headers()
        self.wfile.write(ROWS)

    def log_message(self, *_: object) -> None:
        pass


class _Mortal(HTTPServer):
    """One connection after another: a race has one at a time."""

    def handle_error(self, request: object, client_address: object) -> None:
        del request, client_address
        if isinstance(sys.exc_info()[1], MemoryError):
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (512 << 20, 512 << 20))
    server = _Mortal(("127.0.0.1", 0), _Leaks)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
    sys.exit(1)
