"""Requests that write are asked like others, and leave nothing."""

from dataclasses import replace

import pytest

from explain.shop_project import visits
from rowpath.errors import AnswerError
from rowpath.explain.project_of import ProjectOf
from rowpath.explain.session import Wanted, explain
from rowpath.explain.values import Confidence, Explained, Request, Sameness

VISIT = Request(path="/visits/", method="POST", body=b'{"path": "here"}')
FORM = Request(
    path="/guestbook/",
    method="POST",
    headers=(("Content-Type", "application/x-www-form-urlencoded"),),
    body=b"path=here&to=path",
)


def explained(project: ProjectOf, request: Request) -> Explained:
    (found,) = explain(Wanted(requests=(request,)), project, None, lambda _: None).requests
    return found


def test_a_post_is_explained_and_rolled_back_each_time(project: ProjectOf) -> None:
    """Its finding is proved, its write is no finding, and no row is left of it."""
    found = explained(project, VISIT)
    (finding,) = found.findings

    assert (finding.confidence, finding.paths) == (Confidence.PROVED, ("author",))
    assert finding.proof is not None
    assert finding.proof.sameness is Sameness.BYTES
    assert found.statements == 26
    assert visits(str(project.folder / "shop.sqlite3"), "shop_visit") == 0


def test_it_is_told_what_was_undone_and_what_was_not(project: ProjectOf) -> None:
    """Databases are rolled back; what else a request may do is named."""
    (note,) = explained(project, VISIT).notes

    assert note.startswith("what POST wrote in the databases was rolled back each time, durable")
    assert "mail stayed in memory" in note
    assert "files that it saves (FileSystemStorage), calls of other services" in note


def test_a_post_to_an_application_leaves_nothing_either(store_project: ProjectOf) -> None:
    """A commit of SQLAlchemy's is undone as well."""
    found = explained(store_project, replace(VISIT, path="/visits"))
    (finding,) = found.findings

    assert (finding.confidence, finding.paths) == (Confidence.PROVED, ("tags",))
    assert visits(str(store_project.folder / "store.sqlite3"), "visit") == 0


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (
            replace(VISIT, body=b"{}"),
            "POST /visits/: it answers 400, \"there is no 'path'\". Correct",
        ),
        (replace(VISIT, method="PUT"), "PUT /visits/: it answers 405. Correct --data or"),
    ],
)
def test_what_is_refused_is_told_with_what_was_said(
    project: ProjectOf, request_: Request, message: str
) -> None:
    """The answer says what is wrong with the data."""
    with pytest.raises(AnswerError) as raised:
        explained(project, request_)

    assert message in str(raised.value)


@pytest.mark.parametrize("kind", ["form", "json"])
def test_a_post_that_leads_on_is_explained(
    project: ProjectOf, store_project: ProjectOf, kind: str
) -> None:
    """Success that answers by a redirect is an answer, and nothing is left of it."""
    of, request, file, table = {
        "form": (project, FORM, "shop.sqlite3", "shop_visit"),
        "json": (store_project, replace(VISIT, path="/guestbook"), "store.sqlite3", "visit"),
    }[kind]
    (finding,) = explained(of, request).findings

    assert finding.confidence is Confidence.PROVED
    assert finding.paths == (("author",) if kind == "form" else ("tags",))
    assert visits(str(of.folder / file), table) == 0


def test_a_post_that_leads_to_a_log_in_page_is_none(project: ProjectOf) -> None:
    """It says that nobody is logged in, and writes nothing of what it is for."""
    with pytest.raises(AnswerError, match=r"answers 302 and leads to /accounts/login/\. Log in"):
        explained(project, replace(FORM, body=b"path=here&to=log-in"))


def test_a_commit_by_the_driver_is_no_request_to_be_explained(store_project: ProjectOf) -> None:
    """It is refused when it happens, with the reason, and leaves nothing."""
    with pytest.raises(AnswerError, match=r"/driver: it commits by the driver's connection, beh"):
        explained(store_project, replace(VISIT, path="/driver"))

    assert visits(str(store_project.folder / "store.sqlite3"), "visit") == 0
