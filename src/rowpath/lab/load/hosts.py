"""Which hosts a load may ask: this machine always, another only if its owner says so."""

import socket
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from rowpath.errors import ServerError, UsageError

SCHEMES = {"http": 80, "https": 443}
CONNECTS_WITHIN_S = 5.0


def parts_of(url: str) -> SplitResult:
    """Return the parts of a URL that can be asked; UsageError where it cannot be."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UsageError(f"Cannot ask {url}: {error}. Give a URL.") from error
    if parts.scheme not in SCHEMES or not parts.hostname or port == 0:
        raise UsageError(
            f"Cannot ask {url}: it is no URL of a web server. Write it as http://127.0.0.1:8000/."
        )
    if parts.username is not None:
        raise UsageError(
            f"Cannot ask {parts.hostname} with a password in the URL. "
            "Send it as a header: -H 'Authorization: ...'."
        )
    if any(character.isspace() or not character.isprintable() for character in url):
        raise UsageError(f"Cannot ask {url!r}: it has a blank in it. Write that as %20.")
    return parts


def is_loopback(url: str) -> bool:
    """Return whether a URL names this machine by a loopback address or as localhost.

    Another name is another host, whatever it leads to: that can change while the load runs.
    """
    host = parts_of(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def check_named(urls: Iterable[str], *, may_leave_loopback: bool, verb: str = "load") -> None:
    """UsageError for a URL that leaves this machine without its owner's word.

    `verb` says what is to be done with the host.
    """
    foreign = sorted({parts_of(url).netloc for url in urls if not is_loopback(url)})
    if foreign and not may_leave_loopback:
        raise UsageError(
            f"Cannot {verb} {', '.join(foreign)}: only this machine's loopback may be asked "
            f"without the word of its owner. If the host is yours to {verb}, say so with "
            "--i-own-this-host."
        )


def check_listening(urls: Iterable[str]) -> None:
    """ServerError for a URL at whose host and port nobody listens, before any load begins."""
    places: dict[tuple[str, int], str] = {}
    for url in urls:
        parts = parts_of(url)
        places.setdefault((parts.hostname or "", parts.port or SCHEMES[parts.scheme]), url)
    for place, url in places.items():
        try:
            socket.create_connection(place, timeout=CONNECTS_WITHIN_S).close()
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or error
            raise ServerError(
                f"Cannot load {url}: {reason}. Start the server, or correct the URL."
            ) from error
