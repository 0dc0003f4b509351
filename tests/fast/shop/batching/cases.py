"""Lists of books whose relations nobody has loaded."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from django.test.utils import override_settings
from rest_framework import serializers

from fast.shop.batching.methods import (
    asking,
    by_a_function,
    changing_queries,
    clear,
    copying,
    dumping,
    five,
    miss,
    moving,
    naming,
    prefetching,
    raw,
    read_many,
    refreshing,
    renumbering,
    save,
    threaded,
    undone,
    update,
    wrapping,
    writing,
)
from fast.shop.batching.models import Book, Made, Novel, Review, Writer
from fast.shop.batching.serializers import (
    around,
    by_method,
    everything,
    keys,
    made_of,
    mentors,
    more,
    of_books,
    slugs,
    text_of,
    unread,
)
from fast.shop.batching.troubles import (
    broken,
    cutting_off,
    opened_anew,
    received,
    refused,
    unreadable,
    with_value,
)

Rows = Callable[[], Any]


def books() -> Any:
    """Return eight books."""
    return Book.objects.filter(pk__lt=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A serializer of books, and the rows that it is given."""

    serializer: Callable[[], Any]
    rows: Rows = books
    within: Callable[[], AbstractContextManager[Any]] = nullcontext
    settings: dict[str, Any] = field(default_factory=dict)


def _of_method(function: Callable[[Any, Any], Any], *, is_first: bool = True) -> Case:
    told = by_method(function)

    def made() -> Any:
        if is_first:
            return made_of(Book, "told", "title", **told, **more())
        return made_of(Book, "title", **more(), **told)

    return Case(serializer=made)


def _loaded(rows: Rows) -> Case:
    return Case(serializer=everything, rows=rows)


CASES: dict[str, Case] = {
    "everything": Case(serializer=everything),
    "selected": _loaded(lambda: books().select_related("writer")),
    "prefetched": _loaded(lambda: books().prefetch_related("writer", "chapters")),
    "all_loaded": _loaded(
        lambda: (
            books()
            .select_related("writer__city", "cover")
            .prefetch_related("labels", "chapters__label")
        )
    ),
    "deferred": _loaded(lambda: books().only("title")),
    "a_list": _loaded(lambda: [*books()]),
    "one_row": _loaded(lambda: books()[:1]),
    "no_row": _loaded(lambda: books().none()),
    "mixed": _loaded(lambda: [*books()[:3], *Novel.objects.all(), *books()[3:5]]),
    "twice": _loaded(lambda: [*books()[:4]] * 2),
    "novels": Case(
        serializer=lambda: made_of(
            Novel, "pages", writer=made_of(Writer, "name")(), labels=slugs()
        ),
        rows=Novel.objects.order_by,
    ),
    "of_novels": Case(
        serializer=of_books(pages=lambda: text_of("novel.pages", default=None)),
        rows=Book.objects.all,
    ),
    "text_of_writer": Case(
        serializer=of_books(writer=lambda: serializers.StringRelatedField(read_only=True))
    ),
    "keys_alone": Case(serializer=lambda: made_of(Book, "writer", "editor", "labels")),
    "two_of_one": Case(serializer=of_books(labels=slugs, keys=lambda: keys(source="labels"))),
    "by_slug": Case(
        serializer=of_books(
            text=lambda: serializers.StringRelatedField(source="editor", read_only=True),
            editor=made_of(Writer, "name"),
        )
    ),
    "unordered": Case(serializer=of_books(reviews=lambda: made_of(Review, "stars")(many=True))),
    "unordered_at_once": Case(
        serializer=of_books(reviews=lambda: made_of(Review, "stars")(many=True)),
        settings={"batch": "unordered"},
    ),
    "own_manager": Case(serializer=of_books(remarks=keys)),
    "own_making": Case(serializer=of_books(made=lambda: made_of(Made, "id")(read_only=True))),
    "mentors": Case(serializer=mentors, rows=lambda: Writer.objects.order_by("pk")),
    "overriding": Case(serializer=lambda: around(everything())),
    "turned_off": Case(serializer=everything, settings={"batch": False}),
    "refused": Case(serializer=everything, within=refused),
    "told_of": Case(serializer=of_books(pages_of=keys)),
    "unreadable": Case(
        serializer=unread, rows=lambda: Writer.objects.order_by("pk"), within=unreadable
    ),
    "key_of_a_number": Case(
        serializer=lambda: made_of(
            Book, "told", editor=made_of(Writer, "name")(), **by_method(five)
        ),
        within=lambda: with_value(
            "UPDATE shop_writer SET slug = '5' WHERE id = 5",
            "UPDATE shop_writer SET slug = 'w5' WHERE id = 5",
        ),
    ),
    "received": Case(serializer=everything, within=received),
    "routed": Case(
        serializer=everything,
        within=lambda: override_settings(DATABASE_ROUTERS=["fast.shop.batching.troubles.Router"]),
    ),
    "naming_behind": _of_method(naming, is_first=False),
} | {
    name.strip("_"): _of_method(function)
    for name, function in {
        "_naming": naming,
        "_asking": asking,
        "_missing": miss,
        "_changing_queries": changing_queries,
        "_copying": copying,
        "_dumping": dumping,
        "_prefetching": prefetching,
        "_renumbering": renumbering,
        "_refreshing": refreshing,
        "_moving": moving,
        "_threaded": threaded,
        "_wrapping": wrapping,
        "_update": writing(update),
        "_clear": writing(clear),
        "_save": writing(save),
        "_raw": writing(raw),
        "_many": writing(read_many),
        "_by_a_function": writing(by_a_function),
        "_undone": writing(undone),
    }.items()
}

OTHERS = {
    "broken": Case(serializer=everything, within=broken),
    "cut_off": Case(
        serializer=lambda: made_of(Book, "told", "title", **by_method(cutting_off), labels=slugs()),
        within=opened_anew,
    ),
}
