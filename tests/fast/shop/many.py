"""Lists of rows that have lists of their own, by DRF alone and with FastListMixin."""

import io
import json
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import count
from random import Random
from typing import Any
from unittest.mock import patch

from django.core.management import call_command
from django.db import connection, models, reset_queries, transaction
from django.db.models import Count, F, Prefetch
from django.db.models.functions import Cast, Upper
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import path
from django.utils import timezone
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.pagination import CursorPagination, LimitOffsetPagination, PageNumberPagination
from rest_framework.test import APIRequestFactory

from fast.exact import chain, exact, stand_in_a_module
from fast.shop.shadows import log
from rowpath.fast.drf import FastListMixin, StreamingList, outcome_of
from rowpath.fast.drf.compiling import prepared


class Place(models.Model):
    name = models.CharField(max_length=20)

    class Meta:
        app_label = "shop"


class Tag(models.Model):
    slug = models.SlugField()
    place = models.ForeignKey(Place, null=True, on_delete=models.CASCADE)

    class Meta:
        app_label = "shop"
        ordering = ("-slug", "id")


class Owner(models.Model):
    key = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=20, unique=True)
    number = models.IntegerField(unique=True, null=True)
    place = models.ForeignKey(Place, null=True, on_delete=models.CASCADE)
    tags: Any = models.ManyToManyField(Tag, through="Tagging", related_name="owners")
    plain: Any = models.ManyToManyField(Tag, related_name="plainly")
    friends: Any = models.ManyToManyField("self")

    class Meta:
        app_label = "shop"
        ordering = ("code",)


class Passport(models.Model):
    """An owner has one, by which it is come back to."""

    owner = models.OneToOneField(Owner, on_delete=models.CASCADE, related_name="passport")

    class Meta:
        app_label = "shop"


class Tagging(models.Model):
    """It may lead to the same tag twice."""

    owner = models.ForeignKey(Owner, on_delete=models.CASCADE)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE)

    class Meta:
        app_label = "shop"


class Thing(models.Model):
    """It is in one order."""

    name = models.CharField(max_length=20)
    price = models.DecimalField(max_digits=6, decimal_places=2)
    at = models.DateTimeField(null=True)
    data = models.JSONField(default=list)
    owner = models.ForeignKey(Owner, null=True, on_delete=models.CASCADE, related_name="things")
    coded = models.ForeignKey(
        Owner, null=True, on_delete=models.CASCADE, to_field="code", related_name="by_code"
    )
    numbered = models.ForeignKey(
        Owner, null=True, on_delete=models.CASCADE, to_field="number", related_name="by_number"
    )
    place = models.ForeignKey(Place, null=True, on_delete=models.CASCADE, related_name="things")

    class Meta:
        app_label = "shop"
        ordering = ("-id",)


class Part(models.Model):
    """It is in no order that is certain."""

    thing = models.ForeignKey(Thing, on_delete=models.CASCADE, related_name="parts")
    size = models.IntegerField(null=True)
    tags: Any = models.ManyToManyField(Tag)

    class Meta:
        app_label = "shop"
        ordering = ("size",)


class _Shown(models.Manager[Any]):
    def get_queryset(self) -> Any:
        return super().get_queryset().filter(size__gt=1)


class Hidden(models.Model):
    """Its default manager does not show all."""

    owner = models.ForeignKey(Owner, on_delete=models.CASCADE, related_name="hidden")
    size = models.IntegerField()

    objects = _Shown()

    class Meta:
        app_label = "shop"
        ordering = ("id",)


class _Looking(models.Manager[Any]):
    def get_queryset(self) -> Any:
        owner = getattr(self, "instance", None)
        return super().get_queryset().filter(size=1 if owner is None else 2)


class Looked(models.Model):
    """Its default manager shows an owner others than anybody else."""

    owner = models.ForeignKey(Owner, on_delete=models.CASCADE, related_name="looked")
    size = models.IntegerField()

    objects = _Looking()

    class Meta:
        app_label = "shop"
        ordering = ("id",)


class _Turned(models.Manager[Any]):
    def all(self) -> Any:
        return super().all().order_by("pk")


class Turned(models.Model):
    """Its manager gives all in a way of its own."""

    owner = models.ForeignKey(Owner, on_delete=models.CASCADE, related_name="turned")

    objects = _Turned()

    class Meta:
        app_label = "shop"
        ordering = ("-id",)


class Special(Thing):
    """A thing with a table of its own besides."""

    extra = models.IntegerField()
    keeper = models.ForeignKey(Owner, on_delete=models.CASCADE, related_name="specials")

    class Meta:
        app_label = "shop"
        ordering = ("pk",)


