"""Lists whose order is not total, walked page by page by both ways, and what is told total."""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.db import connection, models
from django.db.models import Avg, Count, F, Func, Max, Q, Sum, UniqueConstraint, Window
from django.db.models.functions import Coalesce, Lower, RowNumber
from django.test.utils import override_settings
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.pagination import (
    CursorPagination,
    LimitOffsetPagination,
    PageNumberPagination,
)
from rest_framework.test import APIRequestFactory

from fast.shop.shadows import Shouting, log
from fast.shop.ways import fast
from rowpath.fast.django.columns import column
from rowpath.fast.django.statement import statement
from rowpath.fast.django.ties import plan_decides
from rowpath.fast.drf import everywhere, outcome_of
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
            day=BEGIN + dt.timedelta(days=i * i * 7919 % 100_003 % DAYS),
            name=f"event {i}",
            text=f"{i} " * 120,
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
    fifths = Event.objects.order_by("id")[::5]
    marks = [Mark(event=event, value=event.pk * 37 % 11 / 10) for event in fifths]
    for _ in range(3):
        Mark.objects.bulk_create(Mark(event=one.event, value=one.value) for one in marks)
    with connection.cursor() as cursor:
        # So that PostgreSQL may read an index alone.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
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
# Of which DRF reads a related row each by a statement of its own.
FEW = Event.objects.filter(left__lt=500).order_by("day")
MARKED = EVENTS.filter(marks__value__gt=0.3).order_by("day")
LEAN = _fields("id", "day")
COUNTED = _fields("id", n=serializers.IntegerField())
# Name: the queryset and its serializer.
LISTS: dict[str, tuple[Any, Any]] = {
    "by-day": (EVENTS.order_by("day"), LEAN),
    "by-day-backwards": (EVENTS.order_by("-day"), _fields("id", "name")),
    "with-few-columns": (EVENTS.order_by("day").only("day", "name"), LEAN),
    "with-the-same-columns": (EVENTS.order_by("day").only("day"), LEAN),
    "unordered": (EVENTS, LEAN),
    "unordered-filtered": (EVENTS.filter(day__gt=BEGIN), LEAN),
    "selected": (
        EVENTS.select_related("kind", "main").order_by("day"),
        _fields("id", kind=KindFields(), main=KindFields()),
    ),
    "by-relation": (EVENTS.order_by("kind__name", "day"), LEAN),
    "filtered-by-many": (MARKED, LEAN),
    "distinct": (MARKED.distinct(), LEAN),
    "distinct-on": (EVENTS.order_by("main", "day").distinct("main", "day"), LEAN),
    "counted": (EVENTS.annotate(n=Count("marks")).order_by("day", "n"), COUNTED),
    "counted-only": (EVENTS.annotate(n=Count("marks")).order_by("-n"), LEAN),
    "numbered": (EVENTS.annotate(n=Window(RowNumber(), order_by="day")).order_by("id"), COUNTED),
    "values": (EVENTS.order_by("day").values("day", "name"), Keys),
}
BY_ROW: dict[str, tuple[Any, Any]] = {
    "deferred": (FEW.only("day"), _fields("id", "day", "name")),
    "not-selected": (FEW, _fields("id", of=_of_kind())),
    "half-selected": (FEW.select_related("main"), _fields("id", of=_of_kind(), main=KindFields())),
    "deferred-and-not-selected": (
        FEW.only("name"),
        _fields("id", "name", of=_of_kind(), kind=KindFields()),
    ),
}

