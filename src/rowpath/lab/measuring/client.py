"""One HTTP client, one request at a time: what the measured applications are asked with.

Every request has a connection of its own. gunicorn's sync workers keep none, uvicorn does; were
the client to use that, the servers would be compared along with the techniques.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from urllib.parse import urlencode

import urllib3

from rowpath.lab.apps.tracing import CACHE_HEADER, CPU_HEADER, DURATION_HEADER, PATH_HEADER

_HEADERS = {"Connection": "close"}


class BrokenOffError(Exception):
    """A server ended a request without an answer; the message is the reason, no sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer, whole.

    `duration_s` runs from before sending to the last byte of the body. `own_s` and `own_cpu_s` are
    what a task says by its own clocks, None of what is no task. `fast_path` is how rowpath.fast
    answered, where it had to do with it and the server is traced. `cache` is what a server
    says of its cache, where that is looked at.
    """

    status: int
    body: bytes
    duration_s: float
    own_s: float | None = None
    own_cpu_s: float | None = None
    fast_path: str | None = None
    cache: str | None = None


class Client:
    """Asks one server."""

    def __init__(self, pool: urllib3.HTTPConnectionPool) -> None:
        self._pool = pool

    def ask(
        self,
        method: str,
        path: str,
        params: Mapping[str, int],
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Return the answer; BrokenOffError where the server breaks off without one."""
        target = f"{path}?{urlencode(params)}" if params else path
        started = perf_counter()
        try:
            answer = self._pool.request(method, target, headers=_HEADERS | dict(headers or {}))
        except urllib3.exceptions.HTTPError as error:
            after_s = perf_counter() - started
            reason = f"the server broke off after {after_s:.1f} s ({type(error).__name__})"
            raise BrokenOffError(reason) from error
        duration_s = perf_counter() - started
        return Response(
            status=answer.status,
            body=answer.data,
            duration_s=duration_s,
            own_s=_seconds(answer.headers.get(DURATION_HEADER)),
            own_cpu_s=_seconds(answer.headers.get(CPU_HEADER)),
            fast_path=answer.headers.get(PATH_HEADER),
            cache=answer.headers.get(CACHE_HEADER),
        )


def _seconds(header: str | None) -> float | None:
    return None if header is None else float(header)


@contextmanager
def connected(url: str) -> Iterator[Client]:
    """Yield a client of the server at `url`.

    There is no time limit on an answer: the slowest techniques take minutes over a whole table.
    """
    with urllib3.connection_from_url(url, maxsize=1, retries=False, timeout=None) as pool:
        if not isinstance(pool, urllib3.HTTPConnectionPool):
            msg = f"{url} is not http"
            raise TypeError(msg)
        yield Client(pool)
