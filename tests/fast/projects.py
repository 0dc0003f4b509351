"""The shop's Django project run by a test: as a process that is called, or as a real server."""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psutil

TESTS = Path(__file__).parent.parent
READY_WITHIN_S = 60.0
TIMEOUT_S = 120.0
# What tells who answered and when, not what.
NOT_COMPARED = {"answered-by", "answered-in", "date"}

Given = Mapping[str, Any]


def environment(given: Given) -> dict[str, str]:
    """Return the environment of a process of the project; `given` is what its settings read."""
    foreign = ("DJANGO_", "PYTHON", "GUNICORN_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    own = {"DJANGO_SETTINGS_MODULE": "fast.shop.settings", "SHOP": json.dumps(given)}
    return kept | own


class Inside:
    """A process of the project whose functions can be called."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def call(self, name: str, **arguments: object) -> Any:  # noqa: ANN401 - any JSON
        """Return what `module:function` of the shop returns; what it raises fails the test."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps({"call": name, "arguments": arguments}) + "\n")
        stdin.flush()
        line = stdout.readline()
        assert line, "the process of the project ended"
        told = json.loads(line)
        assert "error" not in told, told["error"]
        return told["value"]


@contextmanager
def inside(given: Given) -> Iterator[Inside]:
    """Run a process of the project for as long as the block lasts, with warnings as errors."""
    program = [sys.executable, "-W", "error", "-m", "fast.shop.inside"]
    with subprocess.Popen(
        program,
        cwd=TESTS,
        env=environment(given),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Inside(process)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a client got: `path` is how the list was answered, as its header says.

    `is_in_pieces` says whether its view gave it as a stream.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    path: str | None
    is_in_pieces: bool


class Server:
    """The project under gunicorn, on a Unix socket."""

    def __init__(self, address: Path, process: subprocess.Popen[bytes]) -> None:
        self._address = address
        self._process = process

    def ask(self, path: str, way: str = "fast", method: str = "GET", **headers: str) -> Answer:
        """Return the answer to a request of its own connection. `Reads_From` is Reads-From."""
        connection = http.client.HTTPConnection("testserver", timeout=TIMEOUT_S)
        connection.sock = self._connected()
        try:
            connection.request(method, f"/{path}", headers={"Way": way, **_spelled(headers)})
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        names = {name.lower(): value for name, value in response.getheaders()}
        seen = {name: value for name, value in names.items() if name not in NOT_COMPARED}
        return Answer(
            status=response.status,
            headers=seen,
            body=body,
            path=names.get("answered-by"),
            is_in_pieces=names.get("answered-in") == "pieces",
        )

    def same(self, path: str, **headers: str) -> Answer:
        """Return the fast answer, which is DRF's in status, headers and bytes."""
        theirs, ours = self.ask(path, "drf", **headers), self.ask(path, "fast", **headers)
        assert (ours.status, ours.headers) == (theirs.status, theirs.headers)
        ours_compared, theirs_compared = _without_token(ours.body), _without_token(theirs.body)
        assert ours_compared == theirs_compared, _difference(ours_compared, theirs_compared)
        return ours

    def begin(self, path: str, **headers: str) -> socket.socket:
        """Send a request for `path` and return the socket on which the answer comes."""
        lines = {"Host": "testserver", "Way": "fast", "Connection": "close", **_spelled(headers)}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        connected = self._connected()
        connected.sendall(f"GET /{path} HTTP/1.1\r\n{head}\r\n".encode())
        return connected

    def worker(self) -> psutil.Process:
        """Return the one worker."""
        [worker] = psutil.Process(self._process.pid).children()
        return worker

    def wait_until_ready(self, log: Path) -> None:
        """Return when connections are accepted."""
        deadline = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < deadline:
            assert self._process.poll() is None, log.read_text()
            try:
                self._connected().close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        raise AssertionError(f"the server was not ready in time:\n{log.read_text()}")

    def _connected(self) -> socket.socket:
        connected = socket.socket(socket.AF_UNIX)
        connected.settimeout(TIMEOUT_S)
        try:
            connected.connect(str(self._address))
        except OSError:
            connected.close()
            raise
        return connected


def _without_token(body: bytes) -> bytes:
    """Return `body` without the token of the browsable API, which no two answers share."""
    return re.sub(rb'"csrfToken": "\w+"', b"", body)


def _difference(ours: bytes, theirs: bytes) -> str:
    """Return the surroundings of the first byte that differs."""
    pairs = enumerate(zip(ours, theirs, strict=False))
    first = next((at for at, (a, b) in pairs if a != b), min(len(ours), len(theirs)))
    around = slice(max(0, first - 60), first + 60)
    return f"at byte {first} rowpath has {ours[around]!r} and DRF has {theirs[around]!r}"


def _spelled(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@contextmanager
def serving(
    given: Given, folder: Path, *arguments: str, interface: str = "wsgi"
) -> Iterator[Server]:
    """Run gunicorn with one worker for as long as the block lasts; `arguments` are its own."""
    address, log = folder / "socket", folder / "gunicorn.log"
    program = [sys.executable, "-m", "gunicorn", f"fast.shop.{interface}:application"]
    # The control socket would lie at a path that all servers of a user share.
    options = ["--bind", f"unix:{address}", "--workers", "1", "--no-control-socket"]
    with log.open("wb") as output:
        process = _started([*program, *options, *arguments], given, output)
    server = Server(address, process)
    try:
        server.wait_until_ready(log)
        yield server
    finally:
        process.terminate()
        process.wait(READY_WITHIN_S)


def _started(program: list[str], given: Given, output: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        program, cwd=TESTS, env=environment(given), stdout=output, stderr=subprocess.STDOUT
    )
