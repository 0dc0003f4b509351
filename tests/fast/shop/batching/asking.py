"""The cases answered by DRF alone and with FastListMixin, or by Django's rows."""

import io
import json
import pickle
import warnings
from contextlib import nullcontext
from typing import Any

from django.core.management import call_command
from django.db import connections, models, reset_queries
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import path
from rest_framework.generics import ListAPIView

from fast.exact import chain, exact, stand_in_a_module
from fast.shop.batching.cases import CASES, OTHERS, Case, books
from fast.shop.batching.methods import miss
from fast.shop.batching.models import LITE, MODELS, Book, Chapter, City, Made, Writer, calls
from fast.shop.batching.serializers import by_method, everything, keys, made_of, slugs
from fast.shop.batching.troubles import undoing
from fast.shop.entries import asked
from rowpath.fast.django.peers.writes import only_reads
from rowpath.fast.drf import FastListMixin, outcome_of


def names() -> list[str]:
    return sorted(CASES)


def compared(of: str, alias: str, *, is_atomic: bool, again: bool) -> dict[str, Any]:
    """Return what a client gets of a case, what was called for it, and how many statements."""
    case = (CASES | OTHERS)[of]
    theirs, sent, _ = told_by(case, (), alias, is_atomic=is_atomic, again=again)
    with override_settings(ROWPATH=case.settings):
        ours, ours_sent, way = told_by(
            case, (FastListMixin,), alias, is_atomic=is_atomic, again=again
        )
    return {"theirs": theirs, "ours": ours, "sent": [sent, ours_sent], "way": way}


class _ByDjango:
    """Has Django read the rows, by a method that stands where DRF's does, and does the same."""

    def paginate_queryset(self, queryset: object) -> object:
        behind: Any = super()
        return behind.paginate_queryset(queryset)


def told_by(
    case: Case, mixins: Any, alias: str, *, is_atomic: bool, again: bool
) -> tuple[Any, int, str | None]:
    serializer_class = case.serializer()
    if again:
        stand_in_a_module(serializer_class)
    calls.clear()
    rows = case.rows()
    if isinstance(rows, models.QuerySet):
        rows = rows.using(alias)
    members = {"serializer_class": serializer_class, "get_queryset": lambda _: rows}
    view: Any = type("View", (_ByDjango, *mixins, ListAPIView), members)
    told: Any = None
    with case.within(), undoing(alias) if is_atomic else nullcontext():
        told = _answered(view, alias)
    left = [len(one.execute_wrappers) for one in connections.all()]
    return [told[0], calls[:], left], *told[1:]


def _answered(view: Any, alias: str) -> tuple[Any, int, str | None]:
    with CaptureQueriesContext(connections[alias]) as queries:
        try:
            response = asked(view)
            outcome = outcome_of(response)
            way = None if outcome is None else outcome.way
            response.render()
            told: Any = [response.content.decode(), exact(response.data)]
        except Exception as error:  # noqa: BLE001 - whatever it is, both have to raise it
            told, way = chain(error), None
    return told, len(queries), way


def left() -> dict[str, Any]:
    """Return what a row is that was kept after its list was answered."""
    rows = [*books()]
    members = {"serializer_class": everything(), "get_queryset": lambda _: rows}
    view: Any = type("View", (FastListMixin, ListAPIView), members)
    asked(view).render()
    with CaptureQueriesContext(connections["default"]) as queries:
        [*rows[1].labels.all()]
        rows[1].editor  # noqa: B018 - is asked for
    return {
        "sent": len(queries),
        "pickled": b"rowpath" in pickle.dumps(rows[1]),
        "wrappers": sum(len(one.execute_wrappers) for one in connections.all()),
    }


def large() -> list[int]:
    """Return how many statements a list of 1,250 books sends, by DRF and with the mixin."""
    sent = []
    with undoing(LITE):
        numbers = range(100, 1_350)
        cities = [City(pk=number, name=str(number)) for number in numbers]
        City.objects.using(LITE).bulk_create(cities)
        made = [Book(pk=number, title="many", lost_id=number) for number in numbers]
        Book.objects.using(LITE).bulk_create(made)
        whole = made_of(Book, "title", lost=made_of(City, "name")(), labels=slugs())
        for mixins in ((), (FastListMixin,)):
            rows = Book.objects.using(LITE).filter(title="many")
            members = {"serializer_class": whole, "queryset": rows}
            view: Any = type("View", (*mixins, ListAPIView), members)
            reset_queries()
            with CaptureQueriesContext(connections[LITE]) as queries:
                asked(view).render()
            sent.append(len(queries))
    return sent


def only_read(sql: str) -> bool:
    """Whether rowpath takes a statement for one that only reads."""
    return only_reads(sql)


def planned_of_all() -> list[str]:
    """Return what rowpath_plan says is not loaded where select_related() names nothing."""
    book = made_of(Book, "title", lost=made_of(City, "name")(), writer=made_of(Writer, "name")())
    whole = made_of(Chapter, "position", book=book(), label=slugs(many=False), **by_method(miss))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # later versions of Django would rather have names
        rows = Chapter.objects.select_related()
    members = {"serializer_class": whole, "queryset": rows}
    view: Any = type("View", (FastListMixin, ListAPIView), members)
    said = io.StringIO()
    with override_settings(ROOT_URLCONF=(path("here/", view.as_view()),)):
        call_command("rowpath_plan", "--json", "--no-measure", stdout=said)
    [one] = json.loads(said.getvalue())
    return [each["path"] for each in one["unloaded"]]


def planned() -> dict[str, Any]:
    """Return what rowpath_plan says of each relation that a list of books does not load."""
    whole = everything(reviews=keys(), remarks=keys(), made=made_of(Made, "id")(read_only=True))
    rows = books().select_related("writer").prefetch_related("chapters")
    members = {"serializer_class": whole, "queryset": rows}
    view: Any = type("View", (FastListMixin, ListAPIView), members)
    said, told = io.StringIO(), io.StringIO()
    with override_settings(ROOT_URLCONF=(path("here/", view.as_view()),)):
        call_command("rowpath_plan", "--json", "--no-measure", stdout=said)
        call_command("rowpath_plan", "--no-measure", stdout=told)
    [one] = json.loads(said.getvalue())
    return {
        "at_once": [each["path"] for each in one["unloaded"] if each["row_by_row"] is None],
        "row_by_row": {
            each["path"]: each["row_by_row"]["reason"]
            for each in one["unloaded"]
            if each["row_by_row"] is not None
        },
        "text": told.getvalue(),
    }


def of_rowpath() -> list[str]:
    """Return what models have of rowpath's, once lists of them were answered."""
    compared("everything", alias="default", is_atomic=True, again=True)
    owners = {one for model in MODELS for one in model.__mro__}
    return [
        f"{owner.__name__}.{name}"
        for owner in owners
        for name, value in vars(owner).items()
        if "rowpath" in f"{name} {type(value).__module__} {getattr(value, '__module__', '')}"
    ]
