"""Run as a program: a web server that a race starts, and that ends, or does not, as it is told.

`server_program.py PORT [WHAT ...]`; it writes its pid to the file STARTS, a line for each start.
"""

import json
import os
import resource
import signal
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

WHAT = set(sys.argv[2:])
COUNTED = next((int(each.partition("=")[2]) for each in WHAT if each.startswith("after=")), 0)
WAIT_S = next((float(each.partition("=")[2]) for each in WHAT if each.startswith("wait=")), 0.0)
MIB = 2**20
leaked: list[bytes] = []


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    asked = 0

    def do_GET(self) -> None:
        type(self).asked += 1
        if COUNTED and type(self).asked > COUNTED:
            ends()
        if "hang" in WHAT:
            time.sleep(600)
        time.sleep(WAIT_S)
        status = 404 if "missing" in WHAT else 200
        body = json.dumps({"path": self.path}).encode()
        head = f"HTTP/1.1 {status} Test\r\nContent-Length: {len(body)}\r\n\r\n"
        self.wfile.write(head.encode() + body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 it is the library's
        pass


def ends() -> None:
    """End as a program that fails does, or, where it leaks, as the system ends one."""
    if "leak" not in WHAT:
        sys.stderr.write("something broke\n")
        os._exit(7)
    resource.setrlimit(resource.RLIMIT_AS, (512 * MIB, 512 * MIB))
    try:
        while True:
            leaked.append(b"x" * MIB)
    except MemoryError:
        os.kill(os.getpid(), signal.SIGKILL)


def started_before(starts: Path) -> int:
    return len(starts.read_text().split()) if starts.exists() else 0


def main() -> None:
    starts = Path(os.environ["STARTS"])
    first = started_before(starts) == 0
    with starts.open("a") as file:
        file.write(f"{os.getpid()}\n")
    if "stubborn" in WHAT:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if "never" in WHAT:
        time.sleep(600)
    if "exits" in WHAT or ("once" in WHAT and not first):
        sys.exit("this is why: no such table")
    # PORT is what the command says; without it the environment does.
    port = int(os.environ["PORT"] if sys.argv[1] == "-" else sys.argv[1])
    ThreadingHTTPServer(("127.0.0.1", port), Answers).serve_forever()


if __name__ == "__main__":
    main()
