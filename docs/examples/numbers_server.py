"""A server of the standard library: `numbers_server.py PORT at-once|one-by-one`."""

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit


class Numbers(BaseHTTPRequestHandler):
    """Answers a list of as many numbers as `count` says."""

    def do_GET(self) -> None:
        """Answer in the way that the command line names."""
        count = int(parse_qs(urlsplit(self.path).query).get("count", ["1"])[0])
        body = WAYS[sys.argv[2]](list(range(count))).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Write nothing: a log would be part of what is timed."""


def one_by_one(numbers: list[int]) -> str:
    """Return the JSON of numbers that are encoded each by itself."""
    return "[" + ", ".join(json.dumps(number) for number in numbers) + "]"


WAYS = {"at-once": json.dumps, "one-by-one": one_by_one}

if __name__ == "__main__":
    HTTPServer(("127.0.0.1", int(sys.argv[1])), Numbers).serve_forever()
