"""Querysets whose instances Django makes, or compiled code in its place."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Count, FilteredRelation, Max, Prefetch, Q, Value
from django.db.models.query import QuerySet

from fast.shop.making.models import Alias, Followed, Loud, Odd, Shelf, Thing, Tool


def _shelf(alias: str) -> Shelf:
    return Shelf.objects.using(alias).get(pk=1)


def _near(alias: str) -> QuerySet[Any]:
    near = FilteredRelation("shelf", condition=Q(shelf__name="s1"))
    return Thing.objects.using(alias).annotate(near=near).select_related("near", "shelf")


def _of_peers(alias: str) -> QuerySet[Any]:
    """Return a queryset whose instances know each other, which there is since Django 6.1."""
    found: Any = Thing.objects.using(alias).select_related("shelf", "twin").defer("data")
    return found.fetch_mode(models.FETCH_PEERS) if hasattr(found, "fetch_mode") else found


# By name, of an alias: and whether compiled code makes the instances.
QUERYSETS: dict[str, tuple[Callable[[str], QuerySet[Any]], bool]] = {
    "all": (Thing.objects.using, True),
    "alias": (Alias.objects.using, True),
    "inheriting": (Tool.objects.using, True),
    "only": (lambda alias: Thing.objects.using(alias).only("name", "shelf"), True),
    "defer": (lambda alias: Thing.objects.using(alias).defer("name", "shelf", "data"), True),
    "only of a parent": (lambda alias: Tool.objects.using(alias).only("weight"), True),
    "related": (lambda alias: Thing.objects.using(alias).select_related("shelf"), True),
    "nested": (
        lambda alias: Thing.objects.using(alias).select_related("twin__twin__shelf", "shelf"),
        True,
    ),
    "reverse": (
        lambda alias: Thing.objects.using(alias).select_related("other__shelf", "tool"),
        True,
    ),
    "back to a parent": (lambda alias: Tool.objects.using(alias).select_related("other"), True),
    "deferred within": (
        lambda alias: Thing.objects.using(alias).select_related("shelf").only("name", "shelf__id"),
        True,
    ),
    "filtered relation": (_near, True),
    "annotated": (
        lambda alias: Thing.objects.using(alias).annotate(
            n=Count("other"), w=Value(Decimal("1.10")), m=Max("moment"), s=Max("small"), b=Q(pk=1)
        ),
        True,
    ),
    "of a manager": (lambda alias: _shelf(alias).things.all(), True),
    "of a manager, related": (
        lambda alias: _shelf(alias).things.select_related("shelf", "twin"),
        True,
    ),
    "of a manager, deferred": (lambda alias: _shelf(alias).things.defer("name"), False),
    "of two": (lambda alias: _shelf(alias).things.all() | Thing.objects.using(alias), True),
    "peers": (_of_peers, True),
    "prefetched": (
        lambda alias: Shelf.objects.using(alias).prefetch_related(
            "things", Prefetch("things", Thing.objects.filter(pk__gt=3), to_attr="few")
        ),
        True,
    ),
    "sliced": (lambda alias: Thing.objects.using(alias)[2:5], True),
    "none": (lambda alias: Thing.objects.using(alias).none(), True),
    "no row": (lambda alias: Thing.objects.using(alias).filter(name="-"), True),
    "extra": (lambda alias: Thing.objects.using(alias).extra(select={"x": "1 + 1"}), True),
    "union": (
        lambda alias: Thing.objects.using(alias).filter(pk=1).union(Thing.objects.using(alias)),
        True,
    ),
    "own attribute": (Odd.objects.using, True),
    "own attribute, related": (
        lambda alias: Odd.objects.using(alias).select_related("beside"),
        True,
    ),
    "own init": (Loud.objects.using, False),
    "init behind": (Followed.objects.using, False),
    "values": (lambda alias: Thing.objects.using(alias).values("name"), False),
}
UNORDERED = ("union", "values", "none", "sliced")


def names() -> list[str]:
    """Return the names of all querysets."""
    return [*QUERYSETS]


def queryset_of(name: str, alias: str) -> QuerySet[Any]:
    found = QUERYSETS[name][0](alias)
    return found if name in UNORDERED else found.order_by("pk")
