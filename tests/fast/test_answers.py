"""An answer is DRF's beyond its bytes: in its data, its envelope, its pickle and its memory."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside

PAGINATORS = ("none", "pages", "offsets", "cursors")


@pytest.fixture(scope="module")
def project(copies: Copies) -> Iterator[Inside]:
    with copies("shop_answers") as dsn, inside({"databases": {"default": dsn}}) as running:
        yield running


@pytest.mark.parametrize("paginator", PAGINATORS)
@pytest.mark.parametrize("place", ["list", "finalize", "dispatch", "decorator"])
def test_code_in_front_of_a_list_has_drfs_data_at_no_more_than_drfs_cost(
    project: Inside, place: str, paginator: str
) -> None:
    """An override that asks for the data is known before anything is read, and DRF answers."""
    is_same, statements, how = project.call(
        "answering:asked_within", place=place, paginator=paginator
    )

    assert is_same
    assert statements <= 0  # fewer where what nobody loaded is loaded at once
    assert "may ask for the answer's data" in how


@pytest.mark.parametrize("paginator", PAGINATORS)
@pytest.mark.parametrize("rendered", [False, True])
def test_middleware_has_drfs_data(project: Inside, paginator: str, *, rendered: bool) -> None:
    """Code around the view gets DRF's values, types and containers, before rendering and after."""
    is_same, how = project.call(
        "answering:asked_by_middleware", paginator=paginator, rendered=rendered
    )

    assert is_same
    assert how == (
        "compiled" if rendered else "its data was asked for by fast.shop.answering._read."
    )


@pytest.mark.parametrize("paginator", PAGINATORS)
def test_an_override_that_asks_for_no_data_stays_fast(project: Inside, paginator: str) -> None:
    """A list() or finalize_response() that does something else is answered fast."""
    assert project.call("answering:quiet", paginator=paginator) == [True, "compiled"]


@pytest.mark.parametrize("rendered", [False, True])
def test_the_data_of_every_list_is_drfs(project: Inside, *, rendered: bool) -> None:
    """Whatever a list has, its data has DRF's values, types, containers and serializer."""
    assert project.call("answering:different_data", rendered=rendered) == []


def test_changed_data_is_rendered(project: Inside) -> None:
    """What middleware puts into the data before it is rendered is what the client gets."""
    assert project.call("answering:changed_by_middleware") == [True, "changed"]


@pytest.mark.parametrize("change", ["deleted", "updated", "forbidden"])
def test_data_of_rows_that_were_changed_is_what_was_read(project: Inside, change: str) -> None:
    """Data asked for when its rows are others, or may not be read, has the rows of the answer."""
    assert project.call("answering:data_of_changed_rows", change=change)


def test_a_view_whose_data_is_asked_for_is_left_to_drf(project: Inside) -> None:
    """The more often the data is asked for, the longer DRF answers, and it is told who asks."""
    told = project.call("answering:keeps_asking", requests=12)
    asker = "the data of its last answers was asked for by fast.shop.answering._read_by_an_audit"

    tried = [number for number, (how, _) in enumerate(told) if how == "compiled"]
    assert tried == [0, 1, 3, 7]
    assert [statements for how, statements in told if how != "compiled"] == [1] * 8
    assert {how for how, _ in told} == {"compiled", f"{asker}, so DRF answers for a while."}


def test_a_view_whose_data_is_asked_for_now_and_then_stays_fast(project: Inside) -> None:
    """An answer that nobody asked for its data ends the count."""
    assert project.call("answering:asks_seldom", requests=8) == ["compiled"] * 8


def test_an_envelope_that_passes_the_rows_on_is_fast(project: Inside) -> None:
    """Status, headers and what stands around the rows are those of the envelope's own code."""
    told = project.call("enveloping:enveloped", kind="passing")

    assert {
        name: ways for name, ways in told.items() if ways != [[True, True, "compiled"]] * 2
    } == {}


def test_a_flat_envelope_is_written_as_the_renderer_writes_it(project: Inside) -> None:
    """Texts, integers and nulls, as whatever JSONRenderer is set up for."""
    told = project.call("enveloping:flat", examples=300)

    assert told["wrong"] == []
    assert told["written"] >= 300 * 4


