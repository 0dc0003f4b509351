"""What is told of lists that are tried behind DRF's answers, and what DRF's answers then are."""

import itertools
import json
import logging
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext, override_settings
from rest_framework import serializers
from rest_framework.renderers import BrowsableAPIRenderer
from rest_framework.response import Response

from fast.shop.asking import ask, told
from fast.shop.shadows import Shouting, declared, log
from fast.shop.views import NOTES, VIEWS, Flat, FlatFields
from rowpath.fast.drf import FastListMixin, everywhere
from rowpath.fast.drf.options import options

everywhere.install()
EVERYWHERE = {"everywhere": "shadow"}
LONG = ("numbers", "numbers-of-the-impatient", "numbers-by-methods", "numbers-rounded")

Told = dict[str, Any]


class WithMethod(FlatFields):
    loud = serializers.SerializerMethodField()

    class Meta:
        model = FlatFields.Meta.model
        fields = (*FlatFields.Meta.fields, "loud")

    def get_loud(self, note: Any) -> str:
        return str(note.text).upper()


class Added(WithMethod):
    def to_representation(self, instance: Any) -> Any:
        return {**super().to_representation(instance), "kind": "note"}


class Counted(WithMethod):
    seen = itertools.count()

    def get_loud(self, _: Any) -> str:
        return str(next(self.seen))


def asked(view: Any, **initial: Any) -> Any:
    """Return what `view` answers, rendered."""
    response = view.as_view(**initial)(RequestFactory().get("/"))
    return response.render()


def lists() -> Told:
    """Ask each list of the shop by DRF's view, with the setting and without."""
    names = [name for name in VIEWS if name not in LONG]
    without = [told(ask(f"{name}/", "drf", User="alice")) for name in names]
    with override_settings(ROWPATH=EVERYWHERE), log() as messages:
        tried = [told(ask(f"{name}/", "drf", User="alice")) for name in names]
    return {"same": tried == without, "answered": len(tried), "messages": messages}


def ways() -> list[list[str]]:
    with override_settings(ROWPATH=EVERYWHERE), log() as messages:
        for made in (FlatFields, WithMethod, Added):
            asked(Flat, serializer_class=made)
    return messages


def own_list() -> Told:
    """Ask a view whose list() calls super(), and adds a header."""

    class Adding(Flat):
        def list(self, *args: Any, **kwargs: Any) -> Any:
            response = super().list(*args, **kwargs)
            response["Kind"] = "notes"
            return response

    with override_settings(ROWPATH=EVERYWHERE), log() as messages:
        answer = asked(Adding)
    return {"kind": answer["Kind"], "messages": messages}


def wrapped() -> Told:
    """Ask for a list whose data a middleware wraps, before a field changes and after it."""

    def ask_wrapped() -> Any:
        response = Flat.as_view()(RequestFactory().get("/"))
        response.data = {"rows": response.data}  # as process_template_response() may
        return response.render()

    with override_settings(ROWPATH=EVERYWHERE), log() as messages:
        answer = ask_wrapped()
        with declared("notes-flat/", Shouting()):
            ask_wrapped()
    return {"rows": len(json.loads(answer.content)["rows"]), "messages": messages}


def difference() -> Told:
    with override_settings(ROWPATH=EVERYWHERE):
        ask("notes-flat/", "drf")
        with log() as messages, declared("notes-flat/", Shouting()):
            answer = ask("notes-flat/", "drf").content.decode()
            with CaptureQueriesContext(connection) as captured:
                ask("notes-flat/", "drf")
    return {"answer": answer, "messages": messages, "statements_after": len(captured)}


def changing() -> list[list[str]]:
    with override_settings(ROWPATH=EVERYWHERE), log() as messages:
        asked(Flat, serializer_class=Counted)
    return messages


@contextmanager
def _without_autocommit() -> Iterator[None]:
    transaction.set_autocommit(False)
    try:
        yield
    finally:
        transaction.rollback()
        transaction.set_autocommit(True)


