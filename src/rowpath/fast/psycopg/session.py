"""Whether a session is set as its framework has set it, without asking the server."""

from psycopg.pq.abc import PGconn

from rowpath.fast.fallback import CannotCompileError


def check_session(session: PGconn, *, zone: str, options: str) -> None:
    """Raise CannotCompileError for a session whose values are written in another way.

    `zone` is the time zone that the framework has set, and `options` what it was connected with.
    """
    # What the server has reported of itself; libpq knows it without asking.
    status = session.parameter_status
    if (found := status(b"TimeZone")) != zone.encode():
        raise CannotCompileError(f"the session's time zone was set to {_text(found)}")
    if (encoding := status(b"client_encoding")) != b"UTF8":
        raise CannotCompileError(f"the session's client_encoding is {_text(encoding)}")
    # psycopg reads dates and intervals as text, and refuses most other styles than these.
    if not ((dates := status(b"DateStyle")) or b"ISO").startswith(b"ISO"):
        raise CannotCompileError(f"the session's DateStyle is {_text(dates)}")
    if (intervals := status(b"IntervalStyle")) != b"postgres":
        raise CannotCompileError(f"the session's IntervalStyle is {_text(intervals)}")
    if "extra_float_digits" in options:
        raise CannotCompileError("OPTIONS sets extra_float_digits")


def _text(reported: bytes | None) -> str | None:
    return None if reported is None else reported.decode()
