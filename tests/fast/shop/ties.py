"""Lists whose order is not total, walked page by page by both ways, and what is told total."""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.db import connection, models
from django.db.models import Avg, Count, F, Max, Q, Sum, UniqueConstraint, Window
from django.db.models.functions import Lower, RowNumber
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.pagination import (
    CursorPagination,
    LimitOffsetPagination,
    PageNumberPagination,
)
from rest_framework.test import APIRequestFactory

from fast.shop.ways import fast
from rowpath.fast.django.statement import statement
from rowpath.fast.django.ties import plan_decides
from rowpath.fast.drf import outcome_of
from rowpath.fast.drf.answers import reading_for

Told = dict[str, Any]
ROWS = 20_000
DAYS = 28
BEGIN = dt.date(2024, 2, 1)


class Kind(models.Model):
    name = models.CharField(max_length=20)
    code = models.CharField(max_length=20, unique=True)
    maybe = models.IntegerField(null=True, unique=True)

    class Meta:
        app_label = "shop"


class Event(models.Model):
    day = models.DateField()
    name = models.CharField(max_length=20)
    text = models.TextField()
    ratio = models.FloatField()
    kind = models.ForeignKey(Kind, null=True, on_delete=models.CASCADE, related_name="events")
    main = models.ForeignKey(Kind, on_delete=models.CASCADE, related_name="+")
    left = models.IntegerField()
    right = models.IntegerField()
    up = models.IntegerField()
    down = models.IntegerField()

    class Meta:
        app_label = "shop"
        indexes = (models.Index("day", F("id").desc(), name="day_id"),)
        unique_together = (("left", "right"),)
        constraints = (
            UniqueConstraint(fields=("up", "down"), name="up_down"),
            UniqueConstraint(fields=("up",), condition=Q(down=1), name="up_where"),
            UniqueConstraint(
                fields=("name", "left"), name="later", deferrable=models.Deferrable.DEFERRED
            ),
            UniqueConstraint("down", Lower("name"), name="lower"),
        )


class Mark(models.Model):
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="marks")
    value = models.FloatField()

    class Meta:
        app_label = "shop"


class Summary(models.Model):
    """An event as a view of the database might have it: its key is none."""

    day = models.DateField()

    class Meta:
        app_label = "shop"
        managed = False
        db_table = "shop_event"


def make() -> None:
    """Make the tables and their rows."""
    with connection.schema_editor() as editor:
        for model in (Kind, Event, Mark):
            editor.create_model(model)
    Kind.objects.bulk_create(Kind(name=f"kind {i % 3}", code=f"{i}") for i in range(10))
    kinds = list(Kind.objects.order_by("id"))
    Event.objects.bulk_create(
        Event(
            day=BEGIN + dt.timedelta(days=i * 7919 % DAYS),
            name=f"event {i}",
            text=f"{i} " * 40,
            ratio=i / 7,
            kind=kinds[i % 10] if i % 4 else None,
            main=kinds[i * 31 % 10],
            left=i,
            right=i % 3,
            up=i,
            down=-i,
        )
        for i in range(ROWS)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO shop_mark (event_id, value) SELECT id, (id * 37 %% 11) / 10.0 "
            "FROM shop_event, generate_series(1, 3) WHERE id %% 5 = 0",
            [],
        )
        cursor.execute("VACUUM ANALYZE shop_kind, shop_event, shop_mark")
    connection.close()


def _fields(*names: str, **own: serializers.Field) -> Any:
    meta = type("Meta", (), {"model": Event, "fields": (*names, *own)})
    return type("Fields", (serializers.ModelSerializer,), {"Meta": meta, **own})


class KindFields(serializers.ModelSerializer):
    class Meta:
        model = Kind
        fields = ("id", "name")


class Keys(serializers.Serializer):
    day = serializers.DateField()
    name = serializers.CharField()


def _of_kind() -> Any:
    return serializers.CharField(source="kind.name", allow_null=True)


