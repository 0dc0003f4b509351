"""Loops that read nothing but columns of instances."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from rowpath.explain.asking.look import look
from rowpath.explain.asking.process import ProjectProcess
from rowpath.explain.changes.edits import applied, diff
from rowpath.explain.findings.dicts_would_do import DictLoop, dict_loops, is_worth_it, proved
from rowpath.explain.project_of import ProjectOf
from rowpath.explain.proving.trials import Trials
from rowpath.explain.values import Request, Sameness
from rowpath.stats.interval import Interval

ADDED = {
    "/starred/": [
        (
            '{"stars": review["stars"], "of": review["book_id"]} for review in '
            'Review.objects.order_by("id").values("stars", "book_id")'
        )
    ],
    "/starred-by-loop/": [
        'for review in reviews.values("text", "pk", "stars"):',
        'if review["text"]:',
        'rows.append([review["pk"], review["stars"]])',
    ],
}
ALTERED = "/starred-at-will/"
SILENT = ("/starred-and-handed-on/", "/titles/", "/summed-twice/")


@pytest.fixture(scope="module")
def trials(project: ProjectOf) -> Iterator[Trials]:
    """The shop as it is, and what runs changes of it."""
    with ProjectProcess(project) as today:
        yield Trials(unchanged=today, project=project, timing=None, tell=lambda _: None)


@pytest.fixture(scope="module")
def found(trials: Trials) -> Sequence[DictLoop]:
    """The loops of the paths that could go through dicts."""
    paths = (*ADDED, ALTERED, *SILENT)
    return dict_loops([look(trials.unchanged, Request(path=path)) for path in paths])


def by_path(found: Sequence[DictLoop]) -> dict[str, DictLoop]:
    """The loops by the path of their request."""
    return {each.looks[0].ask.request.path: each for each in found}


def test_rows_that_are_handed_on_or_few_are_silent(found: Sequence[DictLoop]) -> None:
    """A function takes the row, there are 24 of them, or they are gone through twice."""
    assert set(by_path(found)) == {*ADDED, ALTERED}


@pytest.mark.parametrize("path", ADDED)
def test_columns_are_read_of_dicts(trials: Trials, found: Sequence[DictLoop], path: str) -> None:
    """The change is that of the queryset and of each reading, and the answer is the same."""
    each = by_path(found)[path]
    lines = diff(each.what.edits, str(trials.project.folder), context=0).splitlines()
    added = [line[1:].strip() for line in lines if line.startswith("+") and line[1] == " "]
    proof = proved(trials, each)

    assert added == ADDED[path]
    assert proof is not None
    assert proof.sameness is Sameness.BYTES


def test_the_repaired_form_is_silent(
    project: ProjectOf, found: Sequence[DictLoop], tmp_path: Path
) -> None:
    """What goes through dicts makes no instances."""
    folder = shutil.copytree(project.folder, tmp_path / "shop")
    edits = [edit for path in ADDED for edit in by_path(found)[path].what.edits]
    (file,) = {Path(edit.file).relative_to(project.folder) for edit in edits}
    (folder / file).write_bytes(applied((project.folder / file).read_bytes(), edits))
    with ProjectProcess(replace(project, folder=folder)) as repaired:
        looks = [look(repaired, Request(path=path)) for path in ADDED]

    assert dict_loops(looks) == []


def test_an_answer_that_would_change_is_refused(trials: Trials, found: Sequence[DictLoop]) -> None:
    """It shows whether its queryset has kept rows."""
    assert proved(trials, by_path(found)[ALTERED]) is None


def test_dicts_are_worth_a_tenth_of_the_time() -> None:
    """By the whole interval."""
    assert is_worth_it(Interval(estimate=0.7, low=0.6, high=0.8))
    assert not is_worth_it(Interval(estimate=0.9, low=0.8, high=0.95))
    assert not is_worth_it(None)