def test_an_envelope_that_looks_at_the_rows_gets_drfs(project: Inside) -> None:
    """Code that does anything with the rows but to pass them on has DRF's own, and runs once."""
    told = project.call("enveloping:enveloped", kind="looking")
    ways = [[True, True, f"{name}.get_paginated_response() looked at the rows."] for name in OWNERS]

    assert {name: found for name, found in told.items() if found != ways} == {}


def test_an_envelope_that_takes_the_rows_past_their_methods_gets_drfs(project: Inside) -> None:
    """What takes items out of a list as code in C does fails at first, and is given DRF's list."""
    looked = "View.get_paginated_response() looked at the rows."

    assert project.call("enveloping:taken_past_the_methods") == [True, True, looked]


def test_an_envelope_that_is_more_than_plain_data_is_drfs(project: Inside) -> None:
    """What is no plain Response around plain values is rendered by DRF."""
    told = project.call("enveloping:enveloped", kind="others")

    assert {
        name for name, ways in told.items() if not all(is_same for is_same, *_ in ways)
    } == set()
    assert {name: ways[0][2].partition("() ")[2] for name, ways in told.items()} == {
        "own-class": "returned a _Own.",
        "plain-http": "returned a HttpResponse.",
        "lazy": "put a __proxy__ around the rows.",
        "generator": "put a generator around the rows.",
        "key": "put a key that is not a string around the rows.",
    }


def test_what_an_envelope_raises_is_raised_once(project: Inside) -> None:
    """An exception of the envelope's own code is answered as DRF answers it."""
    is_same, answer = project.call("enveloping:raising")

    assert is_same
    assert (answer[0], answer[-1]) == (404, 1)


def test_an_envelope_may_change_after_it_was_made(project: Inside) -> None:
    """What the view's own code puts into its envelope later is answered."""
    assert project.call("enveloping:changed_afterwards") == [True, True, "compiled"]


def test_a_view_whose_envelope_looks_at_the_rows_is_left_to_drf(project: Inside) -> None:
    """An envelope that looks each time costs an attempt ever more seldom."""
    told = project.call("enveloping:looks_each_time", requests=9)
    looked = "Own.get_paginated_response() looked at the rows"

    assert [number for number, how in enumerate(told) if how == f"{looked}."] == [0, 1, 3, 7]
    assert set(told) == {f"{looked}.", f"{looked}, so DRF answers for a while."}


OWNERS = ("Own", "View")

# Run where rowpath cannot be imported: what a cache gives to a fleet without it.
_UNPICKLING = """
import base64, json, pickle, sys
sys.modules["rowpath"] = None
from django.conf import settings
settings.configure(USE_TZ=True)
import django
django.setup()
answers = [pickle.loads(base64.b64decode(one)) for one in json.load(sys.stdin)]
told = [
    [type(one).__module__, one.status_code, dict(one.headers), one.content.decode(), repr(one.data)]
    + sorted(vars(one))
    for one in answers
]
print(json.dumps(told))
"""


def test_a_pickled_answer_is_drfs_and_needs_no_rowpath(project: Inside) -> None:
    """What a cache keeps is DRF's own Response with DRF's own data, whoever answered."""
    for name, pickled in project.call("answering:pickles").items():
        program = [sys.executable, "-c", _UNPICKLING]
        done = subprocess.run(
            program, input=json.dumps(pickled), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        theirs, ours = json.loads(done.stdout)
        assert ours == theirs, name
        assert ours[0] == "rest_framework.response"


def test_pickling_asks_for_the_data(project: Inside) -> None:
    """An answer is the same after it was pickled, and cannot be before it is rendered."""
    told = project.call("answering:pickled_here")

    assert told == [True, "Response", True, "compiled", "ContentNotRenderedError", "compiled"]


@pytest.mark.parametrize("kind", ["one", "page"])
def test_a_body_is_gone_with_its_answer(project: Inside, kind: str) -> None:
    """Without Python's search for cycles no body outlives its answer, and none is there twice."""
    size, during, afterwards = project.call("answering:bodies_alive", kind=kind, requests=5)

    assert size > 1_000_000
    assert during < 1.2 * size
    assert afterwards == 0
