"""Patches of what Django spends a request's time in, so that each phase is timed."""

from collections.abc import Callable
from typing import Any

from django.core.handlers.base import BaseHandler
from django.db.backends.utils import CursorWrapper
from django.db.models.query import QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.template.base import Template
from django.template.response import SimpleTemplateResponse

from rowpath.capture.patching import Patch
from rowpath.explain.phase_clock import PhaseClock

METHODS: dict[type, tuple[str, ...]] = {
    BaseHandler: ("get_response", "_get_response"),
    QuerySet: ("_fetch_all", "_prefetch_related_objects"),
    SQLCompiler: ("as_sql",),
    CursorWrapper: ("__getattr__",),
    Template: ("render",),
    SimpleTemplateResponse: ("render",),
}
FINDING = "where the time goes"
_FETCHES = frozenset({"fetchone", "fetchmany", "fetchall"})


def patches(clock: PhaseClock) -> tuple[Patch, ...]:
    """Return the patches by which a clock is told of Django's phases."""

    def counted(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        return lambda original: in_phase(original, name, clock)

    return (
        Patch(
            BaseHandler,
            {"get_response": counted("middleware"), "_get_response": counted("view")},
        ),
        Patch(
            QuerySet,
            {
                "_fetch_all": counted("instances"),
                "_prefetch_related_objects": counted("joining prefetched rows"),
            },
        ),
        Patch(SQLCompiler, {"as_sql": counted("building SQL")}),
        Patch(CursorWrapper, {"__getattr__": lambda original: _fetching(original, clock)}),
        Patch(Template, {"render": counted("template")}),
        Patch(SimpleTemplateResponse, {"render": counted("rendering")}),
    )


def in_phase(original: Callable[..., Any], name: str, clock: PhaseClock) -> Callable[..., Any]:
    """Return a function that does what another does, in a phase of the clock's."""

    def call(*args: Any, **kwargs: Any) -> Any:
        with clock.phase(name):
            return original(*args, **kwargs)

    return call


def _fetching(original: Callable[..., Any], clock: PhaseClock) -> Callable[..., Any]:
    def get(cursor: Any, name: str) -> Any:
        value = original(cursor, name)
        return in_phase(value, "fetching", clock) if name in _FETCHES else value

    return get
