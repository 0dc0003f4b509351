"""Random lists of books, read by random methods."""

from collections.abc import Callable
from random import Random
from typing import Any

from django.test.utils import override_settings
from rest_framework import serializers

from fast.shop.batching.asking import told_by
from fast.shop.batching.cases import Case, books
from fast.shop.batching.methods import (
    asking,
    changing_queries,
    clear,
    miss,
    moving,
    naming,
    prefetching,
    raw,
    refreshing,
    renumbering,
    save,
    undone,
    update,
    wrapping,
    writing,
)
from fast.shop.batching.models import Book, Chapter, City, Cover, Label, Made, Writer
from fast.shop.batching.serializers import around, by_method, keys, made_of, slugs, text_of
from rowpath.fast.drf import FastListMixin

_METHODS = (
    *(naming, asking, miss, refreshing, moving, wrapping),
    *(changing_queries, prefetching, renumbering),
)
_WRITING = (update, clear, save, raw, undone)
_SELECTED = ("writer", "writer__city", "cover", "editor", "editor__mentor")
_PREFETCHED = ("labels", "chapters", "writer", "chapters__label", "reviews", "writer__books")


def hunted(seed: int, count: int, alias: str) -> list[Any]:
    """Return which of `count` random serializers of random rows is not what DRF's is.

    And how many statements all were, by DRF and with the mixin, and how many lists had an answer.
    """
    wrong: list[Any] = []
    sent, answered = [0, 0], 0
    for number in range(seed, seed + count):
        case, again = _random_case(Random(number)), number % 2 == 0
        theirs, drfs, _ = told_by(case(), (), alias, is_atomic=True, again=again)
        with override_settings(ROWPATH=case().settings):
            ours, own, way = told_by(case(), (FastListMixin,), alias, is_atomic=True, again=again)
        answered += way is not None
        sent = [sent[0] + drfs, sent[1] + own]
        if ours != theirs or own > drfs:
            wrong.append([number, str(theirs)[:2_000], str(ours)[:2_000], drfs, own])
    return [wrong, sent, answered]


def _random_case(draw: Random) -> Callable[[], Case]:
    """Return what makes a case, the same each time."""
    state = draw.getstate()

    def made() -> Case:
        again = Random()
        again.setstate(state)
        selected = again.sample(_SELECTED, again.randrange(3))
        prefetched = again.sample(_PREFETCHED, again.randrange(3))
        chosen = books().select_related(*selected) if selected else books()
        chosen = chosen.prefetch_related(*prefetched)
        if not selected and again.random() < 0.2:
            chosen = chosen.only("title", *again.sample(("writer", "lost"), again.randrange(2)))
        start = again.randrange(3)
        return Case(
            serializer=lambda: _random_books(Random(again.getstate()[1][0])),
            rows=lambda: chosen[start : start + 6],
        )

    return made


def _random_books(draw: Random) -> Any:
    pool: dict[str, Callable[[], Any]] = {
        "writer": _random_writers(draw, 2),
        "editor": _random_writers(draw, 1),
        "mentor": lambda: text_of("writer.mentor.name", default="none"),
        "town": lambda: text_of("writer.mentor.city.name"),
        "lost": made_of(City, "name"),
        "labels": slugs,
        "keys": lambda: keys(source="labels"),
        "named": lambda: serializers.StringRelatedField(source="editor"),
        "chapters": lambda: _random_chapters(draw)(many=True),
        "positions": lambda: serializers.SlugRelatedField(
            source="chapters", slug_field="label__slug", many=True, read_only=True
        ),
        "cover": lambda: made_of(Cover, "art")(read_only=True),
        "reviews": keys,
        "remarks": keys,
        "made": lambda: made_of(Made, "id")(read_only=True),
    }
    chosen = draw.sample(sorted(pool), draw.randrange(1, 8))
    members = {name: pool[name]() for name in chosen}
    methods: dict[str, Any] = {}
    if draw.random() < 0.5:
        methods = by_method(draw.choice((*_METHODS, writing(draw.choice(_WRITING)))))
        place = draw.randrange(len(members) + 1)
        names = [*members]
        told = methods.pop("told")
        members = {
            name: told if name == "told" else members[name]
            for name in (*names[:place], "told", *names[place:])
        }
    text = serializers.StringRelatedField(source="writer")
    whole = made_of(Book, "title", text=text, **members, **methods)
    if draw.random() < 0.3:
        return around(whole)
    return whole


def _random_writers(draw: Random, depth: int) -> Any:
    members: dict[str, Any] = {"city": made_of(City, "name")()}
    if depth:
        members |= {"mentor": _random_writers(draw, depth - 1)(), "books": keys()}
        members["titles"] = made_of(Book, "title", labels=slugs())(source="books", many=True)
    chosen = draw.sample(sorted(members), draw.randrange(len(members)) + 1)
    return made_of(Writer, "name", "data", **{name: members[name] for name in chosen})


def _random_chapters(draw: Random) -> Any:
    members = {"label": made_of(Label, "slug")(), "writer": text_of("book.writer.name")}
    chosen = draw.sample(sorted(members), draw.randrange(3))
    return made_of(Chapter, "position", **{name: members[name] for name in chosen})