EVENTS = Event.objects.all()
LEAN = _fields("id", "day")
# Name: the queryset, its serializer, and whether it can be paged by a cursor on its day.
LISTS: dict[str, tuple[Any, Any]] = {
    "by-day": (EVENTS.order_by("day"), LEAN),
    "by-day-backwards": (EVENTS.order_by("-day"), _fields("id", "name")),
    "all-but-one": (EVENTS.order_by("day").defer("text"), _fields("id", "day", "ratio")),
    "unordered": (EVENTS, LEAN),
    "unordered-filtered": (EVENTS.filter(day__gt=BEGIN), LEAN),
    "only": (EVENTS.order_by("day").only("id", "day"), LEAN),
    "deferred": (EVENTS.order_by("day").only("day"), _fields("id", "day", "name")),
    "selected": (
        EVENTS.select_related("kind", "main").order_by("day"),
        _fields("id", kind=KindFields(), main=KindFields()),
    ),
    "half-selected": (
        EVENTS.select_related("main").order_by("day"),
        _fields("id", of=_of_kind(), main=KindFields()),
    ),
    "not-selected": (EVENTS.order_by("day"), _fields("id", of=_of_kind())),
    "deferred-and-not-selected": (
        EVENTS.order_by("day").only("name"),
        _fields("id", "name", of=_of_kind(), kind=KindFields()),
    ),
    "by-relation": (EVENTS.order_by("kind__name", "day"), _fields("id", of=_of_kind())),
    "filtered-by-many": (EVENTS.filter(marks__value__gt=0.3).order_by("day"), LEAN),
    "distinct": (EVENTS.filter(marks__value__gt=0.3).order_by("day").distinct(), LEAN),
    "distinct-on": (EVENTS.order_by("main", "day").distinct("main", "day"), LEAN),
    "counted": (
        EVENTS.annotate(n=Count("marks")).order_by("day", "n"),
        _fields("id", n=serializers.IntegerField()),
    ),
    "counted-only": (EVENTS.annotate(n=Count("marks")).order_by("-n"), LEAN),
    "numbered": (
        EVENTS.annotate(n=Window(RowNumber(), order_by="day")).order_by("id"),
        _fields("id", n=serializers.IntegerField()),
    ),
    "values": (EVENTS.order_by("day").values("day", "name"), Keys),
}


class Pages(PageNumberPagination):
    page_size = 400


class Offsets(LimitOffsetPagination):
    default_limit = 400


class Cursors(CursorPagination):
    page_size = 400
    ordering = "day"


PAGINATORS = {"pages": Pages, "offsets": Offsets, "cursors": Cursors, "whole": None}


def _asked(view: Any, url: str) -> tuple[bytes, str | None]:
    response = view.as_view()(APIRequestFactory().get(url))
    content = b"".join(response) if response.streaming else response.render().content
    response.close()
    outcome = outcome_of(response)
    return content, outcome and (outcome.path or str(outcome.reason))


def _walk(views: list[Any], pages: int) -> Iterator[tuple[bytes, str | None]]:
    """Yield the answers of a list's pages, each from the next one of `views`."""
    url = "/"
    for index in range(pages):
        content, told = _asked(views[index % len(views)], url)
        yield content, told
        body = json.loads(content)
        if isinstance(body, list) or not body["next"]:
            return
        parts = urlsplit(body["next"])
        url = f"{parts.path}?{parts.query}"


def walked(shape: str, paginator: str, pages: int, stream: bool = False) -> Told:  # noqa: FBT001, FBT002
    """Return how many rows each walk finds, whether all pages are the same, and how they came."""
    queryset, serializer = LISTS[shape]
    view = type(
        "View",
        (ListAPIView,),
        {
            "queryset": queryset,
            "serializer_class": serializer,
            "pagination_class": PAGINATORS[paginator],
            **({"stream_above_rows": 100} if stream else {}),
        },
    )
    walks = {"drf": [view], "fast": [fast(view)], "both": [view, fast(view)]}
    answers = {way: list(_walk(views, pages)) for way, views in walks.items()}
    theirs = [content for content, _ in answers["drf"]]
    return {
        "rows": {way: _distinct(found) for way, found in answers.items()},
        "differ": {
            way: sum(a != b for a, (b, _) in zip(theirs, found, strict=True))
            for way, found in answers.items()
        },
        "told": sorted({str(told) for _, told in answers["fast"]}),
    }


def _distinct(answers: list[tuple[bytes, str | None]]) -> int:
    bodies = [json.loads(content) for content, _ in answers]
    rows = [row for body in bodies for row in (body if isinstance(body, list) else body["results"])]
    return len({json.dumps(row) for row in rows})


def plans() -> dict[str, Any]:
    """Return for each list the plan of Django's statement, that of the page within ours, and how."""
    told = {}
    for name, (queryset, serializer) in LISTS.items():
        for pages in (queryset, queryset[:400], queryset[400:800], queryset[15_000:15_400]):
            view = type("View", (ListAPIView,), {"serializer_class": serializer})()
            request = view.initialize_request(APIRequestFactory().get("/"))
            view.setup(request)
            view.initial(request)
            made = reading_for(view, request, pages).way.ready.statement(pages)
            theirs = pages.query.get_compiler(using="default").as_sql()
            ours = _plan(made.sql, made.params)
            inner = [one for one in ours.get("Plans", []) if "Subplan Name" in one]
            paged = [one for one in inner if one["Subplan Name"] == "CTE rowpath_page"]
            told[f"{name} {pages.query.low_mark}"] = [
                _bare(_plan(*theirs)),
                _bare(paged[0] if paged else ours),
                "MATERIALIZED" in made.sql,
            ]
    return told


def _plan(sql: str, params: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        [[[found]]] = cursor.fetchall()
    return found["Plan"]


def _bare(plan: Any) -> str:
    """Return `plan` without its place, and without the table's name where it need not be said."""
    place = ("Subplan Name", "Parent Relationship", "Parallel Aware")
    bare = {name: value for name, value in plan.items() if name not in place}
    return json.dumps(bare).replace("shop_event.", "")


def names() -> list[str]:
    """Return the names of the lists."""
    return list(LISTS)
