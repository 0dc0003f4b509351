"""Offsets of time zones from UTC, for any second of the years 1 to 9999, from utcoffset() alone."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone, tzinfo
from pickle import PicklingError
from zoneinfo import ZoneInfo

Span = tuple[int, int, int]
"""A first second, the first second after it (Unix time), and the offset in between in seconds."""

_SECOND = timedelta(seconds=1)
# A quarter of the shortest time between two changes of any zone: 95.7 hours, in Freetown in 1939.
STEP_S = 24 * 60 * 60


def fixed_offset_s(zone: tzinfo) -> int | None:
    """Return the offset of a zone that has only one, in whole seconds; None for other zones."""
    if type(zone) is not timezone:
        return None
    offset = zone.utcoffset(None)
    return offset // _SECOND if offset % _SECOND == timedelta() else None


def has_known_changes(zone: tzinfo) -> bool:
    """Return whether `zone` is one of the IANA database, whose changes STEP_S cannot miss."""
    if type(zone) is not ZoneInfo:
        return False
    try:
        # Of all zones, only those that were read from a file of the user's cannot be pickled.
        zone.__reduce__()
    except PicklingError:
        return False
    return True


def spans(zone: tzinfo, start: int, end: int) -> Iterator[Span]:
    """Yield the spans of constant offset from second `start` up to `end`, without gaps."""
    span_start, offset = start, _offset_s(zone, start)
    before = start
    while before < end - 1:
        after = min(before + STEP_S, end - 1)
        if (changed := _offset_s(zone, after)) != offset:
            change = _first_second_of(zone, changed, before, after)
            yield span_start, change, offset
            span_start, offset = change, changed
        before = after
    yield span_start, end, offset


def _first_second_of(zone: tzinfo, offset: int, before: int, after: int) -> int:
    """Return when `offset` begins, which is there at `after` and not yet at `before`."""
    while after - before > 1:
        middle = (before + after) // 2
        if _offset_s(zone, middle) == offset:
            after = middle
        else:
            before = middle
    return after


def _offset_s(zone: tzinfo, second: int) -> int:
    # What astimezone() does, without the zones that it would convert from.
    utc = datetime(1970, 1, 1, tzinfo=zone) + timedelta(seconds=second)
    return (zone.fromutc(utc).utcoffset() or timedelta()) // _SECOND
