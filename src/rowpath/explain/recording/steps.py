"""The calls of the project's code that a call of an ORM's comes from."""

from collections.abc import Callable
from types import CodeType, FrameType

from rowpath.explain.recording.frames import Mark, OwnCode, position
from rowpath.explain.trails import Scope, Span

PassesOn = Callable[[FrameType], bool]
ScopeOf = Callable[[FrameType], Scope]
_OPTIMIZED = 1
"""The flag of a function's code; that of a module's or a class's body has it not."""


def step_of(
    code: OwnCode,
    frame: FrameType | None,
    *,
    passes_on: PassesOn,
    scope_of: ScopeOf,
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


class KnownSteps:
    """Steps of calls, each made once: what is walked again comes to the step that is there.

    So the same expression has the same step, also as an object. What `passes_on` says of a frame
    is taken for all of its file, and what `scope_of` says for all at its point.
    """

    def __init__(self, code: OwnCode, passes_on: PassesOn, scope_of: ScopeOf) -> None:
        self._code = code
        self._passes_on = passes_on
        self._scope_of = scope_of
        self._steps: dict[tuple[int, ...], tuple[Span, ...]] = {}
        self._passing: set[str] = set()
        self._owned: dict[str, bool] = {}
        self._kept: dict[int, CodeType] = {}

    def of(self, frame: FrameType | None) -> tuple[Span, ...]:
        """Return what `step_of` does, by where the frames are, without a look at what they hold."""
        passing, owned = self._passing, self._owned
        key: list[int] = []
        is_direct = True
        each = frame
        while each is not None:
            file = each.f_code.co_filename
            if file in passing:
                each = each.f_back
                continue
            is_own = owned.get(file)
            if is_own is None:
                self._learn(each)
                continue
            if is_own:
                key += (id(each.f_code), each.f_lasti, is_direct)
                if not each.f_code.co_flags & _OPTIMIZED:
                    break
            elif key or self._code.is_boundary(each.f_code):
                break
            else:
                is_direct = False
            each = each.f_back
        known = tuple(key)
        found = self._steps.get(known)
        return self._made(frame, known) if found is None else found

    def _learn(self, frame: FrameType) -> None:
        """Note what the code of a frame's file is to a walk."""
        file = frame.f_code.co_filename
        mark = self._code.marks.get(file) or self._code.marked(file)
        if mark is Mark.LIBRARY and self._passes_on(frame):
            self._passing.add(file)
        else:
            self._owned[file] = mark is Mark.OWN

    def _made(self, frame: FrameType | None, key: tuple[int, ...]) -> tuple[Span, ...]:
        made = step_of(self._code, frame, passes_on=self._passes_on, scope_of=self._scope_of)
        self._steps[key] = made
        # So that no other code can be at the address of one that a key has.
        codes = (each.f_code for each in self._code.walk(frame))
        self._kept |= {id(code): code for code in codes if id(code) in key}
        return made


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
