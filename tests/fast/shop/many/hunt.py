"""Random lists of rows that have lists of their own."""

from collections.abc import Callable
from random import Random
from typing import Any

from django.db import models
from django.db.models import Count, Prefetch
from django.db.models.functions import Cast, Upper

from fast.shop.many.asking import compared_case
from fast.shop.many.cases import Case
from fast.shop.many.models import Owner, Place, Tag, Thing
from fast.shop.many.serializers import (
    FULL,
    RELATIONS,
    counts,
    full,
    keys,
    of,
    part_of,
    slugs,
    thing,
)


def hunted(seed: int, count: int) -> list[Any]:
    """Return which of `count` random lists is not what DRF's is, and how many were read as rows."""
    wrong: list[Any] = []
    as_rows = 0
    for number in range(seed, seed + count):
        case = _random_case(Random(number))
        found = compared_case(case, again=number % 2 == 0)
        as_rows += found["way"] == "rows"
        sent = found["sent"]
        if found["ours"] != found["theirs"] or sent[1] > sent[0]:
            texts = [str(found[name])[:2_000] for name in ("theirs", "ours")]
            wrong.append([number, *texts, *sent])
    return [wrong, as_rows]


def _random_case(draw: Random) -> Case:
    prefetched = draw.sample(RELATIONS, draw.randrange(len(RELATIONS)))
    names = draw.sample(sorted(FULL), draw.randrange(1, 6))
    read = {*names, *(_SOURCES[name] for name in names if name in _SOURCES)}
    lookups = [_random_lookup(draw, name, is_read=name in read) for name in prefetched]
    put = {getattr(one, "to_attr", None) for one in lookups}
    apart = [name for name in sorted(_FULL_APART) if name in put]
    state = draw.randrange(1 << 30)
    start = draw.randrange(4)
    rows = Owner.objects.prefetch_related(*lookups).order_by(*draw.choice(_ORDERS))
    if draw.random() < 0.2:
        rows = rows.filter(**draw.choice(_FILTERS))
    return Case(
        serializer=lambda: _random_serializer(Random(state), [*names, *apart]),
        rows=lambda: rows if start == 3 else rows[start : start + 5],
    )


_ORDERS = (("code",), ("-key",), ("place_id", "pk"), ("-number", "code"))
_FILTERS: tuple[dict[str, Any], ...] = (
    {"things__isnull": False},
    {"plain__slug": "t1"},
    {"number__gt": -3},
)


def _random_lookup(draw: Random, name: str, *, is_read: bool) -> Any:
    model = _MODELS.get(name)
    if model is None or draw.random() < (0.4 if is_read else 0.9):
        return name
    rows: Any = model.objects.all()
    for chance, change in _CHANGES:
        if draw.random() < chance:
            rows = change(draw, rows)
    if draw.random() < 0.2:
        start = draw.randrange(2)
        return Prefetch(name, rows[start : start + 2], to_attr=_TO_ATTRS.get(name, "unread"))
    return Prefetch(name, rows)


_MODELS: dict[str, Any] = {
    **dict.fromkeys(("things", "by_code", "place__things", "friends__things"), Thing),
    **dict.fromkeys(("tags", "plain"), Tag),
    **dict.fromkeys(("place", "things__place"), Place),
}
_SOURCES = {"again": "tags", "coded": "by_code", "near": "place__things", "nearer": "place__things"}
_TO_ATTRS = {"things": "some", "tags": "few"}
_FULL_APART: dict[str, Callable[[], Any]] = {"some": keys, "few": slugs}


def _chosen(draw: Random, rows: Any) -> Any:
    return rows.filter(pk__in=draw.sample(range(1, 40), draw.choice([2, 15])))


def _summed(draw: Random, rows: Any) -> Any:
    of = {Thing: "parts", Tag: "owners", Place: "things"}[rows.model]
    made = rows.annotate(n=Count(of))
    return made.filter(n__gt=1) if draw.random() < 0.3 else made


_CHANGES: tuple[tuple[float, Callable[[Random, Any], Any]], ...] = (
    (0.3, _chosen),
    (0.2, lambda _, rows: rows if rows.model is Place else rows.select_related("place")),
    (0.2, lambda _, rows: rows if rows.model is Place else rows.prefetch_related("place")),
    (0.2, lambda _, rows: rows.annotate(loud=Upper(Cast("pk", models.TextField())))),
    (0.2, _summed),
    (0.2, lambda _, rows: rows.distinct()),
    (0.1, lambda _, rows: rows.only("pk")),
    (0.6, lambda draw, rows: rows.order_by(*draw.choice([(), ("pk",), ("-pk",)]))),
)


def _random_serializer(draw: Random, names: list[str]) -> Any:
    members = {name: (FULL | _FULL_APART)[name]() for name in names if name != "code"}
    if draw.random() < 0.4:
        parts = part_of(tags=slugs())(many=True) if draw.random() < 0.5 else keys()
        members["things"] = thing(parts=parts)(many=True)
    if draw.random() < 0.2:
        members["things"] = counts(Thing, "id", "name")(many=True)
    if draw.random() < 0.2:
        members["friends"] = full(*draw.sample(sorted(FULL), 3))(many=True)
    return of(Owner, "key", **members)
