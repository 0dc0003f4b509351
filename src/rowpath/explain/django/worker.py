"""What runs a project in a process of its own, which forking.py forks."""

import gc
import logging
from collections.abc import Callable
from contextlib import ExitStack
from multiprocessing.connection import Connection

from django.db import DatabaseError as DjangoDatabaseError

from rowpath.errors import AnswerError, DatabaseError
from rowpath.explain.changes.patched_source import changed_source
from rowpath.explain.django import (
    client,
    field_attributes,
    foresight,
    project,
    query_plans,
    routes,
    selects,
    statements,
    trial_index,
    volume,
    writes,
)
from rowpath.explain.django.client import Received, ask, client_for
from rowpath.explain.django.read_only import rolled_back
from rowpath.explain.django.views import view_class
from rowpath.explain.messages import (
    Answer,
    Ask,
    Failed,
    Folded,
    FoldPaths,
    Foresee,
    Foresight,
    ListRoutes,
    Observed,
    Routes,
    Start,
    Started,
    Watch,
)
from rowpath.explain.recording.phase_clock import PhaseClock
from rowpath.explain.serving import line_of, serve

_RECORDED = frozenset({Watch.STATEMENTS, Watch.COLUMNS})


class Worker:
    """A project that runs in this process, and what watches it."""

    def __init__(self) -> None:
        self._recorder = project.recorder()
        self._clock = PhaseClock()
        self._held = ExitStack()
        self._patches = project.patches(self._recorder, self._clock)
        self._can_read_columns = self._patches.is_there(
            field_attributes.METHODS, field_attributes.FINDING
        )

    def start(self, order: Start) -> Started:
        """Start the project with the patches on: querysets of class bodies are made by that."""
        with self._patches.recorded(), changed_source(order.edits):
            project.start(order.settings)
        project.add_contenttypes(self._recorder, self._patches)
        project.add_drf(self._recorder, self._clock, self._patches)
        built = trial_index.built(order.index, self._held) if order.index is not None else None
        logging.disable()
        gc.freeze()
        return Started(
            versions=project.versions(),
            missing=tuple(self._patches.missing),
            unguarded=project.unguarded(),
            real=project.real(),
            built=built,
        )

    def routes(self, order: ListRoutes) -> Routes:
        """Return the routes that fit."""
        request = routes.request_as(client.user_named(order.user))
        return Routes(routes=routes.routes(order.patterns, request))

    def folded(self, order: FoldPaths) -> Folded:
        """Return the route of each path."""
        return Folded(routes=tuple(map(routes.route_of, order.paths)))

    def foreseen(self, order: Foresee) -> Foresight:
        """Return what the module of the order tells of a list."""
        with rolled_back(may_write=False):
            return foresight.foreseen(order, self._recorder.code)

    def answer(self, order: Ask) -> Answer:
        """Answer a request as often as it is asked for."""
        asker = client_for(order.request)
        durations_s: list[float] = []
        written: list[str] = []
        observed = Observed()
        for _ in range(order.times):
            with rolled_back(may_write=order.may_write) as refused, ExitStack() as stack:
                if order.watch is not Watch.NOTHING:
                    written = stack.enter_context(statements.refused_writes())
                told = self._watching(order, stack)
                received = ask(asker, order.request)
                durations_s.append(received.duration_s)
                observed = told()
            against = None if written else refused.objection(received.error)
            if against is not None:
                raise AnswerError(f"Cannot explain {order.request.path}: {against}.")
        return self._told(received, order, tuple(durations_s), written, observed)

    def _watching(self, order: Ask, stack: ExitStack) -> Callable[[], Observed]:
        """Watch for what `order` says until the stack is left; return what tells it before."""
        if order.watch in _RECORDED:
            reads_columns = order.watch is Watch.COLUMNS and self._can_read_columns
            stack.enter_context(self._patches.recorded())
            if reads_columns:
                stack.enter_context(field_attributes.recorded(self._recorder))
                stack.enter_context(self._patches.used())
            watching = self._recorder.watching(order.limit, reads_columns=reads_columns)
            stack.enter_context(watching)
            stack.enter_context(statements.recorded(self._recorder))
            return self._recorder.observed
        if order.watch is Watch.PHASES:
            self._clock.clear()
            stack.enter_context(self._patches.timed())
            stack.enter_context(statements.timed(self._clock))
            return lambda: Observed(phases=self._clock.phases())
        if order.watch is Watch.VOLUME and volume.is_told():
            volumes = stack.enter_context(volume.told())
            return lambda: Observed(volume_kb=sum(volumes))
        if order.watch is Watch.SELECTS:
            stack.enter_context(self._patches.recorded())
            stack.enter_context(self._recorder.watching(order.limit))
            written_by = stack.enter_context(writes.watched(self._recorder.code))
            told = stack.enter_context(selects.watched(self._recorder, order.supposed))
            return lambda: Observed(selects=told(), written=written_by())
        if order.watch is Watch.PLANS:
            log = stack.enter_context(query_plans.logged())
            return lambda: Observed(sent=log.explained(query_plans.plan_of))
        return Observed

    def _told(
        self,
        received: Received,
        order: Ask,
        durations_s: tuple[float, ...],
        written: list[str],
        observed: Observed,
    ) -> Answer:
        asked = routes.name_of(received.view, order.request.method.lower())
        return Answer(
            status=received.status,
            location=received.location,
            content_type=received.content_type,
            body=received.body,
            durations_s=durations_s,
            error=received.error,
            written=written[0] if written else None,
            observed=observed,
            view=view_class(received.view, self._recorder.code),
            asked=asked,
            siblings=routes.siblings(received.view, self._recorder.code) if asked else (),
        )


def _failed(error: Exception) -> Failed | None:
    if not isinstance(error, DjangoDatabaseError):
        return None
    return Failed(
        error=DatabaseError.__name__,
        message=f"Cannot ask the project: its database says {line_of(error)}. Migrate it, or "
        "correct DATABASES.",
    )


def run(connection: Connection) -> None:
    """Carry out the orders that come by `connection`, a socket to the command, until it closes."""
    serve(connection, Worker(), _failed)
