"""Offsets of every zone, at every second that matters, against datetime.astimezone()."""

import os
import random
import zoneinfo
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fast.drf.long_runs import VARIABLE, examples
from fast.encoding.harness import encoded, made_for
from fast.encoding.results import result_of
from rowpath.fast import forms
from rowpath.fast.encoding import CannotEncodeError, zones

NAMES = sorted(zoneinfo.available_timezones())
TIMESTAMPTZ = 1184
SECOND = 1_000_000
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
FIRST = (datetime(1, 1, 2, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
LAST = (datetime(9999, 12, 31, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1) - 1
LAST_RULE_YEAR = 2045


def changes(name: str) -> list[int]:
    """Return when the zone's offset changes, in Unix time, as Python's own zoneinfo has it."""
    # The one that is written in Python keeps its transitions where they can be read.
    zone = vars(import_module("zoneinfo._zoneinfo").ZoneInfo.no_cache(name))
    offset = zone["_tti_before"].utcoff
    found: list[int] = []
    for second, info in zip(zone["_trans_utc"], zone["_ttinfos"], strict=True):
        if info.utcoff != offset:
            found.append(second)
            offset = info.utcoff
    rule = zone["_tz_after"]
    if hasattr(rule, "transitions"):
        after = zone["_trans_utc"][-1] if zone["_trans_utc"] else 0
        for year in range(2026, LAST_RULE_YEAR):
            start, end = rule.transitions(year)
            standard, summer = rule.std.utcoff, rule.dst.utcoff
            both = (start - standard.total_seconds(), end - summer.total_seconds())
            found.extend(int(second) for second in sorted(both) if second > after)
    return found


CHANGES = {name: changes(name) for name in NAMES}
# Most names are links: of those with the same changes and offset now one is enough, and a third of
# these in an ordinary run.
DISTINCT = list(
    {
        (*found, ZoneInfo(name).utcoffset(EPOCH)): name for name, found in CHANGES.items() if found
    }.values()
)
TRIED = DISTINCT if VARIABLE in os.environ else DISTINCT[::3]


def check(zone: tzinfo, microseconds: list[int]) -> None:
    """Hold the encoder's times in a zone against Python's."""
    cells = [[value.to_bytes(8, signed=True)] for value in microseconds]
    form = forms.DateTime(zone=zone)
    lines = []
    for value in microseconds:
        text = (EPOCH + timedelta(microseconds=value)).astimezone(zone).isoformat()
        text = text[:-6] + "Z" if text.endswith("+00:00") else text
        lines.append(f'{{"v":"{text}"}}')

    written = encoded(made_for(form), result_of(cells, [TIMESTAMPTZ]))

    assert written.decode() == f"[{','.join(lines)}]"


def test_the_step_is_shorter_than_any_time_between_two_changes() -> None:
    """No zone changes its offset twice within the step by which offsets are looked for."""
    shortest = min(
        later - earlier for found in CHANGES.values() for earlier, later in pairwise(found)
    )

    assert shortest >= 3 * zones.STEP_S


@pytest.mark.parametrize("name", TRIED)
def test_every_change_of_every_zone(name: str) -> None:
    """The offset is right up to the last microsecond before a change, and from its second on."""
    near = [
        second * SECOND - int(EPOCH.timestamp()) * SECOND + step
        for second in CHANGES[name]
        for step in (-SECOND, -1, 0, 1, SECOND)
    ]
    check(ZoneInfo(name), [value for value in near if FIRST <= value <= LAST])


@examples(share=0.1)
@given(
    zone=st.sampled_from(NAMES).map(ZoneInfo),
    start=st.integers(FIRST, LAST),
    seed=st.integers(0, 2**32),
)
def test_any_time_in_any_zone(zone: ZoneInfo, start: int, seed: int) -> None:
    """The offset is right at any time of the years 1 to 9999."""
    random_ = random.Random(seed)
    near = [start + random_.randrange(-(10**14), 10**14) for _ in range(50)]
    check(zone, [min(max(value, FIRST), LAST) for value in near])


@pytest.mark.parametrize("name", ["Europe/Berlin", "Pacific/Apia", "UTC", "Africa/Casablanca"])
def test_both_ends_of_the_range(name: str) -> None:
    """The first and the last microsecond that are written are right."""
    check(ZoneInfo(name), [FIRST, FIRST + 1, LAST - 1, LAST])


@given(offset=st.integers(-86_399, 86_399))
@examples(share=0.01)
def test_fixed_offsets(offset: int) -> None:
    """A datetime.timezone is written with its offset, seconds of it too."""
    check(timezone(timedelta(seconds=offset)), [0, 1, -1, FIRST, LAST])


class Other(ZoneInfo):
    """A zone of a class that may do as it likes."""


def of_a_file() -> ZoneInfo:
    path = next(
        Path(folder) / "Europe/Paris" for folder in zoneinfo.TZPATH if Path(folder).exists()
    )
    with path.open("rb") as file:
        return ZoneInfo.from_file(file, key="Europe/Paris")


@pytest.mark.parametrize(
    "zone", [Other("Europe/Paris"), of_a_file(), timezone(timedelta(microseconds=1))]
)
def test_other_zones_are_refused(zone: tzinfo) -> None:
    """A zone whose changes may come faster, or between seconds, is left to the framework."""
    with pytest.raises(CannotEncodeError, match="unknown offsets"):
        encoded(made_for(forms.DateTime(zone=zone)), result_of([], [TIMESTAMPTZ]))


def test_a_zone_without_the_cache() -> None:
    """A zone that was read anew from the same database is as good as the cached one."""
    check(ZoneInfo.no_cache("Europe/Rome"), [0, 10**15])
