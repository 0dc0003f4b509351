"""Views, querysets and connections that do more than they must, and each asked both ways."""

import gc
import json
from copy import deepcopy
from threading import Thread
from typing import Any

from django.core.paginator import Paginator
from django.db import connection, transaction
from django.db.models import DecimalField, ExpressionWrapper, F, IntegerField, QuerySet
from django.db.models.functions import Cast
from django.test.utils import CaptureQueriesContext
from django.utils.functional import cached_property
from psycopg import ClientCursor
from psycopg.adapt import Loader
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import ListAPIView
from rest_framework.pagination import (
    CursorPagination,
    LimitOffsetPagination,
    PageNumberPagination,
)
from rest_framework.renderers import JSONRenderer
from rest_framework.test import APIRequestFactory

from fast.shop.models import Note, Number, StoredTopic
from fast.shop.views import NOTES, Flat, FlatFields, Notes, NumberFields
from fast.shop.ways import fast
from rowpath.fast.drf import outcome_of


class CountsByLength(LimitOffsetPagination):
    default_limit = 4

    def get_count(self, queryset: Any) -> int:
        return len(queryset)


class CountsCopies(LimitOffsetPagination):
    default_limit = 4

    def get_count(self, queryset: Any) -> int:
        return int(deepcopy(queryset).count())


class _PagesByLength(Paginator):
    @cached_property
    def count(self) -> int:
        return len(self.object_list)


class PagesByLength(PageNumberPagination):
    page_size = 4
    django_paginator_class = _PagesByLength


class LooksAtRows(PageNumberPagination):
    page_size = 4

    def get_next_link(self) -> str:
        rows: Any = self.page
        return f"/after/{list(rows)[-1].pk}"


class ReadsTwice(LimitOffsetPagination):
    default_limit = 4

    def get_count(self, queryset: Any) -> int:
        return len(list(queryset.order_by("-id")))


class _CountedByLength(QuerySet):
    def count(self) -> int:
        return len(self)


class _NarrowedByAll(QuerySet):
    def all(self) -> Any:
        narrowed = super().all()
        return narrowed.filter(pk__lt=narrowed.query.high_mark or 20)


class Pages(PageNumberPagination):
    page_size = 4


class RefusingContext(Flat):
    def get_serializer_context(self) -> dict[str, Any]:
        raise PermissionDenied


class FileFields(serializers.ModelSerializer):
    class Meta:
        model = StoredTopic
        fields = ("id", "name")


class WithoutRequest(ListAPIView):
    queryset = StoredTopic.objects.order_by("id")
    serializer_class = FileFields

    def get_serializer_context(self) -> dict[str, Any]:
        return {"view": self}


class WithCharset(JSONRenderer):
    charset = "utf-8"


class Keys(serializers.ModelSerializer):
    class Meta:
        model = Note
        fields = ("id",)


class SerializerOfItsOwn(Flat):
    def initial(self, *args: Any, **kwargs: Any) -> None:
        super().initial(*args, **kwargs)
        vars(self)["get_serializer"] = Keys


class SerializerByPage(Flat):
    pagination_class = Pages

    def get_serializer_class(self) -> Any:
        return FlatFields if getattr(self.paginator, "page", None) is None else Keys


