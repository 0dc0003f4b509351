"""Rows that are written one by one."""

import shutil
from pathlib import Path

import pytest

from explain.conftest import Shop
from explain.shop_project import copied, filled
from rowpath.explain.changes.edits import diff
from rowpath.explain.project_of import ProjectOf
from rowpath.explain.session import Wanted, explain
from rowpath.explain.values import Confidence, Explanation, Finding, Kind, Request

BODY = b'["ada", "bob", "cid", "dan"]'
ADVICE = {
    "/created-by-turns/": "bulk_create(objects).",
    "/received/": "It skips the receivers of post_save, and Visitor.save().",
    "/saved/": "bulk_update(objects, fields)",
    "/added/": "call add(*objects) once for each object",
}
SILENT = ("/created-at-once/", "/created-outside/")


def requests_of(paths: tuple[str, ...]) -> tuple[Request, ...]:
    """A POST of each path."""
    return tuple(Request(path=path, method="POST", body=BODY) for path in paths)


WANTED = Wanted(requests=requests_of(("/created/", "/created-by-turns/")))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Explanation:
    """What is found of all paths."""
    project = filled(copied(tmp_path_factory.mktemp("writes") / "shop"))
    wanted = Wanted(requests=requests_of(("/created/", *ADVICE, *SILENT)))
    return explain(wanted, project, None, lambda _: None)


def of(explanation: Explanation, path: str) -> tuple[Finding, ...]:
    """The findings of a path."""
    (request,) = (each for each in explanation.requests if each.request.path == path)
    return request.findings


def test_a_plain_loop_is_proved_at_once(written: Explanation) -> None:
    """The same values are written by one statement."""
    (finding,) = of(written, "/created/")

    assert (finding.kind, finding.confidence) == (Kind.WRITTEN, Confidence.PROVED)
    assert diff(finding.edits, written.root, context=0).splitlines()[-3:] == [
        "-    for name in json.loads(request.body):",
        "-        Visit.objects.create(path=name)",
        "+    Visit.objects.bulk_create(Visit(path=name) for name in json.loads(request.body))",
    ]
    assert finding.proof is not None
    assert (finding.proof.statements_before, finding.proof.statements_after) == (5, 2)


@pytest.mark.parametrize("path", ADVICE)
def test_other_loops_get_advice_with_what_it_skips(written: Explanation, path: str) -> None:
    """Values that would be others, receivers and a save() of the model's own are no plain loop."""
    (finding,) = of(written, path)

    assert (finding.kind, finding.confidence) == (Kind.WRITTEN, Confidence.ADVICE)
    assert finding.edits == ()
    assert finding.advice is not None
    assert ADVICE[path] in finding.advice
    assert finding.place is not None
    assert finding.place.file.endswith("shop/views.py")


def test_a_loop_over_rows_keeps_its_growth(written: Explanation) -> None:
    """It is not told a second time as a statement that is repeated."""
    (finding,) = of(written, "/saved/")

    assert finding.growth is not None
    assert finding.growth.per_row == 1


@pytest.mark.parametrize("path", SILENT)
def test_what_no_line_of_a_loop_writes_is_silent(written: Explanation, path: str) -> None:
    """Rows that are written at once, and those of a function that others may call."""
    assert of(written, path) == ()


def test_the_repaired_loop_is_silent(written: Explanation, tmp_path: Path) -> None:
    """Once its change is made, nothing is found."""
    folder = tmp_path / "shop"
    shutil.copytree(written.root, folder)
    (finding,) = of(written, "/created/")
    views = folder / "shop" / "views.py"
    (edit,) = finding.edits
    old = "    for name in json.loads(request.body):\n        Visit.objects.create(path=name)"
    views.write_text(views.read_text().replace(old, f"    {edit.text}", 1))
    project = ProjectOf(folder=folder, settings="config.settings")
    found = explain(Wanted(requests=requests_of(("/created/",))), project, None, lambda _: None)

    assert of(found, "/created/") == ()


def test_columns_of_many_rows_are_the_same_values(on_postgresql: Shop) -> None:
    """PostgreSQL is given the rows by columns, and values that would be others are refused."""
    created = on_postgresql.only("/created/")
    by_turns = on_postgresql.only("/created-by-turns/")

    assert created.confidence is Confidence.PROVED
    assert by_turns.confidence is Confidence.ADVICE
