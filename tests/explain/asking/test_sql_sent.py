"""What a request sends today and with the changes of the diff, with the database's plans."""

import pytest

from rowpath.explain.project_of import ProjectOf
from rowpath.explain.recording.query_plans import of_sqlite
from rowpath.explain.session import Wanted, explain
from rowpath.explain.values import Request, Sql


def sql_of(project: ProjectOf, path: str) -> Sql:
    wanted = Wanted(requests=(Request(path=path),), with_sql=True)
    (request,) = explain(wanted, project, None, lambda _: None).requests
    assert request.sql is not None
    return request.sql


@pytest.mark.parametrize(
    ("framework", "path", "today"), [("project", "/manager/", 25), ("store_project", "/books", 97)]
)
def test_statements_are_counted_before_and_after_with_their_plans(
    framework: str, path: str, today: int, request: pytest.FixtureRequest
) -> None:
    """Django and SQLAlchemy alike: what was sent, each text once, and how SQLite does it."""
    sent = sql_of(request.getfixturevalue(framework), path)

    assert sum(each.count for each in sent.unchanged) == today
    assert sent.changed is not None
    assert sum(each.count for each in sent.changed) < 5
    assert all(each.plan and each.plan.startswith(("SEARCH", "SCAN")) for each in sent.unchanged)


def test_a_request_without_a_change_has_no_second_form(project: ProjectOf) -> None:
    """Where there is no diff there is nothing to send otherwise."""
    assert sql_of(project, "/repaired/").changed is None


def test_steps_of_a_plan_are_indented_by_what_they_are_steps_of() -> None:
    """SQLite numbers each step, and names the one that it is of."""
    rows = [(2, 0, 0, "CO-ROUTINE a"), (5, 2, 0, "SCAN b"), (9, 0, 0, "SCAN a")]

    assert of_sqlite(rows) == "CO-ROUTINE a\n  SCAN b\nSCAN a"
