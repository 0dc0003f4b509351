"""Values as Python source: ordinary ones, and those that break what was tried on ordinary ones."""

import datetime as dt
import json
import uuid
from decimal import Decimal

from hypothesis import strategies as st

Sources = st.SearchStrategy[str]

_ODD = (
    "",
    " ",
    "plain",
    'é"\\/',
    "'%s %% {}",
    "\u2027\u2028\u2029",
    "".join(map(chr, range(1, 32))),
    "\x7f\x80\x9f\xa0\xad",
    "\ufffd\ufffe\uffff",
    "\U0001f600\U0010ffff\U00010000",
    "<script>&amp;</script>",
    "e\u0301\u202e\u200d",
    "x" * 150,
)
_CHARACTERS = st.characters(exclude_characters="\0", exclude_categories=["Cs"])

TEXTS: Sources = (st.sampled_from(_ODD) | st.text(_CHARACTERS, max_size=8)).map(repr)
SHORT: Sources = st.sampled_from(_ODD[:-1]).map(repr)
BINARY: Sources = st.binary(max_size=7).map(repr)
UUIDS: Sources = st.one_of(
    st.sampled_from([0, 1, 2**127, 2**128 - 1]), st.integers(0, 2**128 - 1)
).map(lambda value: f"uuid.UUID({str(uuid.UUID(int=value))!r})")
FLOATS: Sources = st.one_of(
    st.sampled_from(
        [0.0, -0.0, 0.1, 1e16, 1e22, 5e-324, 1.7976931348623157e308, 1e15, 123456789.0]
    ),
    st.floats(allow_nan=False, allow_infinity=False),
).map(repr)


def integers(least: int, most: int) -> Sources:
    return (st.sampled_from([least, most, max(least, -1), 0, 1]) | st.integers(least, most)).map(
        repr
    )


def decimals(digits: int, places: int) -> Sources:
    """Return decimals that a column of so many digits and places holds."""
    most = 10**digits - 1
    units = st.sampled_from([0, 1, -1, most, -most, 10 ** (digits - 1)]) | st.integers(-most, most)
    return units.map(
        lambda value: (
            f"Decimal('{(Decimal(value).as_tuple().sign and '-') or ''}"
            f"{_pointed(abs(value), places)}')"
        )
    )


def _pointed(units: int, places: int) -> str:
    text = str(units).rjust(places + 1, "0")
    return f"{text[:-places]}.{text[-places:]}" if places else text


# As far from both ends as any zone is from UTC: beyond that Python has no local time.
_FIRST = dt.datetime(1, 1, 3)  # noqa: DTZ001 - a point in time that is written as UTC
_LAST = dt.datetime(9999, 12, 29)  # noqa: DTZ001
_MOMENTS = st.one_of(
    st.sampled_from(
        [
            _FIRST,
            _LAST,
            dt.datetime(1883, 11, 18, 17, 0, 1),  # noqa: DTZ001
            dt.datetime(1937, 6, 30, 22, 40, 30, 1),  # noqa: DTZ001
            dt.datetime(1970, 1, 1),  # noqa: DTZ001
            dt.datetime(2021, 3, 28, 1, 0, 0, 999_999),  # noqa: DTZ001
            dt.datetime(2021, 10, 31, 1, 30, 0, 100_000),  # noqa: DTZ001
            dt.datetime(2024, 2, 29, 23, 59, 59),  # noqa: DTZ001
        ]
    ),
    st.datetimes(_FIRST, _LAST),
)
DATETIMES: Sources = _MOMENTS.map(lambda value: f"moment({value.isoformat()!r})")
DATES: Sources = (
    st.sampled_from([dt.date.min, dt.date.max, dt.date(2024, 2, 29)]) | st.dates()
).map(lambda value: f"dt.date.fromisoformat({value.isoformat()!r})")
TIMES: Sources = (
    st.sampled_from([dt.time.min, dt.time.max, dt.time(12), dt.time(0, 0, 0, 1)]) | st.times()
).map(lambda value: f"dt.time.fromisoformat({value.isoformat()!r})")
DURATIONS: Sources = st.one_of(
    st.sampled_from(
        [
            dt.timedelta(),
            dt.timedelta(microseconds=-1),
            dt.timedelta(days=-1, seconds=1),
            dt.timedelta(days=99_999, hours=23, microseconds=1),
            dt.timedelta(milliseconds=100),
        ]
    ),
    st.timedeltas(dt.timedelta(days=-100_000), dt.timedelta(days=100_000)),
).map(lambda value: f"dt.timedelta({value.days}, {value.seconds}, {value.microseconds})")

_LEAVES = st.one_of(
    st.sampled_from(
        ["null", "true", "{}", "[]", "1.10", "1e2", "-0.0", "12345678901234567890123", '"\\u2028"']
    ),
    st.sampled_from(_ODD).map(json.dumps),
    st.integers(-(2**70), 2**70).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
)
_DOCUMENTS = st.one_of(
    _LEAVES,
    st.lists(_LEAVES, max_size=3).map(lambda items: f"[{','.join(items)}]"),
    st.lists(st.tuples(st.sampled_from(_ODD).map(json.dumps), _LEAVES), max_size=3).map(
        lambda members: "{" + ",".join(f"{key}: {value}" for key, value in members) + "}"
    ),
)
# Without null, which Django writes as SQL has it.
JSON: Sources = _DOCUMENTS.filter(lambda text: text != "null").map(
    lambda text: f"json.loads({text!r})"
)
