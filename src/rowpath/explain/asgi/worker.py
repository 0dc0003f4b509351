"""What runs an application in a process of its own, which forking.py forks."""

import asyncio
import gc
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from multiprocessing.connection import Connection
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapper
from sqlalchemy.util import greenlet_spawn

from rowpath.errors import AnswerError, DatabaseError, UsageError
from rowpath.explain.asgi.application import Application, application
from rowpath.explain.asgi.client import Lifespan, ask
from rowpath.explain.changes.patched_source import changed_source
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
    Route,
    Routes,
    Start,
    Started,
    Watch,
)
from rowpath.explain.recording.frames import OwnCode
from rowpath.explain.recording.patch_sets import Patches
from rowpath.explain.recording.phase_clock import PhaseClock
from rowpath.explain.recording.recorder import Recorder
from rowpath.explain.serving import Received, line_of, serve
from rowpath.explain.sqlalchemy import (
    attribute_reads,
    eager_loads,
    first_rows,
    loads,
    origins,
    phases,
    query_plans,
    read_only,
    statements,
    volume,
)
from rowpath.explain.sqlalchemy.greenlets import waiting_frames
from rowpath.explain.values import Request

_REAL = (
    "mail and tasks that it sends",
    "files that it saves",
    "caches",
    "calls of other services",
    "what it does behind its answer",
)
"""What a request that writes may do, though its databases are rolled back."""
_RECORDED = frozenset({Watch.STATEMENTS, Watch.COLUMNS})
Told = Callable[[], Observed]
"""Tells what was recorded."""


class Worker:
    """An application that runs in this process, and what watches it."""

    def __init__(self) -> None:
        self._recorder = Recorder(code=OwnCode((), frozenset(), waiting_frames))
        self._clock = PhaseClock()
        self._patches = Patches()
        self._runner = asyncio.Runner()
        self._has_lists = self._has_columns = self._has_reads = False
        self._models: list[type] = []
        self._engines: list[Engine] = []
        self._outermost = "application"
        self._application: Application | None = None
        self._lifespan: Lifespan | None = None

    def start(self, order: Start) -> Started:
        """Start the application with the patches on: statements of modules are made by that."""
        self._add_patches()

        def mapped(_: object, model: type) -> None:
            self._models.append(model)

        event.listen(Mapper, "instrument_class", mapped)
        with self._patches.recorded(), changed_source(order.edits), statements.writes() as written:
            self._application = application(order.settings)
            self._lifespan = Lifespan(self._application)
            self._runner.run(self._lifespan.start())
        if not self._models:
            raise UsageError(
                f"Cannot explain {order.settings}: it maps no class with SQLAlchemy's ORM, which "
                "is what is looked at. Leave --app away for a Django project."
            )
        self._add_fastapi()
        # Asked for before they are frozen, which hides them.
        self._engines = [each for each in gc.get_objects() if type(each) is Engine]
        logging.disable()
        gc.freeze()
        return Started(
            versions=_versions(),
            missing=tuple(self._patches.missing),
            unguarded=_unguarded(written),
            real=_REAL,
        )

    def _add_patches(self) -> None:
        made = self._patches
        self._has_lists = made.is_there(origins.METHODS | loads.METHODS, origins.FINDING)
        self._has_columns = made.is_there(loads.COLUMNS, loads.FINDING_OF_COLUMNS)
        self._has_reads = made.is_there(eager_loads.METHODS, eager_loads.FINDING)
        if self._has_lists:
            made.recording.extend(origins.patches(self._recorder))
        if made.is_there(phases.METHODS, phases.FINDING):
            made.phases.extend(phases.patches(self._clock))
        if not made.is_there(read_only.METHODS, "what is written"):
            raise UsageError(
                f"Cannot guard the databases: {made.missing[-1]}. Use a version of SQLAlchemy that "
                "rowpath's documentation names."
            )

    def _add_fastapi(self) -> None:
        if "fastapi" not in sys.modules:
            return
        from rowpath.explain.fastapi import models, routing  # noqa: PLC0415 it may not be installed

        self._recorder.code = OwnCode((), routing.boundaries(), waiting_frames)
        self._recorder.add_readers(models.VALIDATING, models.reader_of(self._recorder))
        if self._patches.is_there(routing.METHODS, routing.FINDING):
            self._patches.phases.extend(routing.patches(self._clock))
            self._outermost = "middleware"

    def routes(self, order: ListRoutes) -> Routes:
        """Return the routes that fit, of an application of Starlette's."""
        routes = _starlette_routes()

        async def found() -> list[Route]:
            known = routes.routed(self._application)
            return await greenlet_spawn(routes.listed, known, order.patterns, self._first_value)

        return Routes(routes=tuple(self._runner.run(found())))

    def _first_value(self, name: str, before: str) -> str:
        return first_rows.first_value(name, before, self._models, self._engines)

    def folded(self, order: FoldPaths) -> Folded:
        """Return the route of each path, of an application of Starlette's."""
        routes = _starlette_routes()
        known = routes.routed(self._application)
        return Folded(routes=tuple(routes.route_of(path, known) for path in order.paths))

    def foreseen(self, order: Foresee) -> Foresight:
        """UsageError: an application has no lists of Django REST framework's."""
        raise UsageError(
            f"Cannot foresee {order.request.path}: only lists of Django REST framework are. Name "
            "no module that foretells them."
        )

    def answer(self, order: Ask) -> Answer:
        """Answer a request as often as it is asked for."""
        if order.request.user is not None:
            raise UsageError(
                f"Cannot log in as {order.request.user!r}: how an ASGI application tells its users "
                "is its own. Send what it asks for, like --header 'Authorization: Bearer TOKEN'."
            )
        durations_s: list[float] = []
        for _ in range(order.times):
            with (
                read_only.undone(may_write=order.may_write) as undone,
                self._watched(order) as (refused, told),
                _logged(order.watch) as told_by_asking,
            ):
                received, asked = self._runner.run(
                    self._asked(order.request, undone, told_by_asking)
                )
                durations_s.append(received.duration_s)
                observed = told() if asked is None else asked
            against = None if refused else undone.objection(received.error)
            if against is not None:
                raise AnswerError(f"Cannot explain {order.request.path}: {against}.")
        if order.may_write and refused:
            raise AnswerError(
                f"Cannot explain {order.request.path}: it writes by a connection in AUTOCOMMIT, "
                "whose writes cannot be undone, so they were refused. Name another path."
            )
        return Answer(
            status=received.status,
            location=received.location,
            content_type=received.content_type,
            body=received.body,
            durations_s=tuple(durations_s),
            error=received.error,
            written=refused[0] if refused else None,
            observed=observed,
            view=None,
        )

    @contextmanager
    def _watched(self, order: Ask) -> Iterator[tuple[list[str], Told]]:
        """Record or time what is to be; yield the writes that are refused, and what tells."""
        if order.watch not in {*_RECORDED, Watch.PHASES}:
            yield [], Observed
            return
        with ExitStack() as stack:
            refused = stack.enter_context(statements.refused_writes())
            if order.watch in _RECORDED:
                yield refused, self._recorded(order, stack)
            else:
                self._clock.clear()
                stack.enter_context(self._patches.timed())
                stack.enter_context(statements.timed(self._clock))
                yield refused, lambda: Observed(phases=self._clock.phases())

    def _recorded(self, order: Ask, stack: ExitStack) -> Told:
        """Record statements, and reads where these are wanted, until the stack is left."""
        recorder = self._recorder
        lists, reads = None, None
        if order.watch is Watch.COLUMNS and self._has_lists and self._has_reads:
            lists = eager_loads.ListLoads()
            reads = stack.enter_context(attribute_reads.recorded(self._models))
        stack.enter_context(self._patches.recorded())
        if self._has_lists:
            columns = self._has_columns
            stack.enter_context(loads.recorded(recorder, has_columns=columns, lists=lists))
        stack.enter_context(statements.recorded(recorder))
        stack.enter_context(recorder.watching(order.limit))

        def told() -> Observed:
            if lists is not None and reads is not None:
                lists.tell(recorder, reads)
            return recorder.observed()

        return told

    async def _asked(
        self, request: Request, undone: read_only.Undone, told: Told | None
    ) -> tuple[Received, Observed | None]:
        """Return the answer, and what is told of it by statements of our own, where any is."""
        if self._application is None or self._lifespan is None:
            raise RuntimeError("The application was not started")

        def answered() -> None:
            self._recorder.is_watching = False

        try:
            with self._clock.phase(self._outermost):
                received = await ask(self._application, request, self._lifespan.state, answered)
            return received, None if told is None else await greenlet_spawn(told)
        finally:
            await greenlet_spawn(undone.roll_back)


