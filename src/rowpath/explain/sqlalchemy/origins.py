"""Patches of `select()` and `Query`: where statements come from."""

import sys
from collections.abc import Callable
from dataclasses import replace
from types import FrameType
from typing import Any

from sqlalchemy.orm import Query
from sqlalchemy.sql.base import Generative
from sqlalchemy.sql.selectable import Select

from rowpath.capture.patching import Patch
from rowpath.explain.recording.recorder import Recorder
from rowpath.explain.recording.steps import is_body, step_of
from rowpath.explain.trails import Scope, Span, Trail

METHODS: dict[type, tuple[str, ...]] = {
    Select: ("__init__",),
    Generative: ("_generate",),
    Query: ("__init__",),
}
FINDING = "relations that are loaded row by row"
_MARK = "rowpath_steps"
"""The attribute of a statement's that its copies take over, as they do all that it has."""
_PASSES_ON = ("sqlalchemy.", "sqlmodel.", "rowpath.explain.sqlalchemy.")

Steps = tuple[tuple[Span, ...], ...]


def patches(recorder: Recorder) -> tuple[Patch, ...]:
    """Return the patches by which statements carry the calls that made and refined them."""

    def made(original: Callable[..., None]) -> Callable[..., None]:
        def init(statement: Any, *args: Any, **kwargs: Any) -> None:
            original(statement, *args, **kwargs)
            statement.__dict__[_MARK] = (_step(recorder, sys._getframe(1)),)

        return init

    return (
        Patch(Select, {"__init__": made}),
        Patch(Query, {"__init__": made}),
        Patch(Generative, {"_generate": lambda original: _generated(original, recorder)}),
    )


def _generated(original: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    def generate(statement: Any) -> Any:
        copy = original(statement)
        steps: Steps | None = copy.__dict__.get(_MARK)
        if steps is not None:
            step = _step(recorder, sys._getframe(1))
            if step and step[0].is_direct and step != steps[-1]:
                copy.__dict__[_MARK] = (*steps, step)
        return copy

    return generate


def trail_of(statement: Any, model: str, recorder: Recorder) -> Trail:
    """Return the trail of a statement that is executed now, for rows of a mapped class.

    Of the calls that a step came by, those that have returned are left out: a statement that a
    function hands to its caller is to be continued there, one that it executes is not.
    """
    steps: Steps = statement.__dict__.get(_MARK, ((),))
    running = {
        (frame.f_code.co_filename, frame.f_code.co_qualname)
        for frame in recorder.code.walk(sys._getframe(1))
    }
    kept: list[tuple[Span, ...]] = []
    for step in steps:
        number = next(
            (
                number
                for number, span in enumerate(step)
                if (span.file, span.function) in running or span.scope is Scope.BODY
            ),
            0,
        )
        if not kept or step[number:] != kept[-1]:
            kept.append(step[number:])
    return Trail(model=model, steps=tuple(kept))


def _step(recorder: Recorder, frame: FrameType | None) -> tuple[Span, ...]:
    spans = step_of(recorder.code, frame, passes_on=_passes_on, scope_of=_scope)
    return tuple(replace(span, is_direct=spans[0].is_direct) for span in spans)


def _passes_on(frame: FrameType) -> bool:
    # What SQLAlchemy generates itself, as the bodies of generative methods, has no file.
    name = f"{frame.f_globals.get('__name__')}."
    return name.startswith(_PASSES_ON) or frame.f_code.co_filename.startswith("<")


def _scope(frame: FrameType) -> Scope:
    # Which of the calls is the one to continue is known only when the statement is executed.
    return Scope.BODY if is_body(frame.f_code) else Scope.VIEW
