"""Which answers can be explained."""

import pytest

from rowpath.explain.answered import is_answered, leads_to_log_in
from rowpath.explain.messages import Answer, Observed
from rowpath.explain.values import Request


def answer(status: int, location: str | None = None, body: bytes = b"") -> Answer:
    return Answer(
        status=status,
        location=location,
        content_type="",
        body=body,
        durations_s=(),
        error=None,
        written=None,
        observed=Observed(),
        view=None,
    )


@pytest.mark.parametrize(
    ("method", "given", "expected"),
    [
        ("GET", answer(200), True),
        ("GET", answer(302, "/books/"), False),
        ("POST", answer(302, "/books/"), True),
        ("DELETE", answer(303, "/books/"), True),
        ("POST", answer(302), False),
        ("POST", answer(301, "/books/"), False),
        ("POST", answer(307, "/books/"), False),
        ("POST", answer(302, "/login/?next=/sale/"), False),
        ("POST", answer(400), False),
    ],
)
def test_a_redirect_is_the_answer_to_what_writes(
    method: str, given: Answer, *, expected: bool
) -> None:
    """One that keeps the method asks for the same elsewhere, and is none."""
    assert is_answered(given, Request(path="/sale/?a=1", method=method)) is expected


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/accounts/login/", True),
        ("/users/sign_in?x=1", True),
        ("https://id.example.com/oauth2/authorize?client=1", True),
        ("/enter/?next=/sale/", True),
        ("/enter/?back=%2Fsale%2F%3Fa%3D1", True),
        ("/blog/in/3/", False),
        ("/books/3/?page=2", False),
        ("/assigning/", False),
    ],
)
def test_a_log_in_page_is_told_by_its_name_or_by_where_it_leads_back(
    location: str, *, expected: bool
) -> None:
    """Its path says log in, or its query has the path that was asked."""
    assert leads_to_log_in(location, "/sale/?a=1") is expected


def test_where_it_leads_is_compared_step_by_step() -> None:
    """A new row's number is a word of its own, so that the rest is compared."""
    assert answer(302, "/books/25/", b"-").compared == b"302  / books / 25 / \n-"
    assert answer(200, None, b"-").compared == b"-"
