"""One HTTP client, one request at a time: what the measured applications are asked with."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from urllib.parse import urlencode

import urllib3

from rowpath.errors import ServerError


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer, whole. `duration_s` runs from before sending to the last byte of the body."""

    status: int
    body: bytes
    duration_s: float


class Client:
    """Asks one server over one connection, which is kept where the server keeps it."""

    def __init__(self, pool: urllib3.HTTPConnectionPool) -> None:
        self._pool = pool

    def get(
        self, path: str, params: Mapping[str, int], headers: Mapping[str, str] | None = None
    ) -> Response:
        """Return the answer to GET; ServerError where the server breaks off without one."""
        target = f"{path}?{urlencode(params)}" if params else path
        started = perf_counter()
        try:
            answer = self._pool.request("GET", target, headers=headers)
        except urllib3.exceptions.HTTPError as error:
            raise ServerError(
                f"Cannot get {target}: the server broke off after "
                f"{perf_counter() - started:.1f} s ({type(error).__name__}). "
                "Read its log for the reason."
            ) from error
        duration_s = perf_counter() - started
        return Response(status=answer.status, body=answer.data, duration_s=duration_s)


@contextmanager
def connected(url: str) -> Iterator[Client]:
    """Yield a client of the server at `url`; its connection is closed at the end.

    There is no time limit on an answer: the slowest techniques take minutes over a whole table.
    """
    with urllib3.connection_from_url(url, maxsize=1, retries=False, timeout=None) as pool:
        if not isinstance(pool, urllib3.HTTPConnectionPool):
            msg = f"{url} is not http"
            raise TypeError(msg)
        yield Client(pool)
