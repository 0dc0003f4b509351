"""One connection to one endpoint, one request at a time, each bounded in time and size.

A connection is urllib3's own, without its pool: a pool hands out no socket, and a socket is what it
takes to end an answer that never does. A socket's timeout is of one read, so a body, or a header,
that comes a byte now and then would never meet it.
"""

import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException, IncompleteRead, RemoteDisconnected
from io import BytesIO
from math import inf
from threading import Event, Lock, Thread
from time import monotonic, perf_counter

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    DecodeError,
    HTTPError,
    LocationParseError,
)

from rowpath.errors import UsageError
from rowpath.lab.load.acknowledging import acknowledge_at_once
from rowpath.lab.load.plan import Target

READ_BYTES = 2**20
SUCCESS = range(200, 300)
REDIRECTS = range(300, 400)
MOST_SHOWN = 100
_WORDS = (
    (RemoteDisconnected, "it closed the connection without an answer"),
    (IncompleteRead, "it broke off in the middle of an answer"),
    (DecodeError, "its answer is not encoded as it says"),
)


class FallenError(Exception):
    """An endpoint that cannot be asked any more; the message is the reason, a clause on "it"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What one answer may take and have."""

    timeout_s: float
    most_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer, whole: how long it took to its last byte, and its size as it was sent.

    `body` is empty unless it was to be kept; it is as its Content-Encoding leaves it. `calls` are
    how many calls took that time together: a request is one.
    """

    took_s: float
    size_bytes: int
    body: bytes = b""
    calls: int = 1


class Alarm:
    """Ends the connection of an answer that takes too long, whatever it is waiting for."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._until_s = inf
        self._connection: HTTPConnection | None = None
        self._sock: socket.socket | None = None
        self._lock = Lock()
        self._over = Event()
        self.rang = False

    def begin(self, connection: HTTPConnection) -> None:
        """Begin to count the time of an answer that comes by this connection."""
        with self._lock:
            self._connection, self._sock = connection, connection.sock
            self._until_s = monotonic() + self._timeout_s
            self.rang = False

    def connected(self, sock: socket.socket | None) -> None:
        """Take the socket: a connection forgets it as soon as its server says it will close it."""
        self._sock = sock

    def stop(self) -> None:
        """Count no more."""
        with self._lock:
            self._until_s = inf

    def watch(self) -> None:
        """Wait for an answer that takes too long, until the alarm is closed.

        It looks anew when the answer that is on its way now would be late, and where none is, after
        as long as one may take: what begins meanwhile is not late before that.
        """
        wait_s = self._timeout_s
        while not self._over.wait(wait_s):
            with self._lock:
                left_s = self._until_s - monotonic()
                if left_s <= 0:
                    self._until_s = inf
                    self._ring()
            wait_s = min(left_s, self._timeout_s) if left_s > 0 else self._timeout_s

    def _ring(self) -> None:
        self.rang = True
        sock = self._connection.sock if self._connection else None
        with suppress(OSError):
            if (found := sock or self._sock) is not None:
                # SSLSocket's own shutdown() takes from it what the reading thread is just using.
                socket.socket.shutdown(found, socket.SHUT_RDWR)

    def ring(self) -> None:
        """End the answer that is on its way, if one is, as if it took too long."""
        with self._lock:
            if self._until_s < inf:
                self._until_s = inf
                self._ring()

    def close(self) -> None:
        """Let `watch` end."""
        self._over.set()


