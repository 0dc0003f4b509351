"""Paginators and envelopes that do with a page's rows, and its queryset, what Django allows."""

import json
import logging
import threading
from collections.abc import Callable
from typing import Any

import orjson
from django.conf import settings
from django.db import connection
from django.test.utils import override_settings
from django.utils.safestring import mark_safe
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination, PageNumberPagination
from rest_framework.response import Response

from fast.shop.models import Note
from fast.shop.odd import asked
from fast.shop.views import Flat
from fast.shop.ways import fast
from rowpath.fast.shipped import Relied

Envelope = Callable[[Any, Any], dict[str, Any]]

_runs: list[str] = []


class TextFields(serializers.Serializer):
    id = serializers.IntegerField()
    text = serializers.CharField()


def _writes(page: Any, _: Any) -> dict[str, Any]:
    keys = [note.pk for note in page]
    Note.objects.filter(pk__in=keys).update(text="seen")
    return {"keys": keys}


def _marks(page: Any, _: Any) -> dict[str, Any]:
    for note in page:
        note.mark = note.pk + 1
    return {"marks": [note.mark for note in page]}


def _is_a_container(page: Any, _: Any) -> dict[str, Any]:
    [first, *_rest] = page
    return {"keys": sorted(first), "there": "id" in first, "size": len(first), "is": bool(first)}


def _counts_kinds(page: Any, _: Any) -> dict[str, Any]:
    kinds = sorted({note.__class__.__name__ for note in page})
    return {"notes": sum(isinstance(note, Note) for note in page), "kinds": kinds}


def _signs_with_json(_: Any, data: Any) -> dict[str, Any]:
    return {"signature": json.dumps(data, default=str)}


def _signs_with_orjson(_: Any, data: Any) -> dict[str, Any]:
    return {"signature": orjson.dumps(data, default=str).decode()}


def _links_safely(_: Any, __: Any) -> dict[str, Any]:
    return {"link": mark_safe("/next")}


def _fails(_: Any, __: Any) -> dict[str, Any]:
    raise TypeError("the envelope's own")


ENVELOPES: dict[str, Envelope] = {
    "writes": _writes,
    "marks": _marks,
    "is-a-container": _is_a_container,
    "counts-kinds": _counts_kinds,
    "signs-with-json": _signs_with_json,
    "signs-with-orjson": _signs_with_orjson,
    "links-safely": _links_safely,
    "fails": _fails,
}


def _view(envelope: Envelope, *, by_cursor: bool, by_keys: bool) -> Any:
    class Pages(CursorPagination if by_cursor else PageNumberPagination):
        page_size = 3
        ordering = "id"

        def get_paginated_response(self, data: Any) -> Response:
            _runs.append("envelope")
            return Response({**envelope(self.page, data), "results": data})

    rows: Any = Note.objects.order_by("id")
    own: dict[str, Any] = {"queryset": rows, "pagination_class": Pages}
    if by_keys:
        own |= {"queryset": rows.values("id", "text"), "serializer_class": TextFields}
    return type("View", (Flat,), own)


def answers(envelope: str, *, by_cursor: bool, by_keys: bool, shadow: float) -> list[Any]:
    """Return whether both ways give the same, and how often each has run the envelope."""
    told = []
    view = _view(ENVELOPES[envelope], by_cursor=by_cursor, by_keys=by_keys)
    notes = list(Note.objects.order_by("id"))
    with override_settings(ROWPATH={**settings.ROWPATH, "shadow": shadow}):
        for each in (view, fast(view)):
            _runs.clear()
            try:
                seen: Any = asked(each)[0]
            except TypeError as error:
                seen = str(error)
            texts = list(Note.objects.order_by("id").values_list("text", flat=True))
            Note.objects.bulk_update(notes, ["text"])  # as they were
            told.append(([seen, texts], len(_runs)))
    (theirs, runs), (ours, our_runs) = told
    return [theirs == ours or [theirs, ours], runs, our_runs]


def written_by_an_envelope() -> dict[str, int]:
    """Return how many rows an envelope changes in each database, by the queryset of its page."""

    def update(page: Any, _: Any) -> dict[str, Any]:
        return {"updated": page.paginator.object_list.update(text="seen")}

    asked(fast(_view(update, by_cursor=False, by_keys=False)))
    databases = ("default", "replica")
    return {name: Note.objects.using(name).filter(text="seen").count() for name in databases}


class _Refusing(CursorPagination):
    page_size = 3
    ordering = "id"

    def get_page_size(self, request: Any) -> int:
        if request.query_params.get("bad"):
            raise ValidationError("of the project's own")
        return 3


def warnings_of_a_bad_request() -> list[Any]:
    """Return the status of a request that the paginator refuses, and what rowpath logs of it."""
    records: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: records.append(record.getMessage())  # type: ignore[method-assign]
    log = logging.getLogger("rowpath.fast")
    log.addHandler(handler)
    try:
        view = type("View", (Flat,), {"pagination_class": _Refusing})
        seen, _ = asked(fast(view), "?bad=1")
    finally:
        log.removeHandler(handler)
    return [seen[0], records]


def cause_of_what_a_wrapper_raises() -> list[str]:
    """Return the error that comes out of a list, and its cause."""

    settings_of_nobody: dict[str, str] = {}

    def refuse(*_: Any) -> Any:
        try:
            return settings_of_nobody["tenant"]
        except KeyError as error:
            raise RuntimeError("no tenant") from error

    try:
        with connection.execute_wrapper(refuse):
            asked(fast(type("View", (Flat,), {})))
    except RuntimeError as error:
        return [str(error), repr(error.__cause__), repr(error.__context__)]
    return []


def names_lost_between_threads(names: int) -> int:
    """Return how many names two threads rely on at once and that are not watched then."""
    owner = type("Owner", (), {f"name_{number}": number for number in range(names)})
    relied = Relied()
    begin = threading.Barrier(2)

    def rely(first: int) -> None:
        begin.wait()
        for number in range(first, names, 2):
            relied.check(owner, f"name_{number}")

    threads = [threading.Thread(target=rely, args=(first,)) for first in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return names - len(relied.names())
