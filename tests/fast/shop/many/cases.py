"""Lists of rows that have lists of their own, each prefetched and asked for in a way of its own."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.db import connection, models
from django.db.models import Count, F, Prefetch
from django.db.models.functions import Upper
from rest_framework import serializers
from rest_framework.pagination import CursorPagination, LimitOffsetPagination, PageNumberPagination

from fast.shop.many.models import (
    Hidden,
    Line,
    Looked,
    Owner,
    Part,
    Place,
    Special,
    Station,
    Tag,
    Thing,
    Train,
)
from fast.shop.many.serializers import (
    FULL,
    Choosing,
    OwnKey,
    counts,
    deep,
    full,
    full_of_parts,
    keys,
    later_things,
    listing_with,
    of,
    overriding,
    part_of,
    slugs,
    text_of,
    thing,
)
from rowpath.fast.drf import FastListMixin, StreamingList

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


_ALL = ("things", "by_code", "by_number", "tags", "specials", "plain", "friends")
_DEEP = ("things__parts__tags", "friends__things__parts")


def loaded(queryset: Any, name: str = "things", **said: Any) -> Rows:
    return _by(Prefetch(name, queryset, **said))


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
        serializer=lambda: full(*(name for name in FULL if "near" not in name)), rows=_by(*_ALL)
    ),
    "nothing_prefetched": Case(
        serializer=lambda: full("code", "things", "tags", "coded", "by_number", "specials")
    ),
    "unordered_at_once": Case(
        serializer=lambda: of(Thing, "name", parts=part_of()(many=True)),
        rows=lambda: Thing.objects.order_by("pk"),
        as_if=lambda: Thing.objects.order_by("pk").prefetch_related("parts"),
        settings={"batch": "unordered"},
    ),
    "some_prefetched": Case(serializer=lambda: full("things", "tags"), rows=_by("tags")),
    "unread": Case(serializer=lambda: full("things"), rows=_by("things__parts", "plain")),
    "unordered": Case(
        serializer=lambda: of(Thing, "name", parts=part_of()(many=True), ids=keys(source="parts")),
        rows=lambda: Thing.objects.prefetch_related("parts"),
    ),
    "reversed_many": Case(
        serializer=lambda: of(Tag, "slug", owners=full("code", "things")(many=True)),
        rows=lambda: Tag.objects.prefetch_related("owners__things"),
    ),
    "deep": Case(serializer=deep, rows=_by(*_DEEP)),
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
        serializer=lambda: of(Special, "pk", "name", parts=part_of()(many=True)),
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
            where=text_of("place.name"),
            slug=serializers.SlugRelatedField(
                slug_field="name", source="place", read_only=True, allow_null=True
            ),
        ),
        rows=_by("place"),
    ),
    "one_prefetched_within": Case(
        serializer=lambda: full("things"),
        rows=loaded(Thing.objects.prefetch_related("place").order_by("place_id")),
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
    "choosing": Case(serializer=lambda: Choosing, rows=_by("things", "tags")),
    "streamed": Case(
        serializer=lambda: full("things", "tags"),
        rows=_by("things", "tags"),
        mixin=type("Streaming", (StreamingList,), {"stream_above_rows": 1}),
    ),
    "given": Case(
        serializer=lambda: full("things"),
        rows=loaded(Thing.objects.filter(pk__gt=5).order_by("name", "pk")),
    ),
    "given_of_two": Case(
        serializer=lambda: full("things"),
        rows=loaded(Thing.objects.filter(place_id__in=(1, 2)).exclude(pk__in=(3, 4))),
    ),
    "given_tied": Case(
        serializer=lambda: full("things"), rows=loaded(Thing.objects.order_by("place_id"))
    ),
    "given_selected": Case(
        serializer=lambda: full("things", "tags"),
        rows=_by(
            Prefetch("things", Thing.objects.select_related("place")),
            Prefetch("tags", Tag.objects.filter(slug__gt="t0")),
        ),
    ),
    "given_none": Case(serializer=lambda: full("things"), rows=loaded(Thing.objects.none())),
    "given_deep": Case(
        serializer=full_of_parts,
        rows=loaded(Thing.objects.prefetch_related(Prefetch("parts", Part.objects.order_by("pk")))),
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
        rows=loaded(Thing.objects.filter(pk__lt=20), to_attr="few"),
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
        rows=lambda: _by(later_things())().select_related("passport"),
    ),
    "hidden_unloaded": Case(serializer=lambda: of(Owner, "code", hidden=slugs("size"))),
    "hidden_from_some": Case(
        serializer=lambda: of(Owner, "code", looked=slugs("size")), rows=_by("looked")
    ),
    "turned": Case(serializer=lambda: of(Owner, "code", turned=keys()), rows=_by("turned")),
    "back": Case(
        serializer=lambda: of(Owner, "code", things=thing(of=text_of("owner.code"))(many=True)),
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
        serializer=lambda: of(Owner, "code", things=keys(), tags=counts(Tag, "slug")(many=True)),
        rows=_by(
            Prefetch("things", Thing.objects.annotate(n=Count("parts")).filter(n__gt=1)),
            Prefetch("tags", Tag.objects.annotate(n=Count("owners")).order_by("n", "pk")),
        ),
    ),
    "given_hidden": Case(
        serializer=lambda: of(Owner, "code", things=counts(Thing, "name")(many=True)),
        rows=loaded(
            Thing.objects.annotate(n=Count("parts")).prefetch_related(
                Prefetch("parts", to_attr="n")
            )
        ),
    ),
    "given_failing": Case(
        serializer=lambda: full("things"),
        rows=loaded(Thing.objects.annotate(n=1 / (F("place_id") - F("place_id")))),
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
        rows=loaded(Thing.objects.order_by("owner_id", "name").distinct("owner_id")),
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
            Prefetch("place", Place.objects.prefetch_related(later_things())),
        )().select_related("place"),
    ),
    "cursors_of_other_rows": Case(
        serializer=lambda: full("near"),
        paginator=_pages(CursorPagination, page_size=3, ordering="code"),
    ),
    "slug_of_nothing": Case(
        serializer=lambda: of(Owner, "code", things=slugs("place__name")), rows=_by("things")
    ),
    "own_list": Case(serializer=lambda: of(Owner, "code", things=listing_with()(many=True))),
    "own_child": Case(
        serializer=lambda: of(Owner, "code", things=overriding("to_representation")(many=True)),
        rows=_by("things"),
    ),
    "own_key": Case(
        serializer=lambda: of(Owner, "code", things=OwnKey(many=True, read_only=True)),
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
        serializer=lambda: of(Train, "id", sign=text_of("station.sign")), rows=Train.objects.all
    ),
    "text": Case(
        serializer=lambda: of(Owner, "code", tags=serializers.StringRelatedField(many=True))
    ),
    "given_sliced": Case(
        serializer=lambda: full("things"), rows=loaded(Thing.objects.order_by("pk")[:2])
    ),
    "given_distinct": Case(
        serializer=lambda: full("tags"), rows=loaded(Tag.objects.distinct(), "tags")
    ),
    "given_computed": Case(
        serializer=lambda: of(
            Owner, "code", things=of(Thing, "name", loud=serializers.CharField())(many=True)
        ),
        rows=loaded(Thing.objects.annotate(loud=Upper("name"))),
    ),
}

OTHERS = {
    "cut_off": Case(serializer=lambda: full("things"), within=_cut_off),
    "cut_off_at_once": Case(serializer=lambda: full("things"), rows=_by("things"), within=_cut_off),
}
