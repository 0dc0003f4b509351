"""The calls of the project's code that a call of an ORM's comes from."""

from collections.abc import Callable
from types import CodeType, FrameType

from rowpath.explain.recording.frames import OwnCode, position
from rowpath.explain.trails import Scope, Span

_OPTIMIZED = 1
"""The flag of a function's code; that of a module's or a class's body has it not."""


def step_of(
    code: OwnCode,
    frame: FrameType | None,
    *,
    passes_on: Callable[[FrameType], bool],
    scope_of: Callable[[FrameType], Scope],
) -> tuple[Span, ...]:
    """Return the project's calls that a call of the ORM's comes from, the innermost first.

    Each is called by the next, with nothing but the ORM in between, whose frames `passes_on`
    tells; a body's is the last.
    """
    spans: list[Span] = []
    is_direct = True
    for each in code.walk(frame):
        if not code.is_own(each.f_code.co_filename):
            is_passed = passes_on(each)
            if spans and not is_passed:
                break
            is_direct = is_direct and is_passed
            continue
        span = _span(each, scope_of(each), is_direct=is_direct)
        if span is None:
            break
        spans.append(span)
        if span.scope is Scope.BODY:
            break
    return tuple(spans)


def is_body(code: CodeType) -> bool:
    """Return whether code is a module's or a class's body."""
    return not code.co_flags & _OPTIMIZED


def _span(frame: FrameType, scope: Scope, *, is_direct: bool) -> Span | None:
    place = position(frame)
    if place is None:
        return None
    line, end_line, column, end_column = place
    code = frame.f_code
    return Span(
        file=code.co_filename,
        function=code.co_qualname,
        scope=scope,
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column,
        is_direct=is_direct,
    )
