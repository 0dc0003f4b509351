"""What geventhttpclient, below Locust's FastHttpUser, does here otherwise than by itself.

It runs in a process of its own that does nothing else, so nothing is undone. It sends a request
again, unseen, when a server closes a connection without an answer; here each request is sent once
and counted once. It keeps whole bodies in memory, whatever their size; here a body is counted, and
its bytes are let go. It follows a redirect to any host; here to none but the same. It leaves it to
the system when to acknowledge what came; here that is at once.
"""

from typing import Any, ClassVar

from geventhttpclient import client as http_client
from geventhttpclient.client import HTTPClient, HTTPClientPool
from geventhttpclient.connectionpool import ConnectionPool
from geventhttpclient.response import HTTPParseError, HTTPSocketPoolResponse
from geventhttpclient.url import URL
from geventhttpclient.useragent import CompatResponse
from locust.contrib.fasthttp import FastRequest, LocustUserAgent

from rowpath.lab.load.acknowledging import Connection, acknowledge_at_once

READ_BYTES = 64 * 1024
"""A megabyte in blocks of 4 KiB, as by default, would be 256 turns of the event loop."""
ANY_STATUS = frozenset(range(1_000))


class TooLongError(HTTPParseError):
    """An answer, headers and all, that is longer than the load allows."""


class OtherHostError(Exception):
    """A redirect to a host that nobody named."""


class CountedResponse(HTTPSocketPoolResponse):
    """An answer whose body is counted and not kept."""

    most_bytes: ClassVar[int]
    received_bytes = 0
    body_bytes = 0

    def __init__(
        self,
        sock: Connection,
        pool: ConnectionPool,
        **options: Any,  # noqa: ANN401 what it is made with is the client's
    ) -> None:
        """Read the head of the answer to the request that was just sent."""
        acknowledge_at_once(sock)
        super().__init__(sock, pool, **options)

    def feed(self, data: str | bytes) -> None:
        """Parse what was received; TooLongError when that is more than the load allows."""
        self.received_bytes += len(data)
        if self.received_bytes > self.most_bytes:
            raise TooLongError
        super().feed(data)

    def _on_body(self, buf: bytearray) -> None:
        self.body_bytes += len(buf)


def body_bytes(answer: CompatResponse) -> int:
    """Return how long the body of an answer was, as it came over the wire."""
    response = answer._response  # noqa: SLF001 it has no public name
    return response.body_bytes if isinstance(response, CountedResponse) else 0


class SameHostRequest(FastRequest):
    """A request that is led to no other host or port than its own."""

    def redirect(self, code: int, location: str) -> None:
        """Point to the new location; OtherHostError where that is another host's."""
        here, there = self.url_split, self.url_split.redirect(location)
        if (there.host, there.port) != (here.host, here.port):
            raise OtherHostError(f"{there.scheme}://{there.netloc}")
        super().redirect(code, location)


class OneTryPool(HTTPClientPool):
    """Clients that send a request once, whatever becomes of it."""

    def get_client(self, url: str | URL) -> HTTPClient:
        """Return the client of a URL's host."""
        client = super().get_client(url)
        # Once more for each connection of the pool and one besides: none is left for less than 0.
        client._connection_pool.size = -1  # noqa: SLF001 there is no other way to say it
        return client


def limit_answers(most_bytes: int) -> None:
    """Have every answer counted, and none longer than this."""
    CountedResponse.most_bytes = most_bytes
    # The name by which HTTPClient.request finds it.
    setattr(http_client, "HTTPSocketPoolResponse", CountedResponse)  # noqa: B010 it has no type there


class OneTryAgent(LocustUserAgent):
    """An agent that takes any status as an answer, and is led to no other host."""

    valid_response_codes = ANY_STATUS
    request_type = SameHostRequest