class Line(models.Model):
    """It is in one order within its owner's."""

    owner = models.ForeignKey(Owner, on_delete=models.CASCADE, related_name="lines")
    position = models.IntegerField()
    texts: Any = models.CharField(max_length=20, default="x")
    more: Any = models.CharField(max_length=20, default="y")

    class Meta:
        app_label = "shop"
        ordering = ("position",)
        unique_together = (("owner", "position"),)


class _Lower(models.CharField):
    def get_prep_value(self, value: Any) -> Any:
        return value and str(value).lower()


class Station(models.Model):
    """Its key is asked for otherwise than it was read."""

    sign = _Lower(max_length=5, unique=True)

    class Meta:
        app_label = "shop"
        ordering = ("id",)


class Train(models.Model):
    station = models.ForeignKey(
        Station, on_delete=models.CASCADE, to_field="sign", related_name="trains"
    )

    class Meta:
        app_label = "shop"
        ordering = ("id",)


MODELS = (
    Place,
    Tag,
    Owner,
    Tagging,
    Thing,
    Part,
    Hidden,
    Turned,
    Special,
    Line,
    Looked,
    Passport,
    Station,
    Train,
)
OWNERS = 9


def begin() -> None:
    """Make the tables and their rows."""
    with connection.schema_editor() as editor:
        for model in MODELS:
            editor.create_model(model)
    draw = Random(1)
    places = Place.objects.bulk_create(Place(name=f"place {i}") for i in range(3))
    tags = Tag.objects.bulk_create(
        Tag(slug=f"t{i % 4}", place=None if i % 3 == 0 else places[i % 3]) for i in range(6)
    )
    owners = Owner.objects.bulk_create(
        Owner(
            key=uuid.UUID(int=draw.getrandbits(128)),
            code=f"ü\u2028{i}",
            number=None if i % 4 == 0 else i - 5,
            place=draw.choice([None, *places]),
        )
        for i in range(OWNERS)
    )
    for owner in owners[1:]:
        owner.plain.set(draw.sample(tags, draw.randrange(4)))
        owner.friends.set(draw.sample(owners, draw.randrange(3)))
        chosen = [draw.choice(tags) for _ in range(draw.randrange(5))]
        Tagging.objects.bulk_create(Tagging(owner=owner, tag=tag) for tag in chosen)
    for i in range(40):
        Thing.objects.create(**_of_thing(draw, owners, places, i))
    for i in range(6):
        keeper = draw.choice(owners)
        Special.objects.create(**_of_thing(draw, owners, places, i), extra=i, keeper=keeper)
    for thing in Thing.objects.all():
        for _ in range(draw.randrange(4)):
            part = Part.objects.create(thing=thing, size=draw.choice([None, 1, 2]))
            part.tags.set(draw.sample(tags, draw.randrange(3)))
    for i in range(12):
        Hidden.objects.create(owner=owners[i % 4], size=i % 3)
        Turned.objects.create(owner=owners[i % 5])
        Passport.objects.get_or_create(owner=owners[i % 4])
        Looked.objects.create(owner=owners[i % 4], size=i % 3)
        Line.objects.create(owner=owners[i % 4], position=-i)
    stations = Station.objects.bulk_create(Station(sign=sign) for sign in ("ab", "cd", "ef"))
    Train.objects.bulk_create(Train(station=stations[i % 2]) for i in range(5))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE shop_station SET sign = 'AB' WHERE sign = 'ef'")
        cursor.execute("UPDATE shop_train SET station_id = 'AB' WHERE id = 5")


def _of_thing(draw: Random, owners: Any, places: Any, number: int) -> dict[str, Any]:
    moment = timezone.now().replace(microsecond=number)
    numbered = [one for one in owners if one.number is not None]
    return {
        "name": f'thing "{number}" ü',
        "price": Decimal(number) / 4,
        "at": draw.choice([None, moment]),
        "data": draw.choice([{"ü": [1.5, None]}, [], "x"]),
        "owner": draw.choice([None, *owners[2:]]),
        "coded": draw.choice([None, *owners[:4]]),
        "numbered": draw.choice([None, *numbered]),
        "place": draw.choice([None, *places]),
    }


def of(model: Any, *names: str, **members: Any) -> Any:
    """Return a serializer of a model."""
    fields = (*names, *(name for name in members if isinstance(members[name], serializers.Field)))
    meta = type("Meta", (), {"model": model, "fields": fields})
    bases = (serializers.ModelSerializer,)
    return type(f"{model.__name__}Serializer", bases, members | {"Meta": meta})


