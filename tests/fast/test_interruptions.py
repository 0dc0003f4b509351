"""A list that ends before its last row leaves a connection that can be used, or none."""

from collections.abc import Iterator

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside


@pytest.fixture(scope="module")
def project(copies: Copies) -> Iterator[Inside]:
    with copies("shop_interrupted") as dsn, inside({"databases": {"default": dsn}}) as running:
        yield running


def test_an_error_among_the_rows(project: Inside) -> None:
    """An error of the server after some rows is DRF's, and the connection goes on."""
    assert project.call("interrupted:after_an_error_among_the_rows") == [True, 7]


def test_an_interruption_among_the_rows(project: Inside) -> None:
    """A statement that is left in the middle leaves a connection that can be used."""
    assert project.call("interrupted:after_an_interruption") == 7


def test_a_statement_that_nobody_cancels(project: Inside) -> None:
    """Where the cancel is refused, the connection is given up, not waited for."""
    assert project.call("interrupted:where_nobody_cancels") is True
