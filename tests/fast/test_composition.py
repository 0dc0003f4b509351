"""A fast list composes with all that stands around a list: it is DRF's answer to everybody."""

import json
from collections.abc import Iterator

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside


@pytest.fixture(scope="module")
def project(copies: Copies) -> Iterator[Inside]:
    settings = {"ROOT_URLCONF": "fast.shop.composed"}
    with copies("shop_composition") as dsn:
        given = {"databases": {"default": dsn}, "settings": settings}
        with inside(given) as running:
            yield running


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?owner__username=alice",
        "?text=100%25%27%22",
        "?topic=2&page=1",
        "?search=plain+1",
        "?search=open",
        "?ordering=-id",
        "?ordering=home__name,-text&page=3",
    ],
)
def test_filters_searches_and_orders_of_the_client_hold(project: Inside, query: str) -> None:
    """django-filter and DRF's filters choose and order the rows of both ways."""
    status, path, _ = project.call("composing:compared", path=f"filtered/{query}", headers={})

    assert status == 200
    assert path == "compiled"


@pytest.mark.parametrize(
    ("query", "status"),
    [("?topic=99", 400), ("?topic=x", 400), ("?page=99", 404), ("?page=x", 404)],
)
def test_what_a_filter_or_a_paginator_refuses_is_refused(
    project: Inside, query: str, status: int
) -> None:
    """A wrong parameter is answered as DRF answers it."""
    told = project.call("composing:compared", path=f"filtered/{query}", headers={})

    assert told[0] == status


@pytest.mark.parametrize(
    ("path", "headers", "key"),
    [
        ("versioned/", {}, "owner"),
        ("versioned/?version=2", {}, "title"),
        ("versioned-by-accept/", {"Accept": "application/json"}, "owner"),
        ("versioned-by-accept/", {"Accept": "application/json; version=2"}, "title"),
    ],
)
def test_a_version_chooses_the_serializer(
    project: Inside, path: str, headers: dict[str, str], key: str
) -> None:
    """The serializer class of each request is the view's choice, request by request."""
    for _ in range(2):
        status, way, body = project.call("composing:compared", path=path, headers=headers)

        assert (status, way) == (200, "compiled")
        assert key in json.loads(body)[0]


@pytest.mark.parametrize(
    ("path", "headers", "status", "way"),
    [
        ("flat/?format=json", {}, 200, "compiled"),
        ("flat/", {"Accept": "application/json"}, 200, "compiled"),
        ("flat/", {"Accept": "*/*"}, 200, "compiled"),
        (
            "flat/",
            {"Accept": "application/json; indent=2"},
            200,
            "the client asks for indented JSON.",
        ),
        ("flat/", {"Accept": "application/xml"}, 406, None),
        ("flat/?format=xml", {}, 404, None),
    ],
)
def test_content_is_negotiated_by_drf(
    project: Inside, path: str, headers: dict[str, str], status: int, way: str | None
) -> None:
    """The renderer is DRF's choice, and only its own compact JSON is written fast."""
    told = project.call("composing:compared", path=path, headers=headers)

    assert told[:2] == [status, way]


def test_the_browsable_api_shows_the_rows(project: Inside) -> None:
    """?format=api gives DRF's page, by the ordinary path."""
    told = project.call("composing:browsable")

    assert told == [True, True, "the answer is rendered by BrowsableAPIRenderer."]


@pytest.mark.parametrize(
    ("name", "status"),
    [("not-found", 404), ("validating", 400), ("context-raising", 404), ("handled", 404)],
)
def test_exceptions_of_the_view_reach_the_exception_handler(
    project: Inside, name: str, status: int
) -> None:
    """What a part of the view raises is answered by DRF's handler, or the view's own."""
    told = project.call("composing:compared", path=f"{name}/", headers={})

    assert told[0] == status
    assert told[1] is None


@pytest.mark.parametrize("share", [0, 1.0])
def test_a_request_is_counted_once_by_a_throttle(project: Inside, share: float) -> None:
    """Three a minute are three with the fast path too, and with a shadow of each."""
    told = project.call("composing:throttled", caller=f"caller-{share}", share=share)

    assert told == [[200, 200, 200, 429]] * 2


@pytest.mark.parametrize("name", ["counting", "adding", "replacing", "wrapping", "changing"])
def test_overrides_read_and_change_the_data(project: Inside, name: str) -> None:
    """`response.data` is DRF's to finalize_response() and to a list() that calls super()."""
    status, _, body = project.call("composing:compared", path=f"{name}/", headers={})

    assert status == (203 if name == "changing" else 200)
    assert json.loads(body)


def test_callbacks_after_rendering_see_the_content_and_the_data(project: Inside) -> None:
    """A callback of the rendered answer finds both, whoever answered."""
    status, way, _ = project.call("composing:compared", path="after-rendering/", headers={})

    assert status == 200
    assert way.startswith("fast.shop.composed._with_length may ask for the answer's data.")


def test_a_middleware_may_change_the_data_before_it_is_rendered(project: Inside) -> None:
    """process_template_response() gets an answer whose data it can replace."""
    assert project.call("composing:envelope") == [200, '{"data":[']


def test_djangos_test_client_has_the_data(project: Inside) -> None:
    """In a project's own tests response.data and response.json() are what they were."""
    assert project.call("composing:data_in_tests") == [True, True, 1, True, "compiled"]


def test_cache_page_keeps_the_answer(project: Inside) -> None:
    """The second answer comes from the cache without a statement, the same bytes both ways.

    The cache keeps DRF's data too, which takes DRF's statement.
    """
    assert project.call("composing:cached") == [[1, 0, True], [2, 0, True], True]


def test_an_answer_from_the_cache_has_its_data(project: Inside) -> None:
    """An answer that was pickled by the cache is still one with data."""
    assert project.call("composing:cached_data") is True


@pytest.mark.parametrize(
    ("path", "way"), [("gzipped/", "compiled"), ("all-of-it/", "may ask for the answer's data")]
)
def test_gzip_compresses_the_bytes_of_drf(project: Inside, path: str, way: str) -> None:
    """Compressed or not, the bytes are DRF's."""
    encodings, are_same, told = project.call("composing:gzipped", path=path)

    assert (encodings, are_same) == (["gzip", "gzip"], True)
    assert way in told


def test_entity_tags_are_those_of_drf(project: Inside) -> None:
    """A conditional GET is answered 304 while the rows are the same, and 200 afterwards."""
    assert project.call("composing:entity_tags") == [True, [304, 304], [200, 200]]


@pytest.mark.parametrize("name", ["varying", "conditional"])
def test_decorators_set_the_same_headers(project: Inside, name: str) -> None:
    """Headers that decorators add are there in both answers."""
    told = project.call("composing:compared", path=f"{name}/", headers={})

    assert told[:2] == [200, "compiled"]


def test_a_condition_that_holds_runs_no_view(project: Inside) -> None:
    """With the right tag @condition answers 304 for both."""
    headers = {"If-None-Match": '"the only one"'}
    told = project.call("composing:compared", path="conditional/", headers=headers)

    assert told == [304, None, ""]


def test_options_describe_the_same_list(project: Inside) -> None:
    """The metadata of a view does not change with the mixin."""
    assert project.call("composing:options", path="filtered/") is True
