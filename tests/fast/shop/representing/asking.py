"""Serializers whose data DRF makes, and FastSerializer: of the same rows, told value by value."""
# mypy: disable-error-code="name-defined"

import pickle
import sys
from copy import copy
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework import fields, relations
from rest_framework.generics import ListAPIView
from rest_framework.test import APIRequestFactory
from rest_framework.utils.serializer_helpers import ReturnDict, ReturnList

from fast.exact import chain, exact, how_represented, stand_in_a_module
from fast.shop.models import Topic
from fast.shop.representing.bases import CASES, DRFS, OURS, Bases, products, recorded
from fast.shop.representing.values import FIELDS
from rowpath.fast.drf import FastListMixin, outcome_of


def compared(of: str, *, many: bool, again: bool) -> dict[str, Any]:
    """Return what DRF and FastSerializer make of a case's rows, and how the latter did.

    `again` is for a class that stands in a module, of which rowpath keeps what it knows.
    """
    theirs, _ = _told(of, DRFS, many=many, again=again)
    ours, how = _told(of, OURS, many=many, again=again)
    return {"theirs": theirs, "ours": ours, "how": how}


def _told(of: str, bases: Bases, *, many: bool, again: bool) -> tuple[Any, str]:
    recorded.clear()
    serializer_class, given = CASES[of](bases)
    rows = list(given)
    if again:
        stand_in_a_module(serializer_class)
    made: Any = serializer_class(rows if many else rows[0], many=many, context={"asked": True})
    one = made.child if many else made
    with timezone.override(None), CaptureQueriesContext(connection) as queries:
        try:
            data = made.data
            how = how_represented(one)
            told = exact(data)
            assert type(data) in (ReturnList, ReturnDict)
            assert data.serializer is made
        except Exception as error:  # noqa: BLE001 - whatever it is, both have to raise it
            how, told = how_represented(one), chain(error)
    return [told, recorded[:], [each["sql"] for each in queries]], how


def listed(of: str) -> list[Any]:
    """Answer a list of a case's class by DRF's view and by FastListMixin over FastSerializer."""
    told = []
    for bases, mixins in ((DRFS, ()), (OURS, (FastListMixin,))):
        serializer_class, _ = CASES[of](bases)
        members = {"queryset": products(), "serializer_class": serializer_class}
        view: Any = type("View", (*mixins, ListAPIView), members)
        response = view.as_view()(APIRequestFactory().get("/", HTTP_ACCEPT="application/json"))
        outcome = outcome_of(response)
        told.append([response.render().content.decode(), outcome and outcome.path])
    return told


def written(text: str) -> Any:
    """Return what is_valid(), save() and data of a ModelSerializer make, by DRF and by ours."""
    told = []
    for bases in (DRFS, OURS):

        class Made(bases.of_model):
            class Meta:
                model = Topic
                fields = ("name",)

        made = Made(data={"name": text})
        valid = made.is_valid()
        before = exact(made.data)
        saving = Made(data={"name": text})
        saving.is_valid()
        saved = None
        if not saving.errors:
            row = saving.save()
            saved = exact(saving.data)
            row.delete()
        told.append([valid, exact(made.errors), before, saved])
    return told


def names() -> list[list[str]]:
    """Return the names of all cases and of all fields."""
    return [sorted(CASES), sorted(FIELDS)]


def copied() -> list[Any]:
    """Return what a serializer's copies make of a row when a field was taken from one of them."""
    told = []
    for bases in (DRFS, OURS):

        class Made(bases.of_model):
            class Meta:
                model = Topic
                fields = ("id", "name")

        stand_in_a_module(Made)
        made = Made(Topic.objects.first())
        before = exact(made.data)
        other = copy(made)
        other.fields.pop("id")
        told.append([before, exact(other.to_representation(made.instance))])
        told[-1].append(exact(pickle.loads(pickle.dumps(made)).data))  # noqa: S301 - our own
    return told


def done_by_drf(of: str) -> list[str]:
    """Return which functions of DRF's fields run for the rows of a case, of a class in a module."""
    serializer_class, rows = CASES[of](OURS)
    stand_in_a_module(serializer_class)
    given = list(rows)
    context = {"asked": True}
    assert serializer_class(given, many=True, context=context).data
    made = serializer_class(given, many=True, context=context)
    called: set[str] = set()
    drfs = (fields.__file__, relations.__file__)

    def profile(frame: Any, event: str, _: Any) -> None:
        if event == "call" and frame.f_code.co_filename in drfs:
            called.add(frame.f_code.co_qualname)

    sys.setprofile(profile)
    try:
        assert made.data
    finally:
        sys.setprofile(None)
    return sorted(called)
