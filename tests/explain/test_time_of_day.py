"""Answers that change while changes are run, as those with a time of day do."""

from pathlib import Path

import pytest

from explain.shop_project import copied, filled, requests_of
from rowpath.explain.session import Wanted, explain
from rowpath.explain.values import Confidence, Explanation

PATHS = ("/edition-by-row/", "/edition-unread/")


@pytest.fixture(scope="module")
def explanation(tmp_path_factory: pytest.TempPathFactory) -> Explanation:
    """What is found where a new edition appears whenever a change is about to be run."""
    project = filled(copied(tmp_path_factory.mktemp("edition") / "shop"))
    editions = iter(range(1, 100))

    def tell(step: str) -> None:
        if step.startswith(("running", "starting")):
            Path(project.folder, "edition.txt").write_text(f"edition {next(editions)}")

    return explain(Wanted(requests=requests_of(PATHS)), project, None, tell)


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_of_another_time_is_compared_with_a_fresh_one(
    explanation: Explanation, path: str
) -> None:
    """What was the same in all answers until then, and is not now, speaks against no change."""
    (found,) = (each for each in explanation.requests if each.request.path == path)
    (finding,) = found.findings

    assert finding.confidence is Confidence.PROVED


def test_all_changes_are_compared_with_fresh_answers(explanation: Explanation) -> None:
    """Nor does it speak against all changes together: both are in the diff."""
    assert (len(explanation.edits), explanation.notes) == (2, ())
