"""A client that does not have servers wait for its acknowledgements, whichever client it is."""

import socket
import sys
from contextlib import suppress
from typing import Protocol


class Connection(Protocol):
    """A socket of the standard library's, or one that stands in its place."""

    def setsockopt(self, level: int, name: int, value: int, /) -> None:
        """Set an option."""


def acknowledge_at_once(sock: Connection | None) -> None:
    """Let the system acknowledge what comes without waiting for more, until the next request.

    A server that writes head and body apart, as those of the standard library and Django's
    runserver do, sends the body only when the head is acknowledged. Left to itself Linux takes 40
    ms for that on a kept connection, and all that a server does meanwhile is hidden in them. Linux
    forgets it as soon as something is sent, so it is said again after each request.
    """
    if sock is not None and sys.platform == "linux":
        with suppress(OSError):  # the server may have closed it by now
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
