"""The cases answered by DRF alone and with FastListMixin."""

import io
import json
import re
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from django.core.management import call_command
from django.db import connection, reset_queries, transaction
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import path
from rest_framework.generics import ListAPIView
from rest_framework.test import APIRequestFactory

from fast.exact import chain, exact, stand_in_a_module
from fast.shop.many.cases import CASES, OTHERS, Case, loaded
from fast.shop.many.models import Owner, Place, Thing
from fast.shop.many.serializers import keys, of, part_of
from fast.shop.shadows import log
from rowpath.fast.drf import FastListMixin, outcome_of
from rowpath.fast.drf.compiling import prepared


def names() -> list[str]:
    """Return the names of all cases that are no errors."""
    return sorted(CASES)


def compared(of: str, *, again: bool) -> dict[str, Any]:
    """Return what a client gets of a case by DRF and by rowpath, by which statements and way."""
    return compared_case((CASES | OTHERS)[of], again=again)


def compared_case(case: Case, *, again: bool) -> dict[str, Any]:
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


def shadowed(*, changes: bool) -> dict[str, Any]:
    """Return what a shadow request says of things whose parts tie, and how it and the next go.

    DRF is given them as by another plan; if it `changes`, it has other parts besides.
    """
    serializer = of(Thing, "name", parts=part_of()(many=True))
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
                rows=loaded(given, to_attr="chosen"),
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
