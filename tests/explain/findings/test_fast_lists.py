"""Lists of DRF's that rowpath's own mixin would answer."""

from collections.abc import Iterator, Sequence

import pytest

from rowpath.cli.explain import TELLER
from rowpath.explain.asking.look import look
from rowpath.explain.asking.process import ProjectProcess
from rowpath.explain.changes.edits import diff
from rowpath.explain.findings.fast_lists import FastList, fast_lists, is_worth_it, proved
from rowpath.explain.project_of import ProjectOf
from rowpath.explain.proving.trials import Trials
from rowpath.explain.values import Request, Sameness
from rowpath.stats.interval import Interval

PATHS = ("/api/titles/", "/api/books/?size=8", "/api/mro/", "/titles/", "/api/tags/1/")


@pytest.fixture(scope="module")
def trials(project: ProjectOf) -> Iterator[Trials]:
    """The shop as it is, and what runs changes of it."""
    with ProjectProcess(project) as today:
        yield Trials(unchanged=today, project=project, timing=None, tell=lambda _: None)


@pytest.fixture(scope="module")
def found(trials: Trials) -> Sequence[FastList]:
    """The lists of the paths that the mixin would answer."""
    looks = [look(trials.unchanged, Request(path=path)) for path in PATHS]
    return list(fast_lists(trials.unchanged, looks, TELLER))


def by_path(found: Sequence[FastList]) -> dict[str, FastList]:
    """The lists by the path of their first request."""
    return {each.looks[0].ask.request.path: each for each in found}


def test_only_lists_of_drf_are_foreseen(found: Sequence[FastList]) -> None:
    """No page about one object, and no view of Django's."""
    assert set(by_path(found)) == {"/api/titles/", "/api/books/?size=8", "/api/mro/"}


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("/api/titles/", "+class TitleList(FastListMixin, generics.ListAPIView):"),
        ("/api/books/?size=8", "+class BookViewSet(FastListMixin, viewsets.ReadOnlyModelViewSet):"),
    ],
)
def test_the_mixin_is_put_in_front_with_its_import(
    trials: Trials, found: Sequence[FastList], path: str, line: str
) -> None:
    """The change is that of the class and of its file's imports, and the answer is the same."""
    each = by_path(found)[path]
    lines = diff(each.edits, str(trials.project.folder), context=0).splitlines()
    proof = proved(trials, each)

    assert line in lines
    assert "+from rowpath.fast.drf import FastListMixin" in lines
    assert proof is not None
    assert proof.sameness is Sameness.BYTES


def test_a_view_that_answers_otherwise_with_it_is_refused(
    trials: Trials, found: Sequence[FastList]
) -> None:
    """It shows how many bases it has."""
    assert proved(trials, by_path(found)["/api/mro/"]) is None


def test_a_library_is_worth_much_time() -> None:
    """A fifth of the time at the least, by the whole interval."""
    assert is_worth_it(Interval(estimate=0.3, low=0.2, high=0.4))
    assert not is_worth_it(Interval(estimate=0.7, low=0.6, high=0.9))
    assert not is_worth_it(None)
