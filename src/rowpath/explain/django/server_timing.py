"""A middleware for development: where the time of each request goes, in its Server-Timing header.

https://www.w3.org/TR/server-timing/
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from time import perf_counter
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed

from rowpath.explain.django import phases, project
from rowpath.explain.recording.patch_sets import Patches
from rowpath.explain.recording.phase_clock import ContextClock, PhaseClock
from rowpath.explain.values import Phase

HEADER = "Server-Timing"
_NO_TOKEN = re.compile(r"[^a-z0-9]+")


class ServerTiming:
    """Puts the phases of a request into its `Server-Timing` header, which browsers draw.

    It stands first in MIDDLEWARE. Without `settings.DEBUG` Django leaves it out as it starts.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        if not settings.DEBUG:
            raise MiddlewareNotUsed("rowpath's ServerTiming is for development: DEBUG is off")
        self._get_response = get_response
        self._clock, self._patches = _shared()
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: Any) -> Any:
        """Answer a request; what it returns is awaited where Django is asynchronous."""
        if iscoroutinefunction(self):
            return self._answer_async(request, self._get_response)
        with self._timed() as told:
            response = self._get_response(request)
        return told(response)

    async def _answer_async(
        self, request: Any, get_response: Callable[[Any], Awaitable[Any]]
    ) -> Any:
        with self._timed() as told:
            response = await get_response(request)
        return told(response)

    @contextmanager
    def _timed(self) -> Iterator[Callable[[Any], Any]]:
        """Time the block, and yield what tells a response of it afterwards."""
        started = perf_counter()
        clock: PhaseClock

        def told(response: Any) -> Any:
            total = Phase(name="total", duration_s=perf_counter() - started)
            own = header((total, *clock.phases()))
            before = response.headers.get(HEADER)
            response.headers[HEADER] = f"{before}, {own}" if before else own
            return response

        with self._patches.timed(), self._clock.counting() as clock, clock.phase("middleware"):
            yield told


@cache  # handlers overlap, and what two of them patch could not be undone in any order
def _shared() -> tuple[ContextClock, Patches]:
    """Return the clock of this process, and the patches that tell it of phases."""
    clock, recorder = ContextClock(), project.recorder()
    made = project.patches(recorder, clock)
    project.add_drf(recorder, clock, made)
    if made.is_there(phases.WHEREVER, phases.FINDING):
        made.phases.extend(phases.patches_wherever(clock))
    return clock, made


def header(found: Iterable[Phase]) -> str:
    """Return phases as the header has them, with their times in milliseconds."""
    return ", ".join(
        f'{_NO_TOKEN.sub("-", each.name.lower())};desc="{each.name}";'
        f"dur={each.duration_s * 1000:.2f}"
        for each in found
    )
