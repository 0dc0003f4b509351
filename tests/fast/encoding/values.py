"""Values of each type as texts that PostgreSQL reads, odd ones among them."""

import json
import zoneinfo
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from ipaddress import IPv4Address, IPv6Address, ip_network
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

CHARACTERS = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
ODD = st.sampled_from('"\\/\b\f\n\r\t\x01\x1f\x7f\x80éÿ€\u2027\u2028\u2029\ufffd\uffff😀\U0010ffff')
TEXTS = st.text(CHARACTERS | ODD, max_size=60) | st.text(ODD | st.sampled_from("ab "), max_size=60)


def decimals(places: int | None = None, digits: int = 60) -> st.SearchStrategy[str]:
    """Return decimals of up to about `digits` digits, with `places` of them after the point."""

    def spelled(coefficient: int, scale: int, sign: str) -> str:
        text = str(coefficient).rjust(scale + 1, "0")
        return f"{sign}{text[: len(text) - scale]}.{text[len(text) - scale :]}".removesuffix(".")

    scales = st.integers(0, min(25, digits - 1)) if places is None else st.just(places)
    sizes = (
        st.integers(0, 10 ** min(digits - 1, 28))
        if digits <= 28
        else (st.integers(0, 10**digits) | st.integers(0, 10**6))
    )
    round_ones = st.builds(
        lambda digit, zeros: digit * 10**zeros, st.integers(0, 99), st.integers(0, 20)
    )
    return st.builds(spelled, sizes | round_ones, scales, st.sampled_from(["", "-"]))


FIRST = datetime(1, 1, 3, tzinfo=UTC)
LAST = datetime(9999, 12, 29, tzinfo=UTC)


def spelled_datetime(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


_RECENT = datetime(2000, 1, 1, tzinfo=UTC)
DATETIMES = st.one_of(
    st.integers(0, (LAST - FIRST) // timedelta(microseconds=1)).map(
        lambda microseconds: spelled_datetime(FIRST + timedelta(microseconds=microseconds))
    ),
    st.integers(-(10**9), 10**9).map(
        lambda seconds: spelled_datetime(_RECENT + timedelta(seconds=seconds))
    ),
)
FIXED = st.timedeltas(
    timedelta(hours=-24) + timedelta(seconds=1), timedelta(hours=24) - timedelta(seconds=1)
).map(lambda offset: timezone(timedelta(seconds=round(offset.total_seconds()))))
ZONES: st.SearchStrategy[tzinfo] = st.one_of(
    st.sampled_from(sorted(zoneinfo.available_timezones())).map(ZoneInfo),
    st.sampled_from([UTC, ZoneInfo("UTC"), ZoneInfo("Europe/London")]),
    FIXED,
)


def intervals(days: int) -> st.SearchStrategy[str]:
    """Return durations of up to so many days, with parts of opposite signs."""
    microseconds = st.integers(-(10**12), 10**12) | st.integers(-5, 5) | st.just(0)
    seconds = st.sampled_from([0, 1, -1, 59, 86_399, 86_400, -86_400]).map(
        lambda value: value * 1_000_000
    )
    return st.builds(
        lambda whole, part: f"{whole} days {part} microseconds",
        st.integers(-days, days) | st.integers(-3, 3),
        microseconds | seconds,
    )


def networks(addresses: st.SearchStrategy[IPv4Address | IPv6Address]) -> st.SearchStrategy[str]:
    """Return networks, each with no bit set behind its mask."""

    def cut(address: IPv4Address | IPv6Address) -> st.SearchStrategy[str]:
        bits = st.integers(0, address.max_prefixlen)
        return bits.map(lambda size: str(ip_network(f"{address}/{size}", strict=False)))

    return addresses.flatmap(cut)


_NUMBERS = st.one_of(
    st.integers(-(10**60), 10**60).map(str),
    decimals(digits=60),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.sampled_from(["-0", "-0.0", "0.0", "1e2", "1E-7", "1.10", "123456789012345678901234567890"]),
)
_STRINGS = TEXTS.map(json.dumps) | TEXTS.map(lambda text: json.dumps(text, ensure_ascii=False))
_LEAVES = st.one_of(st.sampled_from(["null", "true", "false", "[]", "{}"]), _NUMBERS, _STRINGS)


def _containers(items: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    members = st.builds(lambda key, value: f"{key} : {value}", _STRINGS, items)
    return st.one_of(
        st.lists(items, max_size=4).map(lambda parts: f"[{', '.join(parts)}]"),
        st.lists(members, max_size=4).map(lambda parts: f"{{ {','.join(parts)} }}"),
    )


JSON_TEXTS = st.recursive(_LEAVES, _containers, max_leaves=12)