def _starlette_routes() -> Any:
    if "starlette" not in sys.modules:
        raise UsageError(
            "Cannot list the routes of the application: it is none of Starlette's or FastAPI's, "
            "whose routes are known. Name paths."
        )
    from rowpath.explain.fastapi import routes  # noqa: PLC0415 it may not be installed

    return routes


@contextmanager
def _logged(watch: Watch) -> Iterator[Told | None]:
    """Yield what asks the databases about the block's statements, None where nobody wants that."""
    if watch is Watch.PLANS:
        with query_plans.logged() as log:
            yield lambda: Observed(sent=log.explained(query_plans.plan_of))
    elif watch is Watch.VOLUME:
        with volume.logged() as sent:
            yield lambda: Observed(volume_kb=volume.volume_kb(sent))
    else:
        yield None


def _unguarded(written: list[str]) -> tuple[str, ...]:
    if not written:
        return ()
    first = " ".join(written[0].split())[:80]
    return (f"the application's start-up writes for real, as it always does ({first})",)


def _versions() -> str:
    python = ".".join(map(str, sys.version_info[:3]))
    return f"SQLAlchemy {version('sqlalchemy')}, Python {python}"


def _failed(error: Exception) -> Failed | None:
    if not isinstance(error, SQLAlchemyError):
        return None
    return Failed(
        error=DatabaseError.__name__,
        message=f"Cannot ask the application: its database says {line_of(error)}. Start it, "
        "migrate it, or correct how the application finds it.",
    )


def run(connection: Connection) -> None:
    """Carry out the orders that come by `connection`, a socket to the command, until it closes."""
    serve(connection, Worker(), _failed)
