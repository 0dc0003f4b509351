"""The routes of an application, and the requests of its server's log."""

from collections import Counter

import pytest

from rowpath.errors import UsageError
from rowpath.explain.asking.access_log import counted
from rowpath.explain.asking.route_list import RoutesWanted
from rowpath.explain.project_of import ProjectOf, application_in
from rowpath.explain.session import Wanted, explain
from rowpath.explain.values import Explanation, Request

LINES = [
    *['INFO:     127.0.0.1:51234 - "GET /tags/2 HTTP/1.1" 200 OK'] * 3,
    'INFO:     127.0.0.1:51234 - "GET /tags/1 HTTP/1.1" 200 OK',
    'INFO:     127.0.0.1:51234 - "GET /few?a=1 HTTP/1.1" 200 OK',
    'INFO:     127.0.0.1:51234 - "GET /gone HTTP/1.1" 200 OK',
    'INFO:     127.0.0.1:51234 - "GET /fails HTTP/1.1" 500 Internal Server Error',
]


def explained(project: ProjectOf, wanted: RoutesWanted) -> Explanation:
    return explain(Wanted(routes=wanted), project, None, lambda _: None)


@pytest.fixture(scope="module")
def listed(store_project: ProjectOf) -> Explanation:
    """What is found of a few routes."""
    patterns = ("/tags/*", "few", "private", "shelves/*")
    return explained(store_project, RoutesWanted(like=Request(path=""), patterns=patterns))


def test_routes_are_asked_with_the_key_of_a_first_row(listed: Explanation) -> None:
    """The one of which most can be saved comes first, with a change that was proved."""
    assert [each.request.path for each in listed.requests] == ["/tags/1", "/few"]
    assert listed.edits


def test_a_route_that_cannot_be_asked_is_told_with_its_reason(listed: Explanation) -> None:
    """An argument that no class explains, and a log-in."""
    assert {each.route: each.reason for each in listed.left_out} == {
        "private": "it answers 401",
        "shelves/{place}": "nothing says which rows place is of",
    }


def test_the_requests_of_a_log_are_folded_by_the_routes(store_project: ProjectOf) -> None:
    """Each route is asked once, by the path that was asked for most."""
    log = counted(LINES, "uvicorn.log")
    explanation = explained(store_project, RoutesWanted(like=Request(path=""), log=log))

    assert {each.request.path: each.request.logged for each in explanation.requests} == {
        "/tags/2": 4,
        "/few?a=1": 1,
    }
    assert [each.route for each in explanation.left_out] == ["gone"]
    assert (log.paths, log.others, log.bad) == (
        Counter({"/tags/2": 3, "/tags/1": 1, "/few?a=1": 1, "/gone": 1}),
        1,
        0,
    )


def test_an_application_without_such_routes_is_told(store_project: ProjectOf) -> None:
    """Paths can be named of any application, and routes of Starlette's alone."""
    project = application_in(store_project.folder, "store.bare:app")

    with pytest.raises(UsageError, match="Cannot list the routes of a Bare: it has none as"):
        explained(project, RoutesWanted(like=Request(path=""), patterns=("*",)))