@contextmanager
def alarm(timeout_s: float) -> Iterator[Alarm]:
    """Yield an alarm that a thread of its own watches."""
    made = Alarm(timeout_s)
    thread = Thread(target=made.watch, name="rowpath-race-alarm", daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.close()
        thread.join()


@dataclass(frozen=True, slots=True)
class _Request:
    """What is sent for a target."""

    method: str
    path: str
    body: bytes | None
    headers: urllib3.HTTPHeaderDict

    @classmethod
    def of(cls, target: Target) -> "_Request":
        """Return what is sent for a target; UsageError where it cannot be."""
        body = None if target.body is None else target.body.encode()
        return cls(target.method, path_of(target.url), body, _headers(target))


class Asker:
    """Asks targets of one server over one connection, made anew only where the server closed it.

    Each request is for the next of the targets, from the first on and then again.
    """

    def __init__(self, targets: Sequence[Target], bounds: Bounds, watch: Alarm) -> None:
        self._requests = tuple(map(_Request.of, targets))
        self._next = 0
        self._bounds = bounds
        self._alarm = watch
        self._connection = _connection(targets[0].url, bounds.timeout_s)

    def turn_to(self, number: int) -> None:
        """Let the next request be for the target of this number, counted from 0."""
        self._next = number % len(self._requests)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def ask(self, *, keeps: bool = False) -> Reply:
        """Return the answer, with its body only if that is to be kept.

        FallenError where there is none with a status from 200 to 299 within the bounds. Nothing is
        asked twice, and no redirect is followed.
        """
        self._alarm.begin(self._connection)
        try:
            return self._asked(keeps=keeps)
        except FallenError as error:
            self._connection.close()
            raise self._fallen(str(error)) from error
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            self._connection.close()
            raise self._fallen(self._why(error)) from error
        finally:
            self._alarm.stop()

    def _asked(self, *, keeps: bool) -> Reply:
        connection = self._connection
        if connection.sock is not None and not connection.is_connected:
            connection.close()  # the server has closed it since; HTTP/1.1 allows that at any time
        request = self._requests[self._next]
        self._next = (self._next + 1) % len(self._requests)
        started = perf_counter()
        connection.request(
            request.method,
            request.path,
            body=request.body,
            headers=request.headers,
            preload_content=False,
            decode_content=False,
        )
        self._alarm.connected(connection.sock)
        acknowledge_at_once(connection.sock)
        with connection.getresponse() as response:
            size_bytes, body = self._read(response, keeps=keeps)
            took_s = perf_counter() - started
            if self._alarm.rang:  # a body without a length just seems to end there
                raise FallenError(self._late())
            if response.status not in SUCCESS:
                raise FallenError(_status(response))
            return Reply(
                took_s=took_s,
                size_bytes=size_bytes,
                body=self._decoded(body, response) if keeps else b"",
            )

    def _read(self, response: urllib3.BaseHTTPResponse, *, keeps: bool) -> tuple[int, bytes]:
        """Return the size of a body as it is sent, and the body itself if that is to be kept."""
        pieces: list[bytes] = []
        size_bytes = 0
        while piece := response.read(READ_BYTES, decode_content=False):
            size_bytes += len(piece)
            if size_bytes > self._bounds.most_bytes:
                raise FallenError(f"its answer is longer than {self._bounds.most_bytes:,} bytes")
            if keeps:
                pieces.append(piece)
        return size_bytes, b"".join(pieces)

    def _decoded(self, body: bytes, response: urllib3.BaseHTTPResponse) -> bytes:
        """Return a body without its Content-Encoding, where it is one that can be undone here."""
        most = self._bounds.most_bytes
        whole = urllib3.HTTPResponse(
            body=BytesIO(body),
            headers=response.headers,
            preload_content=False,
            enforce_content_length=False,
        )
        decoded = whole.read(most + 1, decode_content=True)
        if len(decoded) > most:
            raise FallenError(f"its answer is longer than {most:,} bytes when unpacked")
        return decoded

    def _fallen(self, reason: str) -> FallenError:
        """Return a reason with the request that it is about, where there are several."""
        if len(self._requests) == 1:
            return FallenError(reason)
        request = self._requests[self._next - 1]
        return FallenError(f"{reason}, asked for {request.method} {request.path}")

    def _why(self, error: Exception) -> str:
        if self._alarm.rang:
            return self._late()
        causes = [error, error.__cause__]
        # Not urllib3's own class: that is one of refused connections as well.
        if any(isinstance(cause, TimeoutError) for cause in causes):
            return self._late()
        for kind, words in _WORDS:
            if any(isinstance(cause, kind) for cause in causes):
                return words
        for cause in causes:
            if isinstance(cause, OSError) and cause.strerror:
                return f"there was no whole answer: {shown(cause.strerror)}"
        return f"what it sent is no answer of HTTP ({type(error).__name__})"

    def _late(self) -> str:
        return f"it gave no whole answer within {self._bounds.timeout_s:g} s"


@contextmanager
def asker(
    target: Target, bounds: Bounds, watch: Alarm, *, then: Sequence[Target] = ()
) -> Iterator[Asker]:
    """Yield what asks a target, `then` others of its server, and so on, over a new connection."""
    made = Asker((target, *then), bounds, watch)
    try:
        yield made
    finally:
        made.close()


def path_of(url: str) -> str:
    """Return what is asked of a URL's host, percent-encoded; UsageError where it cannot be."""
    return _parsed(url).request_uri


def shown(text: str) -> str:
    """Return what a server said on one line, without anything that a terminal would act on."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= MOST_SHOWN else f"{line[:MOST_SHOWN]}..."


def _parsed(url: str) -> urllib3.util.Url:
    try:
        return urllib3.util.parse_url(url)
    except LocationParseError as error:
        raise UsageError(
            f"Cannot ask {url}: it has no host that can be found. Correct it."
        ) from error


def _connection(url: str, timeout_s: float) -> HTTPConnection:
    parts = _parsed(url)
    host = (parts.host or "").strip("[]")
    if parts.scheme == "https":
        # As with `load`, certificates are not checked: what is measured is a server of one's own.
        return HTTPSConnection(host, parts.port, timeout=timeout_s, cert_reqs="CERT_NONE")
    return HTTPConnection(host, parts.port, timeout=timeout_s)


def _headers(target: Target) -> urllib3.HTTPHeaderDict:
    headers = urllib3.HTTPHeaderDict()
    for name, value in target.headers:
        headers.add(name, value)
    if target.cookies:
        headers.add("Cookie", "; ".join(f"{name}={value}" for name, value in target.cookies))
    return headers


def _status(response: urllib3.BaseHTTPResponse) -> str:
    if response.status in REDIRECTS:
        where = response.headers.get("Location")
        to = f" to {shown(where)}" if where else ""
        return f"it redirected{to} (status {response.status}), and redirects are not followed"
    return f"it answered with status {response.status}"
