"""Libraries that have moved what they keep to themselves, as a later version may."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pkgutil import resolve_name
from typing import Any
from unittest import mock

import psycopg
from django.db.models.query import QuerySet
from rest_framework.generics import ListAPIView

from fast.shop.odd import asked
from fast.shop.views import Flat
from fast.shop.ways import fast
from rowpath.fast import private
from rowpath.fast.private import missing
from rowpath.fast.stores import forget

LISTS = ("django", "drf", "psycopg")


def _needed(library: str) -> dict[str, tuple[str, ...]]:
    needed: dict[str, tuple[str, ...]] = import_module(f"rowpath.fast.{library}.private").NEEDED
    return needed


def not_there() -> list[str | None]:
    """Return what each library lacks of what is needed of it."""
    return [missing(_needed(library)) for library in LISTS]


def each_moved() -> list[Any]:
    """Take each name away in turn; return their number and where a list is not DRF's.

    Each is told by one warning for all lists of the process.
    """
    theirs, _ = asked(Flat)
    count, wrong = 0, []
    for library in LISTS:
        for path, names in _needed(library).items():
            for name in names:
                count += 1
                with _without(path, name), _warnings() as warnings:
                    seen = [asked(fast(view)) for view in (Flat, _another(), Flat)]
                expected = f"{path} has no {name}."
                told = [how for _, how in seen]
                is_drfs = all(answer == theirs for answer, _ in seen)
                if not is_drfs or told != [expected] * 3 or len(warnings) != 1:
                    wrong.append([path, name, is_drfs, told, warnings])
    forget()
    seen, how = asked(fast(Flat))
    return [count, wrong, seen == theirs, how]


def made_by_a_tool() -> list[str | None]:
    """Return what is missing while a function of a tool's makes Django's querysets, and after."""
    theirs = QuerySet.__init__

    def making(self: Any, *args: Any, **kwargs: Any) -> None:
        theirs(self, *args, **kwargs)

    with mock.patch.object(QuerySet, "__init__", making):
        within = missing(_needed("django"))
    return [within, missing(_needed("django"))]


def without_a_module() -> list[Any]:
    """Return whether lists are DRF's where psycopg has moved a module, how, and what was logged."""
    theirs, _ = asked(Flat)
    gone = {"psycopg._preparing": None}
    delattr(psycopg, "_preparing")
    with mock.patch.dict(sys.modules, gone), _warnings() as warnings:
        seen = [asked(fast(view)) for view in (Flat, Flat)]
    return [all(answer == theirs for answer, _ in seen), [how for _, how in seen], warnings]


def _another() -> type[ListAPIView]:
    return type("Another", (Flat,), {})


@contextmanager
def _without(path: str, name: str) -> Iterator[None]:
    """Have rowpath find no `name`, in a process that has just started as far as it knows.

    It is there all the same: the library itself needs it for its answer.
    """
    there, moved = private.has, resolve_name(path)

    def has(owner: object, asked_for: str) -> bool:
        return (owner, asked_for) != (moved, name) and there(owner, asked_for)

    forget()
    with mock.patch.object(private, "has", has):
        yield


@contextmanager
def _warnings() -> Iterator[list[str]]:
    found: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: found.append(record.getMessage())  # type: ignore[method-assign]
    log = logging.getLogger("rowpath.fast")
    log.addHandler(handler)
    try:
        yield found
    finally:
        log.removeHandler(handler)
