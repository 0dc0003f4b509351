"""Libraries that were patched, as caches, tracers and tests patch them, and their versions."""

import functools
import inspect
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from types import FunctionType
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

import django
from django.db.models.query import QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone
from rest_framework.pagination import PageNumberPagination
from rest_framework.test import APIRequestFactory

Told = list[Any]


class _Pages(PageNumberPagination):
    page_size = 4


def _flat() -> tuple[Any, Any]:
    """Return a paginated list as DRF and as rowpath has it, importing rowpath only now."""
    from fast.shop.views import Flat
    from fast.shop.ways import fast

    view = type("View", (Flat,), {"pagination_class": _Pages})
    return view, fast(view)


def _asked(view: Any) -> tuple[Any, str | None]:
    from fast.shop.asking import told
    from rowpath.fast.drf import outcome_of

    response = view.as_view()(APIRequestFactory().get("/?page=2")).render()
    outcome = outcome_of(response)
    return told(response), None if outcome is None else outcome.path or str(outcome.reason)


@contextmanager
def _wrapped(owner: Any, name: str, calls: list[str]) -> Iterator[None]:
    """Have `owner` note the calls of `name`, by a function that says it is the one it calls."""
    shipped = inspect.getattr_static(owner, name)
    function = getattr(shipped, "__func__", shipped)
    if isinstance(shipped, property):
        function = shipped.fget

    @functools.wraps(function)
    def noted(*args: Any, **kwargs: Any) -> Any:
        calls.append(name)
        return function(*args, **kwargs)

    kind: Callable[[Any], Any] = type(shipped) if function is not shipped else lambda made: made
    with mock.patch.object(owner, name, kind(noted)):
        yield


def _is_function(owner: Any, name: str) -> bool:
    shipped = inspect.getattr_static(owner, name, None)
    return isinstance(shipped, (FunctionType, classmethod, property))


def before_the_first_list() -> Told:
    """Return whether a list is DRF's in a process whose QuerySet was patched, and the reason."""
    calls: list[str] = []
    with _wrapped(QuerySet, "_fetch_all", calls):
        theirs, ours = _flat()
        answers = _asked(theirs)[0], *_asked(ours)
    return [answers[0] == answers[1], answers[2], len(calls) > 0, _asked(ours)[1]]


def in_another_zone() -> Told:
    """Return whether a list is DRF's while its zone is another function's, and whether it is new.

    And how it is answered.
    """
    from rest_framework.generics import ListAPIView

    from fast.shop.many.serializers import of
    from fast.shop.models import Product
    from fast.shop.ways import fast

    rows = Product.objects.exclude(created=None).order_by("pk")
    members = {"queryset": rows, "serializer_class": of(Product, "pk", "created")}
    theirs = type("View", (ListAPIView,), {**members, "pagination_class": _Pages})
    ours = fast(theirs)
    before, _ = _asked(ours)
    zone = ZoneInfo("Asia/Kolkata")
    with mock.patch.object(timezone, "get_current_timezone", return_value=zone):
        expected, (answer, how) = _asked(theirs)[0], _asked(ours)
    return [answer == expected, answer != before, how]


def while_statements_are_recorded() -> Told:
    """Return how many statements a tool in the compiler sees of a list of each kind."""
    seen = []
    for view in _flat():
        calls: list[str] = []
        with _wrapped(SQLCompiler, "execute_sql", calls):
            _asked(view)
        seen.append(len(calls))
    return seen


def each_ground(*, has_tags: bool) -> Told:
    """Patch each function that is relied on; return their number and where a list is not DRF's.

    Without tags, as where nothing was compiled, each is compared in each request.
    """
    from rowpath.fast import shipped

    with nullcontext() if has_tags else mock.patch.object(shipped, "compiled", None):
        return _each_ground()


def _each_ground() -> Told:
    theirs, ours = _flat()
    expected, _ = _asked(theirs)
    _asked(ours)
    from rowpath.fast.shipped import relied

    wrong: list[Any] = []
    grounds = [(owner, name) for owner, name in relied.names() if _is_function(owner, name)]
    for owner, name in grounds:
        with _wrapped(owner, name, []):
            got, how = _asked(ours)
        after, then = _asked(ours)
        if (got, after, then) != (expected, expected, "compiled") or how == "compiled":
            wrong.append([owner.__name__, name, how, then])
    return [len(grounds), wrong]


def of_a_version_that_was_not_proved() -> Told:
    """Return whether lists are DRF's under a later Django, the reason, and what was logged."""
    records: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: records.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("rowpath.fast").addHandler(handler)
    with mock.patch.object(django, "get_version", return_value="7.0.1"):
        theirs, ours = _flat()
        answers = [_asked(ours) for _ in range(3)]
        same = all(answer == _asked(theirs)[0] for answer, _ in answers)
    return [same, answers[-1][1], records]
