"""Every route of a URL conf in one run: which are asked, which are left out, and in which order."""

import pytest

from explain.shop_project import explained
from rowpath.errors import UsageError
from rowpath.explain.project_of import ProjectOf
from rowpath.explain.values import Explanation

ROUTES = ("api/b*", "api/tags/*", "detail/", "fails/", "private/", "/by/*", "stream/", "member/*")


@pytest.fixture(scope="module")
def routes(project: ProjectOf) -> Explanation:
    """What one untimed run finds of some of the shop's routes."""
    return explained(project, (), routes=ROUTES)


def test_arguments_are_of_the_first_row(routes: Explanation) -> None:
    """A route that shows one row of a view's queryset is asked for the first."""
    paths = {each.request.path for each in routes.requests}

    assert {"/api/books/", "/api/books/1/", "/api/tags/1/", "/detail/"} < paths


def test_several_arguments_are_of_one_row(routes: Explanation) -> None:
    """A route that names a row by its key and its slug is asked for both of the first row."""
    paths = {each.request.path for each in routes.requests}

    assert "/member/1/ada/" in paths


def test_what_can_be_saved_comes_first(routes: Explanation) -> None:
    """The requests stand in the order of the statements that a proved change takes away."""
    assert [each.request.path for each in routes.requests][:2] == ["/api/books/", "/api/tags/1/"]


def test_routes_without_an_answer_are_left_out_with_the_reason(routes: Explanation) -> None:
    """A log-in, an error, an endless answer, and an argument that nothing explains."""
    assert {each.route: each.reason for each in routes.left_out} == {
        "fails/": "it answers 500",
        "private/": "it answers 302 and leads to /login/?next=/private/",
        "by/<number>/": "nothing says which rows number is of",
        "stream/": "its answer is longer than 67,108,864 bytes",
    }


def test_a_pattern_that_fits_nothing_is_a_mistake(project: ProjectOf) -> None:
    """It is told with the pattern."""
    with pytest.raises(UsageError, match=r"none that answers GET fits apo/\*"):
        explained(project, (), routes=("apo/*",))
