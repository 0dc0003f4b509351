"""Who has a list that DRF answers for its values, again and again, is told so once."""

from collections.abc import Iterator

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside


@pytest.fixture(scope="module")
def dsn(copies: Copies) -> Iterator[str]:
    with copies("shop_unwritten") as copied:
        yield copied


@pytest.fixture(scope="module", params=["compiled", "portable"])
def project(dsn: str, request: pytest.FixtureRequest) -> Iterator[Inside]:
    settings = {"ROWPATH": {"compiled": request.param == "compiled"}}
    with inside({"databases": {"default": dsn}, "settings": settings}) as running:
        yield running


@pytest.mark.parametrize(("pages", "answered"), [([4], 40), ([1, 4, 2, 4], 20)])
def test_a_list_that_keeps_falling_back(project: Inside, pages: list[int], answered: int) -> None:
    """One warning says how many of the last lists DRF has answered, and for which value."""
    told = project.call("unwritten:warnings_of", pages=pages, requests=150)

    assert len(told) == 1
    assert told[0].startswith(
        f"DRF answered {answered} of the last 40 lists with the serializer of Listed, since values "
        "could not be written: Cannot "
    )
    assert "topic" in told[0]


def test_an_odd_row(project: Inside) -> None:
    """A list that is fast but for one request in ten is not told."""
    assert project.call("unwritten:warnings_of", pages=[*[1] * 9, 4], requests=150) == []
