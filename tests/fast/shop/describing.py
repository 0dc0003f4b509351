"""What tools that describe an API find at a list with the mixin, and at the same list without."""

import inspect
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import models
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.schemas.inspectors import ViewInspector
from rest_framework.test import APIRequestFactory
from rest_framework.viewsets import GenericViewSet, ModelViewSet

from fast.shop.choosing import HidesItself
from fast.shop.models import Note
from fast.shop.views import NOTES, FlatFields
from rowpath.fast.drf import FastListMixin, StreamingList, outcome_of

MIXINS = (FastListMixin, StreamingList)
OWN = {"queryset": NOTES, "serializer_class": FlatFields}
DOCUMENTED = OWN | {"__doc__": "What the project says of its notes."}


def _with_a_docstring(method: Any) -> Any:
    def list(self: Any, request: Any) -> Any:  # noqa: A001 - as it is named in a view
        """List the notes of everybody."""
        return method(self, request)

    return list


def _described(view_class: type) -> list[Any]:
    """Return what DRF's schemas, and whoever reads docstrings, say of `view_class`."""
    view: Any = view_class()
    view.request = APIRequestFactory().get("/")
    view.action, view.action_map = "list", {"get": "list"}
    inspector = ViewInspector()
    inspector.view = view
    return [
        view.get_view_name(),
        view.get_view_description(),
        view.get_view_description(html=True),
        inspector.get_description("/", "GET"),
        view_class.__doc__,
        inspect.getdoc(view.list),
        view.list.__doc__,
        [getattr(view, name, None).__doc__ for name in ("get", "options", "get_queryset")],
        next((cls.__doc__ for cls in view_class.__mro__ if cls.__doc__), None),
    ]


def described_differently() -> list[str]:
    """Return the views of which the mixin changes what is said."""
    bases = (ListAPIView, ModelViewSet, (ListModelMixin, GenericViewSet))
    found = []
    for base in bases:
        behind = base if isinstance(base, tuple) else (base,)
        for own in (OWN, DOCUMENTED):
            plain = _described(type("Notes", behind, own))
            found += [
                f"{mixin.__name__} {behind}"
                for mixin in MIXINS
                if _described(type("Notes", (mixin, *behind), own)) != plain
            ]
    return found


def docstrings() -> list[str]:
    """Return what of the mixins has a docstring."""
    return [
        f"{mixin.__name__}.{name}"
        for mixin in MIXINS
        for name, value in [("", mixin), *vars(mixin).items()]
        if name[:2] != "__" and value.__doc__ and callable(value)
    ]


class _Coloured(models.CharField):
    pass


class _ColouredField(serializers.CharField):
    pass


@contextmanager
def _mapped(column: type[models.Field], field: Any) -> Iterator[list[str]]:
    """Extend DRF's mapping as packages do, and keep what is logged at WARNING."""
    mapping: Any = serializers.ModelSerializer.serializer_field_mapping
    before, logged = dict(mapping), _Kept()
    logging.getLogger("rowpath.fast").addHandler(logged)
    mapping[column] = field
    try:
        yield logged.messages
    finally:
        mapping.clear()
        mapping.update(before)
        logging.getLogger("rowpath.fast").removeHandler(logged)


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


MAPPED: dict[str, tuple[type[models.Field], Any]] = {
    "another column": (_Coloured, _ColouredField),
    "another column that chooses": (_Coloured, HidesItself),
    "a column": (models.CharField, _ColouredField),
    "a column that chooses": (models.CharField, HidesItself),
}


def mapped(kind: str) -> list[Any]:
    """Return whether a list with DRF's mapping extended is DRF's, how it came, and the warnings."""

    class Meta:
        model = Note
        fields = ("id", "text", "owner")

    serializer = type("Own", (serializers.ModelSerializer,), {"Meta": Meta})
    with _mapped(*MAPPED[kind]) as warnings:
        view: Any = type("Notes", (ListAPIView,), OWN | {"serializer_class": serializer})
        fast: Any = type("Notes", (FastListMixin, view), {})
        theirs, ours = (_asked(each) for each in (view, fast))
    outcome = outcome_of(ours)
    path = None if outcome is None else outcome.path or str(outcome.reason)
    return [ours.content == theirs.content, path, warnings]


def _asked(view: Any) -> Any:
    return view.as_view()(APIRequestFactory().get("/")).render()
