"""Rows that a join to many sends several times."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from explain.store import filled
from rowpath.explain.asking.look import look
from rowpath.explain.asking.process import ProjectProcess
from rowpath.explain.changes.edits import diff
from rowpath.explain.findings.multiplied_rows import Multiplied, is_worth_it, multiplied, proved
from rowpath.explain.proving.trials import Trials
from rowpath.explain.values import Request, Sameness
from rowpath.stats.interval import Interval

CHANGES = {
    "/loaded/multiplied": (
        (9, "stalls, visitors"),
        "statement = select(Fair).options(selectinload(Fair.visitors), selectinload(Fair.stalls))",
        3,
    ),
    "/loaded/multiplied-once": (
        (3, "visitors"),
        (
            "fairs = db.scalars(select(Fair).options(selectinload(Fair.visitors))"
            ".order_by(Fair.id)).unique()"
        ),
        3,
    ),
}
SILENT = ("/loaded/by-statements", "/loaded/of-two")


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trials]:
    """A store whose fairs have three stalls and three visitors each, and what runs changes."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("STORE_FAIRS", "3")
        project = filled(tmp_path_factory.mktemp("multiplied") / "store")
    with ProjectProcess(project) as today:
        yield Trials(unchanged=today, project=project, timing=None, tell=lambda _: None)


@pytest.fixture(scope="module")
def found(trials: Trials) -> Sequence[Multiplied]:
    """The lists of the paths whose rows come several times."""
    looks = [look(trials.unchanged, Request(path=path)) for path in (*CHANGES, *SILENT)]
    return list(multiplied(looks))


def by_path(found: Sequence[Multiplied]) -> dict[str, Multiplied]:
    """The lists by the path of their request."""
    return {each.look.ask.request.path: each for each in found}


def test_what_comes_once_is_silent(found: Sequence[Multiplied]) -> None:
    """What statements of their own load, or a join to one row, multiplies nothing."""
    assert set(by_path(found)) == set(CHANGES)


@pytest.mark.parametrize("path", CHANGES)
def test_statements_of_their_own_answer_the_same(
    trials: Trials, found: Sequence[Multiplied], path: str
) -> None:
    """The change has each loader written otherwise, and the answer is the same."""
    each = by_path(found)[path]
    names = ", ".join(hop.name for hop in each.evaluated.multiplied)
    lines = diff(each.edits, str(Path(trials.project.folder)), context=0).splitlines()
    (added,) = (line[1:].strip() for line in lines if line.startswith("+") and line[1] == " ")
    proof = proved(trials, each)

    assert proof is not None
    assert proof.sameness is Sameness.BYTES
    told = (round(each.evaluated.copies), names)
    assert (told, added, proof.statements_after) == CHANGES[path]


def test_a_tenth_of_the_time_is_worth_a_statement() -> None:
    """By the whole interval."""
    assert is_worth_it(Interval(estimate=0.7, low=0.6, high=0.8))
    assert not is_worth_it(Interval(estimate=0.9, low=0.8, high=0.95))
    assert not is_worth_it(None)
