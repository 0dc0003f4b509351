"""Watches one request of a server in development: what it sends, and where its time goes."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

from asgiref.sync import sync_to_async

from rowpath.explain.django import phases, project, statements
from rowpath.explain.django.views import view_class
from rowpath.explain.messages import Observed
from rowpath.explain.recording.patch_sets import Patches
from rowpath.explain.recording.phase_clock import ContextClock
from rowpath.explain.recording.recorder import Recorder
from rowpath.explain.trails import ViewClass
from rowpath.explain.values import Phase


@dataclass(slots=True)
class OneRequest:
    """What was seen of a request; None before its end, and where another one ran meanwhile."""

    observed: Observed | None = None
    phases: tuple[Phase, ...] = ()


class RequestWatch:
    """Watches requests, those of one time each: a second one at the same time would be mixed in."""

    def __init__(self) -> None:
        self._recorder = project.recorder(knows_origins=False)
        self._clock = ContextClock()
        self._patches = _patches(self._recorder, self._clock)
        self._lock = Lock()
        self._running = 0
        self._is_mixed = False

    @contextmanager
    def watching(self) -> Iterator[OneRequest]:
        """Watch the block, and yield what is known of it behind its end."""
        with self._watching() as seen, statements.recorded(self._recorder):
            yield seen

    @asynccontextmanager
    async def watching_async(self) -> AsyncIterator[OneRequest]:
        """Watch the block, whose statements are sent in the thread that Django keeps for them."""
        with self._watching() as seen, ExitStack() as stack:
            await sync_to_async(stack.enter_context)(statements.recorded(self._recorder))
            try:
                yield seen
            finally:
                await sync_to_async(stack.close)()

    @contextmanager
    def _watching(self) -> Iterator[OneRequest]:
        seen = OneRequest()
        with self._lock:
            self._running += 1
            is_alone = self._running == 1
            self._is_mixed = not is_alone
        try:
            if not is_alone:
                yield seen
                return
            with (
                self._patches.recorded(),
                self._patches.timed(),
                self._recorder.watching(None),
                self._clock.counting() as clock,
                clock.phase("middleware"),
            ):
                yield seen
            if not self._is_mixed:
                seen.observed, seen.phases = self._recorder.observed(), clock.phases()
        finally:
            with self._lock:
                self._running -= 1

    def view_of(self, request: Any) -> ViewClass | None:
        """Return the class that says what the request's view lists."""
        match = getattr(request, "resolver_match", None)
        return None if match is None else view_class(match.func, self._recorder.code)


def _patches(recorder: Recorder, clock: ContextClock) -> Patches:
    made = project.patches(recorder, clock)
    project.add_contenttypes(recorder, made)
    project.add_drf(recorder, clock, made)
    if made.is_there(phases.WHEREVER, phases.FINDING):
        made.phases.extend(phases.patches_wherever(clock))
    return made


@cache
def watch() -> RequestWatch:
    """Return the watch of this process; Django is set up before."""
    return RequestWatch()
