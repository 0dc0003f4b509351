"""The requests of an access log: each route once, ranked by what can be saved and how often."""

from collections import Counter

import pytest

from rowpath.errors import UsageError
from rowpath.explain.asking.access_log import Log
from rowpath.explain.asking.route_list import RoutesWanted
from rowpath.explain.project_of import ProjectOf
from rowpath.explain.session import Wanted, explain
from rowpath.explain.values import Explanation, Request

PATHS = {
    "/manager/": 2,
    "/only/": 7,
    "/repaired/?page=1": 40,
    "/repaired/?page=2": 41,
    "/api/books/1/": 3,
    "/api/books/2/": 4,
    "/api/books/99999/": 1,
    "/by/1/": 1,
    "/by/2/": 2,
    "/gone/": 5,
    "/fails/": 5,
}


def logged(project: ProjectOf, paths: dict[str, int]) -> Explanation:
    log = Log(name="access.log", paths=Counter(paths), others=0, bad=0, first_bad=None)
    wanted = Wanted(routes=RoutesWanted(like=Request(path=""), log=log))
    return explain(wanted, project, None, lambda _: None)


@pytest.fixture(scope="module")
def explanation(project: ProjectOf) -> Explanation:
    """What is found of a log with several paths of a route."""
    return logged(project, PATHS)


def test_a_route_is_asked_once_by_its_most_frequent_path(explanation: Explanation) -> None:
    """Arguments and queries are folded; a route counts as often as all its paths."""
    asked = {each.request.path: each.request.logged for each in explanation.requests}

    assert asked == {
        "/only/": 7,
        "/manager/": 2,
        "/api/books/2/": 8,
        "/by/2/": 3,
        "/repaired/?page=2": 81,
    }


def test_what_is_asked_often_comes_first(explanation: Explanation) -> None:
    """Both save 24 statements, and the one is asked for more often."""
    assert [each.request.path for each in explanation.requests][:2] == ["/only/", "/manager/"]


def test_what_cannot_be_asked_is_left_out_with_its_reason(explanation: Explanation) -> None:
    """A path that no route answers any more, and a route that fails now."""
    assert {each.route: each.reason for each in explanation.left_out} == {
        "gone/": "no route answers it",
        "fails/": "it answers 500",
    }


def test_the_log_is_told(explanation: Explanation) -> None:
    """How many of its requests counted."""
    assert explanation.notes[0] == "access.log: 111 GETs with 2xx, 0 other requests left out"


def test_a_log_of_another_project_is_a_mistake(project: ProjectOf) -> None:
    """It is told with one of its paths."""
    with pytest.raises(UsageError, match="no route of the project answers any of its 1 paths"):
        logged(project, {"/gone/": 3})
