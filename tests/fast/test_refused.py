"""Querysets and sessions that Django or psycopg refuses are refused by the fast path as well."""

from collections.abc import Iterator

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside


@pytest.fixture(scope="module")
def project(copies: Copies) -> Iterator[Inside]:
    with copies("shop_refused") as dsn, inside({"databases": {"default": dsn}}) as running:
        yield running


def test_what_django_refuses_when_it_reads_is_refused(project: Inside) -> None:
    """Each queryset that raises in DRF raises the same with the mixin."""
    told = project.call("refused:refused")

    assert [one for one in told if one[1:] != [True, "raised"]] == []
    assert len(told) == 36


def test_without_rows_the_same_querysets_come_to_what_drf_makes_of_them(project: Inside) -> None:
    """Django looks at prefetches only if there are rows: DRF's empty list is answered."""
    told = project.call("refused:of_no_rows")

    assert [one for one in told if not one[1]] == []
    assert [one for one in told if one[2] == "compiled"] == []


def test_a_prefetch_that_only_the_rows_decide_is_left_to_drf(project: Inside) -> None:
    """What Django may refuse or not, as its instances are, is DRF's."""
    told = project.call("refused:uncertain")

    assert [one for one in told if not one[1] or one[2] == "compiled"] == []


def test_what_django_does_not_mind_compiles(project: Inside) -> None:
    """What the serializer does not use, and every name that leads somewhere, holds up nothing."""
    told = project.call("refused:fine")

    assert [one for one in told if one[1:] != [True, "compiled"]] == []


def test_a_style_that_psycopg_does_not_load_is_left_to_drf(project: Inside) -> None:
    """A style that is set on the session raises where psycopg raises, and nowhere else."""
    told = project.call("refused:settings")

    assert [one for one in told if one[2] != "compiled" or not one[3]] == []
    raised = {(setting, field) for setting, field, _, _, error, _ in told if error is not None}
    dates, intervals = ("German", "SQL, DMY", "Postgres, MDY"), ("sql_standard", "iso_8601")
    assert raised == {
        *((f"SET DateStyle = '{style}'", "created") for style in dates),
        *((f"SET IntervalStyle = '{style}'", "lasts") for style in intervals),
        ("SET IntervalStyle = 'postgres_verbose'", "lasts"),
    }
    others = [how for setting, _, _, _, _, how in told if "'ISO, " in setting]
    assert set(others) == {"compiled"}
