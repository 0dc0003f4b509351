"""The users that ask what a plan says, as Locust's FastHttpUser."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from itertools import cycle, islice
from random import Random
from typing import ClassVar

import gevent
from geventhttpclient.header import Headers
from geventhttpclient.response import HTTPConnectionClosed
from geventhttpclient.useragent import RetriesExceeded
from locust import FastHttpUser, constant, task
from locust.contrib.fasthttp import FAILURE_EXCEPTIONS, insecure_ssl_context_factory

from rowpath.lab.load.locust.recording import Asked, Recorder
from rowpath.lab.load.locust.transport import (
    READ_BYTES,
    OneTryAgent,
    OneTryPool,
    OtherHostError,
    TooLongError,
    body_bytes,
)
from rowpath.lab.load.plan import Order, Target

NO_FAILURE = range(200, 400)
MOST_REDIRECTS = 10
NOBODY = "http://rowpath.invalid"
"""Locust wants a host of every user; ours ask whole URLs."""


class NotInTime(BaseException):
    """The time of a request is over. No Exception, which the client would take for its own."""


@dataclass(slots=True)
class Load:
    """What the users of this process share: the order, the recorder, and what is asked next."""

    order: Order
    recorder: Recorder
    targets: Iterator[Target] = field(init=False)
    arrivals: Iterator[float] | None = field(init=False)
    drawn: int = 0

    def __post_init__(self) -> None:
        each = [target for target in self.order.targets for _ in range(target.weight)]
        self.targets = islice(cycle(each), self.order.place % max(1, len(each)), None)
        self.arrivals = None if self.order.rate is None else self._arrivals(self.order.rate)

    def _arrivals(self, rate: float) -> Iterator[float]:
        """Yield when requests arrive here: a Poisson process of a share of the rate.

        Those of all processes together are one of the whole rate.
        """
        draw = Random(f"{self.order.seed}/{self.order.place}")
        own_rate = rate / self.order.generators
        at_s = draw.expovariate(own_rate)
        while at_s < self.order.run_time_s:
            self.drawn += 1
            yield at_s
            at_s += draw.expovariate(own_rate)

    def due(self) -> int | None:
        """Return how many arrivals there were in all, sent or not; None of a closed loop."""
        if self.arrivals is None:
            return None
        deque(self.arrivals, maxlen=0)  # those that nobody came to send
        return self.drawn


class Asker(FastHttpUser):
    """Asks one target after another: at once, or when the next arrival is due."""

    host = NOBODY
    wait_time = constant(0.01)
    load: ClassVar[Load]

    def on_start(self) -> None:
        """Get ready for a connection of its own."""
        self.client.client = OneTryAgent(
            client_pool=self._pool(), cookiejar=CookieJar(), max_redirects=MOST_REDIRECTS
        )

    @task
    def ask_on(self) -> None:
        """Ask until the run's time is over."""
        load = self.load
        if load.arrivals is None:
            while load.recorder.now_s() < load.order.run_time_s:
                self._ask(next(load.targets), None)
            return
        for due_s in load.arrivals:
            early_s = due_s - load.recorder.now_s()
            if early_s > 0:
                gevent.sleep(early_s)
            self._ask(next(load.targets), due_s)
            if load.recorder.now_s() >= load.order.run_time_s:
                return

    def _ask(self, target: Target, due_s: float | None) -> None:
        """Ask once, and record how that ended, be it that this user is ended meanwhile."""
        recorder = self.load.recorder
        started_s = recorder.now_s()
        ended = _Ended(reason="no whole answer when the load ended")
        try:
            ended = self._answer(target)
        finally:
            asked = Asked(
                method=target.method,
                name=target.label,
                intended_s=started_s if due_s is None else due_s,
                started_s=started_s,
                ended_s=recorder.now_s(),
                status=ended.status,
                size_bytes=ended.size_bytes,
                reason=ended.reason,
            )
            recorder.add(asked)
        if ended.is_broken:
            self._connect_anew()

    def _answer(self, target: Target) -> "_Ended":
        order = self.load.order
        try:
            with gevent.Timeout(order.timeout_s, NotInTime):
                answer = self.client.client.urlopen(
                    target.url,
                    method=target.method,
                    headers=_headers(target),
                    payload=None if target.body is None else target.body.encode(),
                )
                answer.read()
        except NotInTime:
            reason = f"no whole answer within {order.timeout_s:g} s"
        except TooLongError:
            reason = f"an answer of more than {order.most_bytes:,} bytes"
        except OtherHostError as error:
            reason = f"led to another host, {error}"
        except (*FAILURE_EXCEPTIONS, ValueError) as error:
            reason = _told(error)
        else:
            size_bytes = body_bytes(answer)
            reason = _unexpected(target, answer.status_code, size_bytes)
            return _Ended(status=answer.status_code, size_bytes=size_bytes, reason=reason)
        return _Ended(reason=reason, is_broken=True)

    def _connect_anew(self) -> None:
        """Let go of the connection: one that broke off is not always given back to its pool."""
        self.client.client.clientpool.close()
        self.client.client.clientpool = self._pool()

    def _pool(self) -> OneTryPool:
        timeout_s = self.load.order.timeout_s
        return OneTryPool(
            concurrency=1,
            block_size=READ_BYTES,
            connection_timeout=timeout_s,
            network_timeout=timeout_s,
            insecure=True,
            ssl_context_factory=insecure_ssl_context_factory,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ended:
    """How a request ended; `is_broken` where its connection is of no more use."""

    status: int = 0
    size_bytes: int = 0
    reason: str = ""
    is_broken: bool = False


def _headers(target: Target) -> Headers:
    headers = Headers(dict(target.headers))
    if target.cookies:
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in target.cookies)
    return headers


def _unexpected(target: Target, status: int, size_bytes: int) -> str:
    """Return why a whole answer is a failure, empty where it is none."""
    wanted = target.expects_status
    if status != wanted if wanted is not None else status not in NO_FAILURE:
        return f"status {status}"
    if target.expects_bytes is not None and size_bytes != target.expects_bytes:
        return f"a body of {size_bytes:,} bytes, not {target.expects_bytes:,}"
    return ""


_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (ConnectionRefusedError, "connection refused"),
    (ConnectionResetError, "connection reset"),
    (TimeoutError, "the connection timed out"),
    (HTTPConnectionClosed, "connection closed without an answer"),
)


def _told(error: BaseException) -> str:
    """Return what broke a request off, the same words for the same cause."""
    original = error.__dict__.get("original")
    if isinstance(error, RetriesExceeded) and isinstance(original, BaseException):
        return _told(original)
    if isinstance(error, HTTPConnectionClosed) and isinstance(error.__context__, OSError):
        return _told(error.__context__)  # the client says closed of a reset as well
    for kind, words in _WORDS:
        if isinstance(error, kind):
            return words
    return getattr(error, "strerror", None) or f"{type(error).__name__}: {error}"
