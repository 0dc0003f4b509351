"""A reason to leave a list to DRF holds for as long as it says, and is told meanwhile."""

from collections.abc import Iterator

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside

METHOD = "length: get_length() is Python code, called for each row"
CHANGE = "Compute it in the database: an annotation of the queryset and a typed field."


@pytest.fixture(scope="module")
def project(copies: Copies) -> Iterator[Inside]:
    with copies("shop_holding") as dsn, inside({"databases": {"default": dsn}}) as running:
        yield running


def test_what_never_compiles_is_told_the_same_each_time(project: Inside) -> None:
    """The reason is the field's, with what to change, also where nothing is tried any more."""
    told = project.call("holding:reasons", of="method", requests=5)

    assert set(told) == {f"{METHOD}. {CHANGE}"}


def test_values_that_cannot_be_written_are_tried_ever_more_seldom(project: Inside) -> None:
    """The value is named when it is met; in between, DRF answers the lists of the same plan."""
    told = project.call("holding:reasons", of="values", requests=20)

    met = [reason for reason in told if reason.startswith("Cannot encode topic of row ")]
    assert 1 < len(met) < 6
    assert {reason.endswith("the framework's to answer.") for reason in met} == {True}
    assert set(told) - set(met) == {
        "values of the last answers could not be written, so DRF answers for a while."
    }


def test_a_serializer_of_each_request_is_not_made_in_vain_each_time(project: Inside) -> None:
    """One that does not compile is tried again ever more seldom, and the reason keeps its field."""
    told, in_vain = project.call("holding:made_for_requests", requests=100)

    assert told == [f"{METHOD}, so DRF answers for a while. {CHANGE}", f"{METHOD}. {CHANGE}"]
    assert 1 < in_vain < 10