def keys(**said: Any) -> Any:
    """Return a list of keys."""
    field: Any = serializers.PrimaryKeyRelatedField
    return field(many=True, read_only=True, **said)


def slugs(slug: str = "slug", **said: Any) -> Any:
    """Return a list of slugs."""
    return serializers.SlugRelatedField(slug_field=slug, many=True, read_only=True, **said)


def thing(**members: Any) -> Any:
    """Return a serializer of things."""
    return of(Thing, "id", "name", "price", "at", "data", **members)


Rows = Callable[[], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A serializer, the rows it is given, and how they are asked for."""

    serializer: Callable[[], Any]
    rows: Rows = Owner.objects.all
    as_if: Rows | None = None
    """The rows that DRF is given in their place."""
    settings: dict[str, Any] = field(default_factory=dict)
    paginator: Any = None
    mixin: type = FastListMixin
    query: str = "/"
    within: Callable[[], AbstractContextManager[Any]] = nullcontext
    """What goes on around each request."""


def _by(*lookups: Any) -> Rows:
    return lambda: Owner.objects.prefetch_related(*lookups)


def _pages(base: Any, **members: Any) -> Any:
    return type("Pages", (base,), members)


def _overriding(name: str) -> Any:
    made = thing()

    def own(self: Any, *said: Any) -> Any:
        return getattr(super(made, self), name)(*said)

    setattr(made, name, own)
    return made


class _Listing(serializers.ListSerializer[Any]):
    def to_representation(self, data: Any) -> Any:
        return [*reversed(super().to_representation(data))]


def _listing() -> Any:
    made = thing()
    made.Meta.list_serializer_class = _Listing
    return made


class _OwnKey(serializers.PrimaryKeyRelatedField[Any]):
    def to_representation(self, value: Any) -> Any:
        return f"<{value.pk}>"


class _Choosing(serializers.ModelSerializer[Any]):
    class Meta:
        model = Owner
        fields = ("code",)

    def get_fields(self) -> Any:
        return super().get_fields() | {"things": thing()(many=True), "tags": slugs()}


_FULL: dict[str, Callable[[], Any]] = {
    "code": lambda: None,
    "things": lambda: thing(place=of(Place, "name")(), where=_text("place.name"))(many=True),
    "coded": lambda: keys(source="by_code"),
    "by_number": lambda: slugs("name"),
    "tags": slugs,
    "again": lambda: keys(source="tags"),
    "places": lambda: slugs("name", source="specials"),
    "specials": lambda: of(Special, "pk", "name", "extra", "owner")(many=True),
    "plain": lambda: of(Tag, "slug", place=of(Place, "name")())(many=True),
    "friends": lambda: of(Owner, "code", "place")(many=True),
    "friendly": lambda: serializers.PrimaryKeyRelatedField(
        source="friends", many=True, read_only=True, pk_field=serializers.UUIDField(format="hex")
    ),
    "place": of(Place, "name"),
    "near": lambda: keys(source="place.things"),
    "nearer": lambda: of(Place, "name", things=slugs("name"))(source="place"),
}
_RELATIONS = (
    *("things", "by_code", "by_number", "tags", "specials", "plain", "friends", "place"),
    *("things__parts", "friends__things", "plain__owners", "place__things", "things__place"),
    *("plain__place__things", "friends__place"),
)


def _text(source: str) -> Any:
    return serializers.CharField(source=source, read_only=True)


def full(*names: str) -> Any:
    """Return a serializer of owners with these members, or all."""
    members = {name: _FULL[name]() for name in names or _FULL}
    members.pop("code", None)
    return of(Owner, "key", "code", **members)


def _parts(**members: Any) -> Any:
    return of(Part, "id", "size", **members)


def _deep() -> Any:
    parts = _parts(tags=slugs(), more=keys(source="tags"))(many=True)
    things = thing(parts=parts, ids=keys(source="parts"))(many=True)
    friends = of(Owner, "code", things=thing(parts=_parts()(many=True))(many=True))(many=True)
    return of(Owner, "code", things=things, friends=friends)


def full_of_parts() -> Any:
    """Return a serializer of owners, their things and the parts of these."""
    return of(Owner, "code", things=thing(parts=_parts()(many=True))(many=True))


_ALL = ("things", "by_code", "by_number", "tags", "specials", "plain", "friends")
_DEEP = ("things__parts__tags", "friends__things__parts")


def _given(queryset: Any, name: str = "things", **said: Any) -> Rows:
    return _by(Prefetch(name, queryset, **said))


def _counted(model: Any, *names: str) -> Any:
    return of(model, *names, n=serializers.IntegerField(read_only=True))


def _later_things() -> "Prefetch[Any]":
    return Prefetch("things", Thing.objects.filter(pk__gt=30))


@contextmanager
def _cut_off() -> Iterator[None]:
    """Have the database end the session before the second statement."""
    sent = count()

    def end(execute: Any, *said: Any) -> Any:
        if next(sent) == 1:
            other = connection.copy()
            with other.cursor() as cursor:
                ended = connection.connection.info.backend_pid
                cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [ended])
            other.close()
        return execute(*said)

    try:
        with connection.execute_wrapper(end):
            yield
    finally:
        connection.close()


CASES: dict[str, Case] = {
    # what compiles
    "all_prefetched": Case(
        serializer=lambda: full(*(name for name in _FULL if "near" not in name)), rows=_by(*_ALL)
    ),
    "nothing_prefetched": Case(
        serializer=lambda: full("code", "things", "tags", "coded", "by_number", "specials")
    ),
    "unordered_at_once": Case(
        serializer=lambda: of(Thing, "name", parts=_parts()(many=True)),
        rows=lambda: Thing.objects.order_by("pk"),
        as_if=lambda: Thing.objects.order_by("pk").prefetch_related("parts"),
        settings={"batch": "unordered"},
    ),
    "some_prefetched": Case(serializer=lambda: full("things", "tags"), rows=_by("tags")),
    "unread": Case(serializer=lambda: full("things"), rows=_by("things__parts", "plain")),
    "unordered": Case(
        serializer=lambda: of(Thing, "name", parts=_parts()(many=True), ids=keys(source="parts")),
        rows=lambda: Thing.objects.prefetch_related("parts"),
    ),
    "reversed_many": Case(
        serializer=lambda: of(Tag, "slug", owners=full("code", "things")(many=True)),
        rows=lambda: Tag.objects.prefetch_related("owners__things"),
    ),
    "deep": Case(serializer=_deep, rows=_by(*_DEEP)),
    "pages": Case(
        serializer=lambda: full("things", "tags"),
        rows=_by("things", "tags"),
        paginator=_pages(PageNumberPagination, page_size=4),
        query="/?page=2",
    ),
    "offsets": Case(
        serializer=lambda: full("things", "tags"),
        paginator=_pages(LimitOffsetPagination, default_limit=3),
        query="/?offset=2",
    ),
    "no_page": Case(
        serializer=lambda: full("things", "tags"),
        rows=_by("things", "tags"),
        paginator=_pages(LimitOffsetPagination, default_limit=3),
        query="/?offset=99",
    ),
    "cursors": Case(
        serializer=lambda: full("things", "tags"),
        rows=_by("things", "tags"),
        paginator=_pages(CursorPagination, page_size=3, ordering="code"),
    ),
    "sliced": Case(
        serializer=lambda: full("things", "tags"), rows=lambda: _by("things", "tags")()[1:4]
    ),
    "empty": Case(
        serializer=lambda: full("things", "tags"),
        rows=lambda: _by("things", "tags")().filter(code="none"),
    ),
    "none": Case(
        serializer=lambda: full("things", "tags"), rows=lambda: _by("things", "tags")().none()
    ),
    "one": Case(
        serializer=lambda: full("things", "tags"), rows=lambda: _by("things", "tags")()[3:4]
    ),
    "no_children": Case(
        serializer=lambda: full("things", "tags"), rows=lambda: _by("things", "tags")()[:1]
    ),
    "repeated": Case(
        serializer=lambda: full("things", "tags"),
        rows=lambda: _by("things", "tags")().filter(things__isnull=False).order_by("things__pk"),
    ),
    "distinct": Case(
        serializer=lambda: full("things", "by_number"),
        rows=lambda: _by("things")().filter(things__isnull=False).distinct(),
        settings={"batch": "unordered"},
    ),
    "selected": Case(
        serializer=lambda: full("things", "place"),
        rows=lambda: _by("things")().select_related("place"),
    ),
    "deferred": Case(
        serializer=lambda: full("things", "coded"),
        rows=lambda: _by("things", "by_code")().defer("code"),
    ),
    "inherited": Case(
        serializer=lambda: of(Special, "pk", "name", parts=_parts()(many=True)),
        rows=lambda: Special.objects.order_by("-pk").prefetch_related("parts"),
    ),
    "other_row": Case(
        serializer=lambda: of(Owner, "code", place=of(Place, "name", things=keys())()),
        rows=lambda: Owner.objects.select_related("place").prefetch_related("place__things"),
    ),
    "other_row_unloaded": Case(
        serializer=lambda: of(Owner, "code", place=of(Place, "name", things=keys())())
    ),
    "dotted": Case(
        serializer=lambda: of(
            Owner,
            "code",
            left_out=keys(source="place.things"),
            null=thing()(source="place.things", many=True, allow_null=True),
        ),
        rows=_by("place__things"),
    ),
    "one_prefetched": Case(
        serializer=lambda: of(
            Owner,
            "code",
            place=of(Place, "id", "name")(),
            where=_text("place.name"),
            slug=serializers.SlugRelatedField(
                slug_field="name", source="place", read_only=True, allow_null=True
            ),
        ),
        rows=_by("place"),
    ),
    "one_prefetched_within": Case(
        serializer=lambda: full("things"),
        rows=_given(Thing.objects.prefetch_related("place").order_by("place_id")),
    ),
    "one_given_whole": Case(
        serializer=lambda: full("place"),
        rows=_by(Prefetch("place", Place.objects.only("id").order_by("name"))),
    ),
    "rows_of_one_given": Case(
        serializer=lambda: full("near"),
        rows=_by(
            Prefetch(
                "place",
                Place.objects.prefetch_related(
                    Prefetch("things", Thing.objects.filter(pk__gt=9), to_attr="later"),
                    Prefetch("things", Thing.objects.filter(pk__lt=20)),
                ),
            )
        ),
    ),
    "prefetched_within": Case(
        serializer=lambda: full("things"), rows=_by("things", "things__place")
    ),
    "choosing": Case(serializer=lambda: _Choosing, rows=_by("things", "tags")),
    "streamed": Case(
        serializer=lambda: full("things", "tags"),
        rows=_by("things", "tags"),
        mixin=type("Streaming", (StreamingList,), {"stream_above_rows": 1}),
    ),
    "given": Case(
        serializer=lambda: full("things"),
        rows=_given(Thing.objects.filter(pk__gt=5).order_by("name", "pk")),
    ),
    "given_of_two": Case(
        serializer=lambda: full("things"),
        rows=_given(Thing.objects.filter(place_id__in=(1, 2)).exclude(pk__in=(3, 4))),
    ),
    "given_tied": Case(
        serializer=lambda: full("things"), rows=_given(Thing.objects.order_by("place_id"))
    ),
    "given_selected": Case(
        serializer=lambda: full("things", "tags"),
        rows=_by(
            Prefetch("things", Thing.objects.select_related("place")),
            Prefetch("tags", Tag.objects.filter(slug__gt="t0")),
        ),
    ),
    "given_none": Case(serializer=lambda: full("things"), rows=_given(Thing.objects.none())),
    "given_deep": Case(
        serializer=full_of_parts,
        rows=_given(Thing.objects.prefetch_related(Prefetch("parts", Part.objects.order_by("pk")))),
    ),
    "to_attr": Case(
        serializer=lambda: of(
            Owner,
            "code",
            few=thing()(many=True),
            ids=keys(source="few"),
            things=keys(),
            named=slugs("name", source="few"),
        ),
        rows=_given(Thing.objects.filter(pk__lt=20), to_attr="few"),
    ),
    "to_attr_deep": Case(
        serializer=lambda: of(Owner, "code", few=thing(parts=keys())(many=True)),
        rows=_by(Prefetch("things", to_attr="few"), "few__parts"),
    ),
    # what does not
    "without_batch": Case(serializer=lambda: full("things"), settings={"batch": False}),
    "not_ordered": Case(
        serializer=lambda: of(Thing, "name", parts=keys()),
        rows=lambda: Thing.objects.order_by("pk"),
    ),
    "over_and_back": Case(
        serializer=lambda: of(Owner, "code", back=keys(source="passport.owner.things")),
        rows=lambda: _by(_later_things())().select_related("passport"),
    ),
    "hidden_unloaded": Case(serializer=lambda: of(Owner, "code", hidden=slugs("size"))),
    "hidden_from_some": Case(
        serializer=lambda: of(Owner, "code", looked=slugs("size")), rows=_by("looked")
    ),
    "turned": Case(serializer=lambda: of(Owner, "code", turned=keys()), rows=_by("turned")),
    "back": Case(
        serializer=lambda: of(Owner, "code", things=thing(of=_text("owner.code"))(many=True)),
        rows=_by("things"),
    ),
    "cursors_of_unloaded": Case(
        serializer=lambda: of(Owner, "code", friends=full("things")(many=True)),
        rows=_by("friends"),
        paginator=_pages(CursorPagination, page_size=1, ordering="code"),
    ),
    "null_key": Case(
        serializer=lambda: full("by_number"),
        rows=lambda: _by("by_number")().order_by("key"),
    ),
    "given_summed": Case(
        serializer=lambda: of(Owner, "code", things=keys(), tags=_counted(Tag, "slug")(many=True)),
        rows=_by(
            Prefetch("things", Thing.objects.annotate(n=Count("parts")).filter(n__gt=1)),
            Prefetch("tags", Tag.objects.annotate(n=Count("owners")).order_by("n", "pk")),
        ),
    ),
    "given_hidden": Case(
        serializer=lambda: of(Owner, "code", things=_counted(Thing, "name")(many=True)),
        rows=_given(
            Thing.objects.annotate(n=Count("parts")).prefetch_related(
                Prefetch("parts", to_attr="n")
            )
        ),
    ),
    "given_failing": Case(
        serializer=lambda: full("things"),
        rows=_given(Thing.objects.annotate(n=1 / (F("place_id") - F("place_id")))),
    ),
    "given_values": Case(
        serializer=lambda: full("things", "tags"),
        rows=_by(
            Prefetch("things", Thing.objects.filter(pk__in=[3, 5], name__in=["%s", "IN (%s, %s)"])),
            Prefetch("tags", Tag.objects.filter(slug__in=["t1", "t2"]).exclude(pk__in=[1, 2])),
        ),
    ),
    "hidden": Case(
        serializer=lambda: of(Owner, "code", hidden=of(Hidden, "size")(many=True)),
        rows=_by("hidden"),
    ),
    "hidden_given": Case(
        serializer=lambda: of(Owner, "code", hidden=slugs("size"), looked=slugs("size")),
        rows=_by(
            Prefetch("hidden", Hidden.objects.order_by("-size")),
            Prefetch("looked", models.QuerySet(Looked).order_by("size", "pk")),
        ),
    ),
    "ordered_within": Case(
        serializer=lambda: of(Owner, "code", lines=keys(), one=slugs("position")),
        rows=_by("lines", Prefetch("lines", Line.objects.order_by("-position")[:2], to_attr="one")),
    ),
    "given_first": Case(
        serializer=lambda: full("things"),
        rows=_given(Thing.objects.order_by("owner_id", "name").distinct("owner_id")),
    ),
    "given_sliced_tied": Case(
        serializer=lambda: of(Owner, "code", some=thing()(many=True), few=slugs(), one=keys()),
        rows=_by(
            Prefetch("things", Thing.objects.order_by("place_id")[1:3], to_attr="some"),
            Prefetch("tags", Tag.objects.order_by("-slug")[:2], to_attr="few"),
            Prefetch("plain", Tag.objects.order_by("-slug", "pk")[:1], to_attr="one"),
        ),
    ),
    "one_given_narrow": Case(
        serializer=lambda: full("place"),
        rows=_by(Prefetch("place", Place.objects.filter(name="place 1"))),
    ),
    "one_given_joined": Case(
        serializer=lambda: of(Tag, "slug", owners=full("place")(many=True)),
        rows=lambda: Tag.objects.prefetch_related(
            Prefetch("owners__place", Place.objects.annotate(n=Upper("name")))
        ),
    ),
    "selected_and_prefetched": Case(
        serializer=lambda: full("near"),
        rows=lambda: _by(
            Prefetch("place", Place.objects.prefetch_related(_later_things())),
        )().select_related("place"),
    ),
    "cursors_of_other_rows": Case(
        serializer=lambda: full("near"),
        paginator=_pages(CursorPagination, page_size=3, ordering="code"),
    ),
    "slug_of_nothing": Case(
        serializer=lambda: of(Owner, "code", things=slugs("place__name")), rows=_by("things")
    ),
    "own_list": Case(serializer=lambda: of(Owner, "code", things=_listing()(many=True))),
    "own_child": Case(
        serializer=lambda: of(Owner, "code", things=_overriding("to_representation")(many=True)),
        rows=_by("things"),
    ),
    "own_key": Case(
        serializer=lambda: of(Owner, "code", things=_OwnKey(many=True, read_only=True)),
        rows=_by("things"),
    ),
    "sent_otherwise": Case(
        serializer=lambda: of(Station, "sign", trains=keys()), rows=Station.objects.all
    ),
    "sent_otherwise_at_once": Case(
        serializer=lambda: of(Station, "sign", trains=keys()),
        rows=lambda: Station.objects.prefetch_related("trains"),
    ),
    "sent_otherwise_to_one": Case(
        serializer=lambda: of(Train, "id", sign=_text("station.sign")), rows=Train.objects.all
    ),
    "text": Case(
        serializer=lambda: of(Owner, "code", tags=serializers.StringRelatedField(many=True))
    ),
    "given_sliced": Case(
        serializer=lambda: full("things"), rows=_given(Thing.objects.order_by("pk")[:2])
    ),
    "given_distinct": Case(
        serializer=lambda: full("tags"), rows=_given(Tag.objects.distinct(), "tags")
    ),
    "given_computed": Case(
        serializer=lambda: of(
            Owner, "code", things=of(Thing, "name", loud=serializers.CharField())(many=True)
        ),
        rows=_given(Thing.objects.annotate(loud=Upper("name"))),
    ),
}


OTHERS = {
    "cut_off": Case(serializer=lambda: full("things"), within=_cut_off),
    "cut_off_at_once": Case(serializer=lambda: full("things"), rows=_by("things"), within=_cut_off),
}


def names() -> list[str]:
    """Return the names of all cases that are no errors."""
    return sorted(CASES)


def compared(of: str, *, again: bool) -> dict[str, Any]:
    """Return what a client gets of a case by DRF and by rowpath, by which statements and way."""
    return _compared((CASES | OTHERS)[of], again=again)


def _compared(case: Case, *, again: bool) -> dict[str, Any]:
    theirs, sent, _ = told(replace(case, rows=case.as_if or case.rows), (), again=again)
    with override_settings(ROWPATH=case.settings):
        ours, ours_sent, way = told(case, (case.mixin,), again=again)
    return {
        "theirs": theirs,
        "ours": ours,
        "sent": [len(sent), len(ours_sent)],
        "is_theirs": {*_wheres(ours_sent)} <= {*_wheres(sent)},
        "way": way,
        "by_own": sum("MATERIALIZED" in sql for sql in ours_sent),
    }


def _wheres(statements: list[str]) -> list[str]:
    """Return the conditions of the statements that read what belongs to several rows."""
    ends = re.compile(" GROUP BY | ORDER BY ")
    found = (ends.split(sql)[0].partition(" WHERE ")[2] for sql in statements)
    return sorted(one.removesuffix(") SELECT") for one in found if " IN (" in one)


def _asked(view: Any, query: str) -> Any:
    return view.as_view()(APIRequestFactory().get(query, HTTP_ACCEPT="application/json"))


def told(case: Case, mixins: tuple[type, ...], *, again: bool) -> tuple[Any, list[str], Any]:
    """Return the answer with its data, the statements that were sent for it, and its way."""
    serializer_class = case.serializer()
    if again:
        stand_in_a_module(serializer_class)
    view = _view(case, mixins, serializer_class)
    way: str | None = None
    reset_queries()
    with CaptureQueriesContext(connection) as queries:
        try:
            with case.within():
                response = _asked(view, case.query)
                outcome = outcome_of(response)
                way = None if outcome is None else outcome.way
                response.render()
            body: Any = response.content.decode()
        except Exception as error:  # noqa: BLE001 - whatever it is, both have to raise it
            return chain(error), [], None
    statements = [query["sql"] for query in queries]
    headers = sorted(response.headers.items())
    return [response.status_code, headers, body, exact(response.data)], statements, way


def hunted(seed: int, count: int) -> list[Any]:
    """Return which of `count` random lists is not what DRF's is, and how many were read as rows."""
    wrong: list[Any] = []
    as_rows = 0
    for number in range(seed, seed + count):
        case = _random_case(Random(number))
        found = _compared(case, again=number % 2 == 0)
        as_rows += found["way"] == "rows"
        sent = found["sent"]
        if found["ours"] != found["theirs"] or sent[1] > sent[0]:
            texts = [str(found[name])[:2_000] for name in ("theirs", "ours")]
            wrong.append([number, *texts, *sent])
    return [wrong, as_rows]


def _random_case(draw: Random) -> Case:
    prefetched = draw.sample(_RELATIONS, draw.randrange(len(_RELATIONS)))
    names = draw.sample(sorted(_FULL), draw.randrange(1, 6))
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
    members = {name: (_FULL | _FULL_APART)[name]() for name in names if name != "code"}
    if draw.random() < 0.4:
        parts = _parts(tags=slugs())(many=True) if draw.random() < 0.5 else keys()
        members["things"] = thing(parts=parts)(many=True)
    if draw.random() < 0.2:
        members["things"] = _counted(Thing, "id", "name")(many=True)
    if draw.random() < 0.2:
        members["friends"] = full(*draw.sample(sorted(_FULL), 3))(many=True)
    return of(Owner, "key", **members)


def shadowed(*, changes: bool) -> dict[str, Any]:
    """Return what a shadow request says of things whose parts tie, and how it and the next go.

    DRF is given them as by another plan; if it `changes`, it has other parts besides.
    """
    serializer = of(Thing, "name", parts=_parts()(many=True))
    case = Case(serializer=lambda: serializer, rows=lambda: Thing.objects.prefetch_related("parts"))
    view = _view(case, (FastListMixin,), serializer)
    order = '"shop_part"."size" ASC'

    def planned_anew(execute: Any, sql: str, params: Any, *more: Any) -> Any:
        if sql.startswith('SELECT "shop_part"."id"'):  # in ours the key of the thing comes first
            sql = sql.replace(order, f'{order}, "shop_part"."id" DESC')
            if changes:
                sql = sql.replace(" WHERE ", ' WHERE "shop_part"."size" > 1 AND ')
        return execute(sql, params, *more)

    with override_settings(ROWPATH={"shadow": 1.0}), log() as messages:
        with connection.execute_wrapper(planned_anew):
            _asked(view, "/").render()
        afterwards = outcome_of(_asked(view, "/"))
    return {"way": afterwards and afterwards.way, "levels": [level for level, _ in messages]}


def of_many_parents() -> list[Any]:
    """Return how 66,000 rows are answered whose lists nobody loads, by how many statements."""
    case = Case(
        serializer=lambda: of(Place, "id", things=keys()), rows=lambda: Place.objects.order_by("pk")
    )
    view = _view(case, (FastListMixin,), case.serializer())
    with transaction.atomic():
        made = Place.objects.bulk_create(Place(name="") for _ in range(66_000))
        Thing.objects.create(name="last", price=1, place=made[-1])
        with CaptureQueriesContext(connection) as queries:
            response = _asked(view, "/").render()
        transaction.set_rollback(True)
    outcome = outcome_of(response)
    last = json.loads(response.content)[-1]
    return [outcome and outcome.way, len(queries), len(last["things"])]


# Querysets that a prefetch is given one after another: each with how often one was compiled by
# then. All but the last are of three shapes or slices, and differ in their values alone.
_GIVEN_IN_TURN: tuple[tuple[Any, int], ...] = (
    (Thing.objects.filter(pk__gt=10).order_by("pk"), 1),
    (Thing.objects.filter(pk__gt=30).order_by("pk"), 1),
    (Thing.objects.filter(pk__gt=20).order_by("-pk"), 2),
    (Thing.objects.filter(pk__gt=10).order_by("pk")[:2], 3),
    (Thing.objects.filter(pk__gt=30).order_by("pk")[:2], 3),
    (Thing.objects.filter(pk__gt=10).order_by("pk")[1:2], 4),
    (Thing.objects.filter(pk__gt=25).order_by("pk"), 4),
    (Thing.objects.filter(pk__in=Thing.objects.filter(pk__gt=5)).order_by("pk"), 5),
    (Thing.objects.filter(pk__in=Thing.objects.filter(pk__gt=9)).order_by("pk"), 6),
)


def given_in_turn() -> list[list[Any]]:
    """Return whether a list is DRF's, its way, and how often a prefetch was compiled, each time."""
    serializer = of(Owner, "code", chosen=of(Thing, "id")(many=True))
    told: list[list[Any]] = []
    with patch.object(prepared, "template", wraps=prepared.template) as spy:
        for given, _ in _GIVEN_IN_TURN:
            case = Case(
                serializer=lambda: serializer,
                rows=_given(given, to_attr="chosen"),
            )
            theirs, ours = (
                _asked(_view(case, mixins, serializer), "/").render()
                for mixins in ((), (FastListMixin,))
            )
            outcome = outcome_of(ours)
            is_theirs = theirs.content == ours.content
            told.append([is_theirs, outcome and outcome.way, spy.call_count])
    return told


def compiled_by_then() -> list[int]:
    """Return how often one was to be compiled by then."""
    return [count for _, count in _GIVEN_IN_TURN]


def planned() -> list[list[Any]]:
    """Return of each case that has an answer the way that rowpath_plan tells, and the answer's."""
    ways = []
    for name, case in CASES.items():
        with override_settings(ROWPATH=case.settings):
            _, _, answered = told(case, (FastListMixin,), again=False)
            if answered is not None:
                ways.append([name, _planned_way(case), answered])
    return ways


def _planned_way(case: Case) -> Any:
    view = _view(case, (FastListMixin,), case.serializer())
    said = io.StringIO()
    with override_settings(ROOT_URLCONF=(path("here/", view.as_view()),)):
        call_command("rowpath_plan", "--json", stdout=said)
    [one] = json.loads(said.getvalue())
    return one["way"]


def _view(case: Case, mixins: tuple[type, ...], serializer_class: Any) -> Any:
    rows = case.rows()
    members = {
        "serializer_class": serializer_class,
        "pagination_class": case.paginator,
        "get_queryset": lambda _: rows.all(),
    }
    return type("View", (*mixins, ListAPIView), members)
