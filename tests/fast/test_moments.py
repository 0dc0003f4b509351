"""Moments that compiled code reads of PostgreSQL's text are those that Django's loader reads."""

from collections.abc import Iterator

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside

ODD = (
    *("2024-02-29 00:00:00+00", "2024-02-29 23:59:59.999999+00", "2024-01-01 00:00:00.1+00"),
    *("0001-01-01 00:00:00+00", "9999-12-31 23:59:59.999999+00", "2024-06-30 23:59:60+00"),
    *("infinity", "-infinity", "10000-01-01 00:00:00+00", "0044-03-15 00:00:00+00 BC"),
)
SESSIONS = {
    "London": "SET TIME ZONE 'Europe/London'",
    "Kathmandu": "SET TIME ZONE 'Asia/Kathmandu'",
    "a fixed offset": "SET TIME ZONE INTERVAL '-02:30' HOUR TO MINUTE",
    "no ISO": "SET DateStyle = 'SQL, DMY'",
    "of Germany": "SET DateStyle = 'German'",
    "a name of UTC's": "SET TIME ZONE 'Etc/UTC'",
}


@pytest.fixture(scope="module")
def project(copies: Copies) -> Iterator[Inside]:
    with copies("shop_moments") as dsn, inside({"databases": {"default": dsn}}) as running:
        running.call("making.models:begin")
        yield running


@pytest.fixture(scope="module", params=[True, False], ids=["zones", "no zones"])
def zoned(copies: Copies, request: pytest.FixtureRequest) -> Iterator[Inside]:
    given = {"settings": {"USE_TZ": request.param, "TIME_ZONE": "UTC"}}
    with (
        copies("shop_moments_zoned") as dsn,
        inside({"databases": {"default": dsn}} | given) as running,
    ):
        yield running


def test_moments_of_any_day_are_the_same(zoned: Inside) -> None:
    """To the microsecond, with the same zone or none, by compiled code alone."""
    assert zoned.call("moments:any_moments") > 200


@pytest.mark.parametrize("text", ODD)
def test_an_odd_moment_is_what_django_makes_of_it(zoned: Inside, text: str) -> None:
    """The first and the last that there are; where Python has none, the error is the same."""
    theirs, ours, is_djangos = zoned.call("moments:odd", text=text)

    assert ours == theirs
    assert not is_djangos


@pytest.mark.parametrize("session", SESSIONS)
def test_a_session_of_another_zone_or_style_is_read_by_django(zoned: Inside, session: str) -> None:
    """What the text says is another moment there, or none that is certain."""
    theirs, ours, _ = zoned.call("moments:in_a_session", statement=SESSIONS[session])

    assert ours == theirs


@pytest.mark.parametrize("what", ["masking", "frozen", "patched", "behind"])
def test_whoever_else_reads_moments_reads_them_on(project: Inside, what: str) -> None:
    """A loader of the project's, also behind Django's, a patched one, another class of datetime."""
    theirs, ours, is_djangos = project.call("moments:with_another", what=what)

    assert ours == theirs
    assert is_djangos


def test_rows_of_a_list_are_read_by_compiled_code_but_few(project: Inside) -> None:
    """So are those of a cursor in the server, which does not know how many there are."""
    told = [project.call("moments:of_lists", few=few) for few in (12, 13)]

    assert told == [[False, False], [True, False]]
