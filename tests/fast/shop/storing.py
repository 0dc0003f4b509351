"""What is kept in a process: found in the modules as imported, and looked at from outside."""

import pkgutil
from collections import deque
from collections.abc import Iterator, Sized
from importlib import import_module
from threading import local
from types import ModuleType
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.test.utils import override_settings
from rest_framework.generics import ListAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.test import APIRequestFactory

import rowpath.fast
from fast.shop.lists import LISTS
from fast.shop.models import Note
from fast.shop.ways import fast
from rowpath.fast.drf import FastListMixin, outcome_of
from rowpath.fast.drf.admission.views import view_falls_back
from rowpath.fast.drf.compiling import prepared
from rowpath.fast.stores import forget, stores

SETTINGS: tuple[dict[str, Any], ...] = (
    {},
    {"ROWPATH": {"compiled": False}},
    {},
    {"TIME_ZONE": "Asia/Tokyo"},
    {"REST_FRAMEWORK": {**settings.REST_FRAMEWORK, "COERCE_DECIMAL_TO_STRING": False}},
    {},
)

_WRITABLE = (dict, list, set, deque, bytearray, local)


def modules() -> Iterator[ModuleType]:
    """Import and yield all modules of the fast path that this installation can import."""
    for found in pkgutil.walk_packages(rowpath.fast.__path__, "rowpath.fast."):
        yield import_module(found.name)


def found() -> list[str]:
    """Return each global that can be written into and is not declared, as `module.name`."""
    imported = list(modules())
    declared = {id(store) for store in stores()}
    return sorted(
        f"{module.__name__}.{name}"
        for module in imported
        for name, value in vars(module).items()
        if name[:2] != "__" and _is_store(value) and id(value) not in declared
    )


def _is_store(value: Any) -> bool:
    if isinstance(value, (type, ModuleType)):
        return False
    return isinstance(value, _WRITABLE) or hasattr(value, "clear") or hasattr(value, "cache_clear")


def _asked(view: Any) -> tuple[bytes, str | None]:
    response = view.as_view()(APIRequestFactory().get("/")).render()
    outcome = outcome_of(response)
    if outcome is None:
        return response.content, None
    return response.content, outcome.path or str(outcome.reason)


def anew() -> dict[str, Any]:
    """Return how often a list is compiled: at first, again, and once all is forgotten.

    `same` is whether each answer was DRF's, `ways` how each was answered.
    """
    theirs: Any = type("View", (LISTS["whole"][0],), {})
    expected, _ = _asked(theirs)
    ours = fast(theirs)
    counts: list[int] = []
    answers: list[tuple[bytes, str | None]] = []
    for forgets in (True, False, True):
        if forgets:
            forget()
        with patch.object(prepared, "compile_serializer", wraps=prepared.compile_serializer) as spy:
            answers.append(_asked(ours))
        counts.append(spy.call_count)
    return {
        "compiled": counts,
        "same": [content == expected for content, _ in answers],
        "ways": [way for _, way in answers],
    }


def emptied() -> list[int]:
    """Return how many things the containers have after a list, and after all was forgotten."""
    _asked(fast(LISTS["whole"][0]))
    before = _sizes()
    forget()
    return [before, _sizes()]


def _sizes() -> int:
    cached = (one.cache_info().currsize for one in stores() if hasattr(one, "cache_info"))
    return sum(cached) + sum(len(one) for one in stores() if isinstance(one, Sized))


def settings_seen() -> list[tuple[bool, bool, str | None]]:
    """Return how a list is answered as settings change and are back.

    First comes whether it is DRF's, second whether it is what it was with the first settings.
    """
    theirs: Any = type("View", (LISTS["whole"][0],), {})
    ours = fast(theirs)
    first, _ = _asked(theirs)
    seen: list[tuple[bool, bool, str | None]] = []
    for changed in SETTINGS:
        with override_settings(**changed):
            content, way = _asked(ours)
            seen.append((content == _asked(theirs)[0], content == first, way))
    return seen


class _Behind(ListModelMixin):
    """A second mixin, behind which another list() stands than behind the first."""


class _OwnList(ListModelMixin):
    def list(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return super().list(request, *args, **kwargs)


def two_mixins() -> list[list[str | None]]:
    """Return why a view falls back by each of two mixins, asked in both orders."""
    told: list[list[str | None]] = []
    for order in ((FastListMixin, _Behind), (_Behind, FastListMixin)):
        bases = (FastListMixin, _OwnList, _Behind, ListAPIView)
        view: Any = type("Two", bases, {"queryset": Note.objects.all()})()
        answers = {mixin: view_falls_back(view, mixin) for mixin in order}
        reasons = (answers[FastListMixin], answers[_Behind])
        told.append([reason and reason.reason for reason in reasons])
    return told
