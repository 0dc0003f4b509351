"""Views, paginators and connections that do more than they must are answered as DRF answers."""

from collections.abc import Iterator

import pytest

from fast.conftest import Copies
from fast.projects import Inside, inside


@pytest.fixture(scope="module")
def project(copies: Copies) -> Iterator[Inside]:
    with copies("shop_odd") as dsn, inside({"databases": {"default": dsn}}) as running:
        yield running


@pytest.mark.parametrize(
    ("name", "query", "status", "told"),
    [
        ("counts-by-length", "", 200, "the page has not all of the rows"),
        ("counts-by-length", "?offset=28", 200, "the page has not all of the rows"),
        ("counts-copies", "?offset=4", 200, "compiled"),
        ("pages-by-length", "?page=2", 200, "the page has not all of the rows"),
        ("counted-by-length", "?page=8", 200, "the page has not all of the rows"),
        ("looks-at-rows", "", 200, "the paginator reads pk of a row"),
        ("reads-twice", "", 200, "more than once"),
        ("narrowed-by-all", "", 200, "compiled"),
        ("narrowed-by-all", "?page=5", 200, "compiled"),
        ("narrowed-by-all", "?page=6", 404, None),
        ("serializer-of-its-own", "", 200, "compiled"),
        ("serializer-by-page", "", 200, "another serializer for its page"),
        ("looks-afterwards", "?page=2", 200, "compiled"),
        ("rows-as-text", "", 200, "the paginator reads"),
        ("rows-that-fail", "", 200, "the paginator reads pk of a row"),
        ("by-text", "", 200, "compiled"),
        ("masked-by-ordering", "", 200, "extra()"),
        ("by-numeric", "", 200, "another type than its field"),
        ("refusing-context", "", 403, None),
        ("refusing-context-streamed", "", 403, None),
        ("files-without-request", "", 200, "compiled"),
        ("files", "", 200, "compiled"),
        ("charset-streamed", "", 200, "streamed"),
    ],
)
def test_a_view_that_does_more_is_answered_as_drf_answers_it(
    project: Inside, name: str, query: str, status: int, told: str | None
) -> None:
    """Whatever a paginator, a queryset or a context does, the answer is the one that DRF gives."""
    answered, how = project.call("odd:compared", view=name, query=query)

    assert answered == status
    assert how is None if told is None else told in how


@pytest.mark.parametrize(
    ("name", "read", "told"),
    [
        ("narrowed-by-all", 1, "compiled"),
        ("looks-at-rows", 2, "the paginator reads pk of a row"),
        ("serializer-by-page", 2, "another serializer for its page"),
    ],
)
def test_a_list_that_falls_back_on_its_page_is_paged_once(
    project: Inside, name: str, read: int, told: str
) -> None:
    """The rows are counted once and read once more, whoever answers in the end."""
    counts, reads, how = project.call("odd:statements", view=name)

    assert (counts, reads) == (1, read)
    assert told in how


@pytest.mark.parametrize(
    ("does", "told"),
    [
        ("registers_a_loader", "the driver reads the type 1043 by _Masked"),
        ("sets_a_zone", "the session's time zone was set to Asia/Tokyo"),
        ("brings_its_cursor", "the driver's cursor is a _Traced"),
    ],
)
def test_a_connection_that_is_not_as_django_made_it(project: Inside, does: str, told: str) -> None:
    """What a project does to its connection holds for its lists."""
    answered, how = project.call("odd:on_a_connection_that", does=does)

    assert answered == 200
    assert told in how


def test_a_loader_registered_after_the_first_list(project: Inside) -> None:
    """A loader holds from when it is registered."""
    answered, how = project.call("odd:registered_after_the_first_list")

    assert answered == 200
    assert "_Masked" in how


def test_a_join_that_a_filter_left_over(project: Inside) -> None:
    """A selected relation that a filter has crossed takes away what it takes in Django."""
    assert project.call("odd:left_over_join") == [200, "compiled"]


def test_a_list_that_is_just_not_streamed_is_whole(project: Inside) -> None:
    """However many rows a list has before it is streamed, all are there."""
    assert project.call("odd:many_rows_to_stream_above") == [24_000, "compiled"]


def test_the_data_is_what_was_read(project: Inside) -> None:
    """`response.data` is of the answer's own rows, not of those that are there when it is asked."""
    assert project.call("odd:data_of_rows_that_are_gone") is True


def test_a_stream_that_another_thread_drops(project: Inside) -> None:
    """A dropped stream touches no other thread's transaction, whoever collects it."""
    assert project.call("odd:while_another_thread_drops_a_stream") is True


def test_serializer_classes_made_for_each_request(project: Inside) -> None:
    """Classes that a view makes for each request are not kept for the life of the process."""
    assert project.call("odd:classes_made_for_a_request", requests=2_000) is True
