"""The cases answered by DRF alone and with FastListMixin."""

import io
import json
import sys
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_script_prefix, override_settings
from django.urls import set_urlconf
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.viewsets import ReadOnlyModelViewSet

from fast.exact import chain, exact
from fast.shop.linking.cases import ALL, CASES, DRFS, MOVING, Case
from rowpath.fast.drf import FastListMixin, StreamingList, outcome_of


def names() -> list[list[str]]:
    """Return the names of the cases: what is rows, what is DRF's, what moves."""
    return [sorted(CASES), sorted(DRFS), sorted(MOVING)]


def compared(of: str, way: str = "rows") -> dict[str, Any]:
    """Return what DRF and rowpath answer, by which way, and how many statements each sends.

    By another way than "rows" the list has a method field too.
    """
    case = replace(ALL[of], is_called=way != "rows", way=way)
    theirs, sent, _ = told_by(case, ())
    ours, ours_sent, way = told_by(case, (FastListMixin,))
    return {"theirs": theirs, "ours": ours, "sent": [sent, ours_sent], "way": way}


def told_by(case: Case, mixins: tuple[type, ...]) -> tuple[Any, int, Any]:
    asked: list[Any] = []
    with _settings(case, mixins, asked), CaptureQueriesContext(connection) as queries:
        try:
            with override_script_prefix(case.prefix):
                response: Any = Client().get(case.path, dict(case.query), **case.asked)
            # A stream is read when the request is over.
            body, sent = response.getvalue().decode(), len(queries)
        except Exception as error:  # noqa: BLE001 - whatever it is, both have to raise it
            return chain(error), 0, None
        set_urlconf(getattr(response.wsgi_request, "urlconf", None))
        with override_script_prefix(case.prefix):
            data = None if case.mixins else exact(response.data)
        set_urlconf(None)
    outcome = outcome_of(asked[0])
    headers = sorted(
        (key, value) for key, value in response.headers.items() if key != "Content-Length"
    )
    told = [response.status_code, headers, body, data]
    way = outcome and (outcome.way if outcome.way == "rows" else f"{outcome.way}: {outcome.reason}")
    return told, sent, way


def _called(serializer_class: Any) -> Any:
    """Return `serializer_class` with a method field, so that Django makes the rows."""
    meta = type("Meta", (), {"model": serializer_class.Meta.model})
    meta.fields = [*serializer_class.Meta.fields, "called"]
    members = {
        "called": serializers.SerializerMethodField(),
        "get_called": lambda _, row: row.pk,
        "Meta": meta,
    }
    return type("Called", (serializer_class,), members)


def reversed_for(of: str) -> list[int]:
    """Return how often Django makes a URL for a case's list of rows, by DRF and with the mixin."""
    return [
        _reversed(mixins, replace(ALL[of], is_called=True)) for mixins in ((), (FastListMixin,))
    ]


def _reversed(mixins: tuple[type, ...], case: Case) -> int:
    found = 0

    def count(frame: Any, event: str, _: object) -> None:
        nonlocal found
        found += event == "call" and frame.f_code.co_name == "_reverse_with_prefix"

    with _settings(case, mixins, []):
        sys.setprofile(count)
        try:
            Client().get(case.path)
        finally:
            sys.setprofile(None)
    return found


def _settings(case: Case, mixins: tuple[type, ...], asked: list[Any]) -> Any:
    def finalize(self: Any, *args: Any, **kwargs: Any) -> Any:
        response = base.finalize_response(self, *args, **kwargs)
        asked.append(response)
        return response

    routed = case.patterns.__qualname__.startswith("_routed")
    of_case = (StreamingList,) if case.mixins and mixins else ()
    base: Any = ReadOnlyModelViewSet if routed else ListAPIView
    rows = case.rows()
    drfs = {**settings.REST_FRAMEWORK, **case.settings}
    with override_settings(REST_FRAMEWORK=drfs):
        members = {
            "serializer_class": _called(case.serializer()) if case.is_called else case.serializer(),
            "get_queryset": lambda _: rows.all(),
            "finalize_response": finalize,
            **case.view,
        }
    view_class = type("View", (*of_case, *mixins, base), members)
    view: Any = view_class.as_view({"get": "list"}) if routed else view_class.as_view()
    return override_settings(
        ROOT_URLCONF=tuple(case.patterns(view)),
        REST_FRAMEWORK=drfs,
        ALLOWED_HOSTS=["*"],
        ROWPATH={"instances": case.way != "data"},
        MIDDLEWARE=[
            "django.middleware.locale.LocaleMiddleware",
            "fast.shop.linking.cases.with_urls_of_its_own",
        ],
    )


def planned(of: str) -> Any:
    """Return the ways that rowpath_plan tells of a case's lists."""
    said = io.StringIO()
    with _settings(ALL[of], (FastListMixin,), []):
        call_command("rowpath_plan", "--json", stdout=said)
    return [one["way"] for one in json.loads(said.getvalue())]