# Whether PostgreSQL's plan decides, and of what.
TOTAL: dict[str, Any] = {
    "pk": EVENTS.order_by("pk"),
    "id": EVENTS.order_by("day", "-id"),
    "f": EVENTS.order_by("day", F("id").desc(nulls_last=True)),
    "reversed": EVENTS.order_by("id").reverse(),
    "unique": Kind.objects.order_by("name", "code"),
    "together": EVENTS.order_by("right", "day", "left"),
    "constraint": EVENTS.order_by("down", "-up"),
    "computed": EVENTS.order_by(Lower("name"), "id"),
    "selected": EVENTS.select_related("kind").order_by("kind__name", "id"),
    "filtered-by-many": EVENTS.filter(marks__value__gt=0).order_by("id"),
    "distinct": EVENTS.filter(marks__value__gt=0).order_by("id").distinct(),
    "distinct-on": EVENTS.order_by("day", "id").distinct("day"),
    "annotated": EVENTS.annotate(x=Lower("name")).order_by("x", "id"),
    "counted": EVENTS.annotate(n=Count("marks"), m=Coalesce(Max("left"), 0)).order_by("n", "id"),
    "sliced": EVENTS.order_by("id")[:10],
    "only": EVENTS.order_by("id").only("day"),
}
DECIDED: dict[str, Any] = {
    "unordered": EVENTS,
    "cleared": EVENTS.order_by("id").order_by(),
    "day": EVENTS.order_by("day"),
    "random": EVENTS.order_by("?"),
    "nullable-unique": Kind.objects.order_by("maybe"),
    "half-together": EVENTS.order_by("left"),
    "half-constraint": EVENTS.order_by("up"),
    "deferrable-constraint": EVENTS.order_by("name", "left"),
    "expressions-constraint": EVENTS.order_by("down", "name"),
    "computed-key": EVENTS.order_by(F("id") % 2),
    "relation": EVENTS.order_by("kind"),
    "other-rows-key": EVENTS.order_by("kind__id"),
    "many-rows-key": EVENTS.order_by("marks__id"),
    "not-managed": Summary.objects.order_by("id"),
    "window": EVENTS.annotate(n=Window(RowNumber(), order_by="day")).order_by("id"),
    "rounded-sum": EVENTS.annotate(n=Sum("marks__value")).order_by("id"),
    "rounded-average": EVENTS.annotate(n=Avg("ratio")).order_by("id"),
    "of-many-rows": EVENTS.annotate(value=F("marks__value")).order_by("id"),
    "rows-each": EVENTS.annotate(x=Func(F("left"), 3, function="generate_series")).order_by("id"),
    "distinct-and-selected": EVENTS.select_related("kind").order_by("id").distinct(),
    "grouped": EVENTS.values("day").annotate(n=Count("id")).order_by("n"),
    "values": EVENTS.values("day", "name").order_by("day"),
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
    return content, None if outcome is None else outcome.path or str(outcome.reason)


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


def walked(shape: str, paginator: str, pages: int, *, stream: bool = False) -> Told:
    """Return how many rows each walk finds, whether all pages are the same, and how they came."""
    queryset, serializer = (LISTS | BY_ROW)[shape]
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
    """Return for each list the plan of Django's statement, that of ours, and if it is within."""
    told = {}
    for name, (queryset, serializer) in (LISTS | BY_ROW).items():
        for pages in (queryset, queryset[:400], queryset[400:800], queryset[15_000:15_400]):
            view = type("View", (ListAPIView,), {"serializer_class": serializer})()
            request = view.initialize_request(APIRequestFactory().get("/"))
            view.setup(request)
            view.initial(request)
            ready = reading_for(view, request, pages).admitted.ready
            made = ready.statement(pages, connection)
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


def decided() -> dict[str, list[str]]:
    """Return the names of those that are told apart wrongly."""
    return {
        "total": [name for name, queryset in TOTAL.items() if plan_decides(queryset)],
        "decided": [name for name, queryset in DECIDED.items() if not plan_decides(queryset)],
    }


def statements() -> dict[str, int]:
    """Return how often a WITH query is in the statements of each kind of queryset."""
    columns = (column(Event, "pk", ()), column(Event, "day", ()))
    ours = [one for one in TOTAL.values() if one.model is Event and one.query.annotations == {}]
    ties = [EVENTS.order_by("day"), EVENTS.order_by("day")[:7], EVENTS]
    return {
        name: sum("MATERIALIZED" in statement(one, columns).sql for one in querysets)
        for name, querysets in {"total": ours, "ties": ties}.items()
    }


def replans(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
    """Let PostgreSQL plan DRF's statements in another way than ours."""
    off, on = ("sort", "indexscan") if "MATERIALIZED" in sql else ("indexscan", "sort")
    context["connection"].connection.execute(f"SET enable_{off} = off; SET enable_{on} = on")
    return execute(sql, params, many, context)


def tried(shape: str, query: str) -> Told:
    """Return what is told of a view that is tried behind DRF's answer, whose rows tie."""
    everywhere.install()
    queryset, serializer = LISTS[shape]
    paged = {"pagination_class": Pages} if query else {}
    made = {"queryset": queryset, "serializer_class": serializer, **paged}
    view = type("View", (ListAPIView,), made)
    with connection.execute_wrapper(replans):
        theirs, _ = _asked(view, f"/{query}")
        with override_settings(ROWPATH={"everywhere": "shadow"}), log() as messages:
            content, _ = _asked(view, f"/{query}")
    connection.close()
    return {"is_drfs": content == theirs, "messages": messages}


def shadowed(shape: str, query: str, *, shouts: bool) -> Told:
    """Return what a shadow request says whose rows tie, and how it and the next are answered.

    With `shouts` DRF writes the names otherwise than the plan that was made before.
    """
    queryset, serializer = LISTS[shape]
    own = type("Own", (serializer,), {})
    paged = {"pagination_class": Pages} if query else {}
    view = type("View", (ListAPIView,), {"queryset": queryset, "serializer_class": own, **paged})
    ours = fast(view)
    with override_settings(ROWPATH={"shadow": 1.0}), log() as messages:
        _asked(ours, f"/{query}")
        if shouts:
            own._declared_fields["name"] = Shouting()  # noqa: SLF001 - where its fields are
        with connection.execute_wrapper(replans):
            theirs, _ = _asked(view, f"/{query}")
            content, told = _asked(ours, f"/{query}")
        connection.close()
        _, afterwards = _asked(ours, f"/{query}")
    return {
        "is_drfs": content == theirs,
        "told": told,
        "afterwards": afterwards,
        "messages": messages,
    }
