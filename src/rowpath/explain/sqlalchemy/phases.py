"""Patches of what SQLAlchemy spends a request's time in, so that each phase is timed."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy.engine.cursor import CursorFetchStrategy
from sqlalchemy.engine.result import IteratorResult
from sqlalchemy.sql.elements import ClauseElement

from rowpath.capture.patching import Patch
from rowpath.explain.recording.phase_clock import PhaseClock

METHODS: dict[type, tuple[str, ...]] = {
    ClauseElement: ("_compile_w_cache",),
    IteratorResult: ("_fetchall_impl", "_fetchiter_impl", "_fetchone_impl"),
    CursorFetchStrategy: ("fetchall", "fetchmany", "fetchone"),
}
FINDING = "where the time goes"


def patches(clock: PhaseClock) -> tuple[Patch, ...]:
    """Return the patches by which a clock is told of SQLAlchemy's phases."""

    def counted(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        return lambda original: in_phase(original, name, clock)

    return (
        Patch(ClauseElement, {"_compile_w_cache": counted("building SQL")}),
        Patch(
            IteratorResult,
            {
                "_fetchall_impl": counted("instances"),
                "_fetchone_impl": counted("instances"),
                "_fetchiter_impl": lambda original: _each(original, "instances", clock),
            },
        ),
        Patch(
            CursorFetchStrategy,
            {name: counted("fetching") for name in METHODS[CursorFetchStrategy]},
        ),
    )


def in_phase(original: Callable[..., Any], name: str, clock: PhaseClock) -> Callable[..., Any]:
    """Return a function that does what another does, in a phase of the clock's."""

    def call(*args: Any, **kwargs: Any) -> Any:
        with clock.phase(name):
            return original(*args, **kwargs)

    return call


def _each(original: Callable[..., Any], name: str, clock: PhaseClock) -> Callable[..., Any]:
    def rows(result: Any) -> Iterator[Any]:
        iterator = iter(original(result))
        while True:
            with clock.phase(name):
                try:
                    row = next(iterator)
                except StopIteration:
                    return
            yield row

    return rows