AROUND: dict[str, Callable[[], Any]] = {
    "nothing": nullcontext,
    "atomic": transaction.atomic,
    "no autocommit": _without_autocommit,
}


def raising(around: str) -> Told:
    """Ask a view that has the database raise when it is asked a second time."""
    times = itertools.count()

    class Once(Flat):
        def get_queryset(self) -> Any:
            return NOTES.extra(where=["1 / 0 = 1"]) if next(times) else NOTES.all()

    with override_settings(ROWPATH=EVERYWHERE), log() as messages, AROUND[around]():
        answer = asked(Once)
        rows = NOTES.count()
    return {"rows": rows, "listed": answer.content.count(b'"id"'), "messages": messages}


def raising_anew() -> list[str]:
    """Return at which levels two errors of a view are told that have another message each."""
    times = itertools.count()

    class Once(Flat):
        def filter_queryset(self, queryset: Any) -> Any:
            if (number := next(times)) % 2:
                raise ValueError(f"request {number}")
            return super().filter_queryset(queryset)

    with override_settings(ROWPATH=EVERYWHERE), log() as messages:
        logging.getLogger("rowpath.fast").setLevel(logging.DEBUG)
        for _ in range(2):
            asked(Once)
    return [level for level, message in messages if "it raised" in message]


def told_again(findings: int) -> list[str]:
    """Return at which levels the first and the last of so many findings are told once more."""

    def tell(number: int) -> None:
        everywhere._tell(Flat, f"finding {number}", logging.INFO)  # noqa: SLF001 - each is a list

    for number in range(findings):
        tell(number)
    with log() as messages:
        logging.getLogger("rowpath.fast").setLevel(logging.DEBUG)
        tell(findings - 1)
        tell(0)
    return [level for level, _ in messages]


def not_copied() -> Told:
    """Ask a view that refuses to be copied."""

    class Single(Flat):
        def __copy__(self) -> Any:
            raise TypeError("there is one")

    with override_settings(ROWPATH=EVERYWHERE), log() as messages:
        return {"status": asked(Single).status_code, "messages": messages}


def in_a_browser() -> list[list[str]]:
    with override_settings(ROWPATH=EVERYWHERE), log() as messages:
        asked(Flat, renderer_classes=(BrowsableAPIRenderer,))
    return messages


def statements(rowpath: dict[str, Any], *, mixin: bool, requests: int = 1) -> list[int]:
    """Return how many statements each request of a list takes."""
    view = type("View", (FastListMixin, Flat) if mixin else (Flat,), {})
    counts = []
    with override_settings(ROWPATH=rowpath):
        for _ in range(requests):
            with CaptureQueriesContext(connection) as captured:
                asked(view)
            counts.append(len(captured))
    return counts


def in_a_pickle() -> list[str]:
    """Return the modules that a pickled answer names."""
    with override_settings(ROWPATH=EVERYWHERE):
        answer = asked(Flat)
        read = pickle.loads(pickle.dumps(answer))  # noqa: S301 - our own
    assert read.content == answer.content
    return [type(read).__module__]


def refused() -> str:
    with override_settings(ROWPATH={"everywhere": "always"}):
        try:
            options()
        except ImproperlyConfigured as error:
            return str(error)
    return "nothing"


def iterated() -> Told:
    """Ask for rows with what can be read only once, which DRF's answer needs."""

    class Letters(WithMethod):
        def get_loud(self, note: Any) -> Any:
            return iter(str(note.text))

    class Pages(Flat):
        serializer_class = Letters

        def list(self, *args: Any, **kwargs: Any) -> Response:
            response: Response = super().list(*args, **kwargs)
            return response

    without = asked(Pages).content
    with override_settings(ROWPATH=EVERYWHERE), log() as messages:
        return {"same": asked(Pages).content == without, "messages": messages}


def repeated() -> list[str]:
    """Return at which level the same is told twice."""
    with override_settings(ROWPATH=EVERYWHERE), log() as messages:
        logging.getLogger("rowpath.fast").setLevel(logging.DEBUG)
        for _ in range(2):
            asked(Flat)
    return [level for level, message in messages if "with the same bytes" in message]
