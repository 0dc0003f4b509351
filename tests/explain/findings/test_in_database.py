"""What SELECTs cost by themselves: a needless DISTINCT, a deep OFFSET, and a page's count."""

from dataclasses import replace

import pytest

from explain.conftest import Shop
from explain.shop_project import requests_of
from rowpath.explain.asking.look import look
from rowpath.explain.asking.process import ProjectProcess
from rowpath.explain.asking.selects import Of, selects
from rowpath.explain.changes.edits import diff
from rowpath.explain.findings import deep_offset, page_count
from rowpath.explain.findings.needless_distinct import is_worth_it
from rowpath.explain.project_of import ProjectOf
from rowpath.explain.selected import Selected
from rowpath.explain.values import Confidence, Finding, Kind
from rowpath.stats.interval import Interval

CHANGES = {
    "/distinct/": '+    sales = Sale.objects.select_related("buyer").order_by("id")',
    "/distinct-first/": '+    return answer(tag.name for tag in Tag.objects.all().order_by("id"))',
}
SILENT = (
    "/distinct-shown/",
    "/distinct-by-need/",
    "/distinct-by-request/",
    "/distinct-by-filters/",
    "/distinct-values/",
    "/api/distinct/filtered/",
)
PATHS = (*CHANGES, *SILENT)


def of_kind(found: list[tuple[Of, Finding]]) -> list[Kind]:
    """What is found."""
    return [finding.kind for _, finding in found]


@pytest.mark.parametrize("path", CHANGES)
def test_a_needless_distinct_is_taken_away(shop: Shop, path: str) -> None:
    """Nothing that it is joined with has many rows, and the answer is the same."""
    finding = shop.only(path)
    lines = diff(finding.edits, shop.explanation.root, context=0).splitlines()

    assert (finding.kind, finding.confidence) == (Kind.DISTINCT, Confidence.PROVED)
    assert CHANGES[path] in lines
    assert finding.proof is not None
    assert finding.proof.same_answer


@pytest.mark.parametrize("path", [*CHANGES, *SILENT])
def test_a_repaired_distinct_is_silent(repaired: Shop, path: str) -> None:
    """Nothing is found any more once git has applied the diff."""
    assert repaired.of(path).findings == ()


@pytest.mark.parametrize("path", SILENT)
def test_a_distinct_that_is_needed_is_silent(shop: Shop, path: str) -> None:
    """By a join, by another request, by values, or since the answer would be another."""
    assert shop.of(path).findings == ()


@pytest.mark.parametrize(("high", "is_worth"), [(0.9, True), (1.1, False)])
def test_a_distinct_that_takes_no_time_is_left(high: float, is_worth: bool) -> None:  # noqa: FBT001
    """Where it is timed, the whole interval is below 1."""
    assert is_worth_it(Interval(estimate=0.8, low=0.7, high=high)) is is_worth
    assert is_worth_it(None)


@pytest.fixture(scope="module")
def pages(project: ProjectOf) -> tuple[Of, ...]:
    """The SELECTs of a list with pages."""
    with ProjectProcess(project) as process:
        (request,) = requests_of(["/api/page/?page=2"])
        return selects(process, [look(process, request)], lambda _: None)


def test_a_page_has_a_count_and_an_offset(pages: tuple[Of, ...]) -> None:
    """Who counts is told by who asks: a paginator."""
    counting = [each.select for each in pages if each.select.is_page_count]

    assert [each.text.startswith("SELECT COUNT(*)") for each in counting] == [True]
    assert all(each.select.duration_s > 0 for each in pages)
    assert {each.model for each in pages} >= {"Book"}


def paged(pages: tuple[Of, ...], whole_s: float, **given: object) -> tuple[Of, ...]:
    """A page's count with other figures, of a request that takes so long."""
    (of,) = (each for each in pages if each.select.is_page_count)
    select: Selected = replace(of.select, **given)  # type: ignore[arg-type]
    return (Of(look=replace(of.look, duration_s=whole_s), select=select),)


@pytest.mark.parametrize(
    ("duration_s", "whole_s", "found"),
    [(0.02, 0.05, [Kind.PAGE_COUNT]), (0.02, 0.5, []), (0.001, 0.001, [])],
)
def test_a_count_is_told_where_it_is_much(
    pages: tuple[Of, ...], duration_s: float, whole_s: float, found: list[Kind]
) -> None:
    """A quarter of the request's time, and two milliseconds."""
    asked = paged(pages, whole_s, duration_s=duration_s)

    assert of_kind(list(page_count.findings(asked))) == found


@pytest.mark.parametrize(
    ("from_start_s", "found"), [(0.001, [Kind.OFFSET]), (0.019, []), (None, [])]
)
def test_an_offset_is_told_where_skipping_is_much(
    pages: tuple[Of, ...], from_start_s: float | None, found: list[Kind]
) -> None:
    """What the same rows take from the first on is held against it."""
    asked = paged(pages, 0.05, duration_s=0.02, offset=5000, from_start_s=from_start_s)

    assert of_kind(list(deep_offset.findings(asked))) == found


def test_both_are_advice_with_their_figures(pages: tuple[Of, ...]) -> None:
    """A page in another form is another answer, which cannot be proved the same."""
    asked = paged(pages, 0.05, duration_s=0.02, offset=5000, from_start_s=0.001)
    ((_, deep),) = deep_offset.findings(asked)
    ((_, counted),) = page_count.findings(asked)

    assert (deep.confidence, counted.confidence) == (Confidence.ADVICE, Confidence.ADVICE)
    assert deep.advice is not None
    assert deep.advice.startswith("It takes 20.0 ms, and from the first row on 1.0 ms.")
    assert counted.advice is not None
    assert counted.advice.startswith("It takes 20.0 ms, 40% of the request's time.")
    assert counted.place is not None
    assert counted.place.file.endswith("shop/api.py")
