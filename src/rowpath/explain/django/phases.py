"""Patches of what Django spends a request's time in, so that each phase is timed."""

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.core.handlers.base import BaseHandler
from django.db.backends.utils import CursorWrapper
from django.db.models.query import QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.template.base import Template
from django.template.response import SimpleTemplateResponse

from rowpath.capture.patching import Patch
from rowpath.explain.recording.phase_clock import Clock

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


def patches(clock: Clock) -> tuple[Patch, ...]:
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


WHEREVER: dict[type, tuple[str, ...]] = {
    BaseHandler: ("make_view_atomic",),
    CursorWrapper: ("_execute_with_wrappers",),
}


def patches_wherever(clock: Clock) -> tuple[Patch, ...]:
    """Return the patches for requests that are answered in several threads, and asynchronously.

    Elsewhere the connections of the one thread tell of their statements, and a handler is made
    with the patches on, which keeps the methods that it has then.
    """

    def making(original: Callable[..., Any]) -> Callable[..., Any]:
        def make_view_atomic(handler: BaseHandler, view: Any) -> Any:
            made = original(handler, view)
            if iscoroutinefunction(made):
                return _awaited(made, "view", clock)
            return in_phase(made, "view", clock)

        return make_view_atomic

    return (
        Patch(BaseHandler, {"make_view_atomic": making}),
        Patch(
            CursorWrapper,
            {"_execute_with_wrappers": lambda original: in_phase(original, "SQL", clock)},
        ),
    )


def _awaited(original: Callable[..., Any], name: str, clock: Clock) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> Any:
        with clock.phase(name):
            return await original(*args, **kwargs)

    return call


def in_phase(original: Callable[..., Any], name: str, clock: Clock) -> Callable[..., Any]:
    """Return a function that does what another does, in a phase of the clock's."""

    def call(*args: Any, **kwargs: Any) -> Any:
        with clock.phase(name):
            return original(*args, **kwargs)

    return call


def _fetching(original: Callable[..., Any], clock: Clock) -> Callable[..., Any]:
    def get(cursor: Any, name: str) -> Any:
        value = original(cursor, name)
        return in_phase(value, "fetching", clock) if name in _FETCHES else value

    return get