class LooksAfterwards(Flat):
    pagination_class = Pages

    def finalize_response(self, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(*args, **kwargs)
        rows: Any = self.paginator
        response.headers["Last"] = str(list(rows.page)[-1].pk)
        return response


class RowsAsText(Pages):
    def get_next_link(self) -> str:
        rows: Any = self.page
        return str(next(iter(rows)))


class RowsThatFail(Pages):
    def get_next_link(self) -> str | None:
        rows: Any = self.page
        try:
            return f"/after/{list(rows)[-1].pk}"
        except Exception:  # noqa: BLE001 - this is what is tried
            return None


class ByText(CursorPagination):
    page_size = 4
    ordering = "text"


class ByNumeric(CursorPagination):
    page_size = 4
    ordering = "half"


class _MaskedByOrdering(QuerySet):
    def order_by(self, *names: Any) -> Any:
        return super().order_by(*names).extra(select={"text": "'masked'"})


class DeletesAfterwards(Flat):
    """Its rows are gone by the time when somebody asks for the data."""

    def finalize_response(self, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(*args, **kwargs)
        Note.objects.all().delete()
        response.data = {"data": response.data}
        return response


def _with(view: Any, **attributes: Any) -> Any:
    """Return `view` with other attributes, and a serializer that no other view knows."""
    own = {"serializer_class": type("Own", (view.serializer_class,), {})} | attributes
    return type("View", (view,), own)


VIEWS = {
    "counts-by-length": _with(Flat, pagination_class=CountsByLength),
    "counts-copies": _with(Flat, pagination_class=CountsCopies),
    "pages-by-length": _with(Flat, pagination_class=PagesByLength),
    "looks-at-rows": _with(Flat, pagination_class=LooksAtRows),
    "reads-twice": _with(Flat, pagination_class=ReadsTwice),
    "counted-by-length": _with(
        Flat, queryset=_CountedByLength(Note).order_by("id"), pagination_class=Pages
    ),
    "narrowed-by-all": _with(
        Flat, queryset=_NarrowedByAll(Note).order_by("id"), pagination_class=Pages
    ),
    "serializer-of-its-own": SerializerOfItsOwn,
    "serializer-by-page": SerializerByPage,
    "looks-afterwards": LooksAfterwards,
    "rows-as-text": _with(Flat, pagination_class=RowsAsText),
    "rows-that-fail": _with(Flat, pagination_class=RowsThatFail),
    "by-text": _with(Flat, pagination_class=ByText),
    "masked-by-ordering": _with(Flat, queryset=_MaskedByOrdering(Note), pagination_class=ByText),
    "by-numeric": _with(
        Flat,
        queryset=NOTES.annotate(
            half=ExpressionWrapper(
                Cast(F("id"), DecimalField(max_digits=9, decimal_places=3)) / 2,
                output_field=IntegerField(),
            )
        ),
        pagination_class=ByNumeric,
    ),
    "refusing-context": RefusingContext,
    "refusing-context-streamed": _with(RefusingContext, stream_above_rows=3),
    "files-without-request": WithoutRequest,
    "files": _with(WithoutRequest, get_serializer_context=ListAPIView.get_serializer_context),
    "charset-streamed": _with(Flat, renderer_classes=[WithCharset], stream_above_rows=3),
}


def asked(view: Any, query: str = "") -> tuple[list[Any], str | None]:
    """Return what a client sees of `view`, and how the fast path answered it."""
    response = view.as_view()(APIRequestFactory().get(f"/{query}"))
    if not response.streaming:
        response.render()
    body = b"".join(response) if response.streaming else response.content
    response.close()
    outcome = outcome_of(response)
    told = None if outcome is None else outcome.path or str(outcome.reason)
    return [response.status_code, dict(response.headers), body.decode()], told


def compared(view: str, query: str) -> list[Any]:
    """Return the status of both ways if they are the same, and how the fast path answered."""
    theirs, _ = asked(VIEWS[view], query)
    ours, told = asked(fast(VIEWS[view]), query)
    return [theirs[0] if ours == theirs else [theirs, ours], told]


class _Masked(Loader):
    def load(self, data: Any) -> str:
        return f"{len(bytes(data))} bytes"


class _Traced(ClientCursor[Any]):
    seen = 0

    def execute(self, *args: Any, **kwargs: Any) -> Any:
        _Traced.seen += 1
        return super().execute(*args, **kwargs)


def _registers_a_loader() -> None:
    connection.connection.adapters.register_loader("varchar", _Masked)


def _sets_a_zone() -> None:
    connection.connection.execute("SET TIME ZONE 'Asia/Tokyo'")


def _brings_its_cursor() -> None:
    connection.connection.cursor_factory = _Traced


def on_a_connection_that(does: str) -> list[Any]:
    """Return as `compared` does, on a connection that was changed."""
    hold(3)
    changes = {
        "registers_a_loader": (_registers_a_loader, Flat),
        "sets_a_zone": (_sets_a_zone, type("View", (ListAPIView,), _NUMBERS)),
        "brings_its_cursor": (_brings_its_cursor, Flat),
    }
    change, view = changes[does]
    connection.close()
    connection.ensure_connection()
    try:
        hold(3)
        change()
        theirs, _ = asked(view)
        ours, told = asked(fast(view))
    finally:
        connection.close()
    return [theirs[0] if ours == theirs else [theirs, ours], told]


_NUMBERS = {"queryset": Number.objects.order_by("id"), "serializer_class": NumberFields}


def hold(rows: int) -> None:
    """Make Number, which is a view, have so many rows on this connection."""
    given = {"app.rows": str(rows), "app.odd_row": "0", "app.odd": ""}
    with connection.cursor() as cursor:
        for name, value in given.items():
            cursor.execute("SELECT set_config(%s, %s, false)", [name, value])


def registered_after_the_first_list() -> list[Any]:
    """Return as `compared` does, of a second list after a loader was registered."""
    connection.close()
    asked(fast(Flat))
    try:
        _registers_a_loader()
        theirs, _ = asked(Flat)
        ours, told = asked(fast(Flat))
    finally:
        connection.close()
    return [theirs[0] if ours == theirs else [theirs, ours], told]


def left_over_join() -> list[Any]:
    """Return as `compared` does, of rows whose selected relation leads nowhere."""
    view = _with(Flat, queryset=Note.objects.filter(topic_id=99).select_related("topic"))
    answers = []
    for each in (view, fast(view)):
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")
            Note.objects.filter(pk=NOTES[0].pk).update(topic_id=99)
            answers.append(asked(each))
            transaction.set_rollback(True)
    (theirs, _), (ours, told) = answers
    return [theirs[0] if ours == theirs else [theirs, ours], told]


def many_rows_to_stream_above() -> list[Any]:
    """Return how many rows come of a list that is just below where streaming begins."""
    hold(24_000)
    view = fast(type("View", (ListAPIView,), {**_NUMBERS, "stream_above_rows": 50_000}))
    told, path = asked(view)
    return [len(json.loads(told[2])), path]


def data_of_rows_that_are_gone() -> bool:
    """Return whether the data is what was read, however late it is asked for."""
    bodies = []
    for view in (DeletesAfterwards, fast(DeletesAfterwards)):
        with transaction.atomic():
            told, _ = asked(view)
            bodies.append(json.loads(told[2]))
            transaction.set_rollback(True)
    return bodies[0] == bodies[1] and len(bodies[0]["data"]) == 30


def while_another_thread_drops_a_stream() -> bool:
    """Return whether this thread's transaction is its own when the other's stream is collected."""
    gc.disable()
    view = fast(_with(Notes, stream_above_rows=3))

    def drop() -> None:
        view.as_view()(APIRequestFactory().get("/"))

    thread = Thread(target=drop)
    thread.start()
    thread.join()
    try:
        with transaction.atomic():
            Note.objects.filter(pk=NOTES[0].pk).update(text="never")
            gc.collect()
            if not connection.in_atomic_block:
                return False
            transaction.set_rollback(True)
    finally:
        gc.enable()
    return not Note.objects.filter(text="never").exists()


class _Chosen(FlatFields):
    pass


def classes_made_for_a_request(requests: int) -> bool:
    """Return whether serializer classes that a view makes for each request are forgotten."""

    def made(_: Any) -> Any:
        return type("Made", (_Chosen,), {})

    view = fast(_with(Flat, get_serializer_class=made))
    for _ in range(requests):
        asked(view)
    gc.collect()
    return sum(1 for cls in _Chosen.__subclasses__() if cls.__name__ == "Made") < requests


def statements(view: str) -> list[Any]:
    """Return how many statements count rows or read them, and how the list was answered."""
    with CaptureQueriesContext(connection) as captured:
        _, told = asked(fast(VIEWS[view]))
    counts = sum("COUNT(" in one["sql"] for one in captured.captured_queries)
    return [counts, len(captured) - counts, told]
