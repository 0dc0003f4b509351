"""The property: for a world, settings and views over it, the fast path answers what DRF does."""

import sys
import time
import traceback
import zoneinfo
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from random import getrandbits
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo

from django.db import connection
from django.test.utils import override_settings
from django.utils import timezone
from hypothesis import given, seed
from hypothesis import strategies as st

from fast.drf.awaiting import awaited, awaited_view
from fast.drf.comparing import Compared, DifferenceError, compared, instances_compared
from fast.drf.hunt import FRAMEWORK
from fast.drf.long_runs import ASKED, IS_LONG, examples
from fast.drf.running import Namespace, run, running, view_of
from fast.drf.tally import Tally
from fast.drf.views import View, views
from fast.drf.worlds import Draw, Part, World, rarely, spread, worlds

ZONES = st.sampled_from(
    ["UTC", "Asia/Kathmandu", "America/New_York", "Europe/Amsterdam", "Africa/Monrovia"]
) | st.sampled_from(sorted(zoneinfo.available_timezones()))
OPTIONS = {
    "COERCE_DECIMAL_TO_STRING": False,
    "COERCE_BIGINT_TO_STRING": True,
    "DATETIME_FORMAT": None,
    "DATE_FORMAT": None,
    "TIME_FORMAT": None,
    "DURATION_FORMAT": "iso-8601",
    "UPLOADED_FILES_USE_URL": False,
}


@dataclass(frozen=True, slots=True)
class Example:
    """A world, the settings that hold in it, and lists of it: each a serializer and its views."""

    world: World
    options: Mapping[str, object]
    settings: dict[str, Any]
    lists: list[tuple[str, list[View]]]

    def told(self) -> set[str]:
        """Return the settings that are not the usual ones."""
        return {*self.options} | ({"USE_TZ = False"} if not self.settings["USE_TZ"] else set())


@st.composite
def cases(draw: Draw, *, postgresql: bool, part: Part) -> Example:
    """Draw an example."""
    world = draw(worlds(postgresql=postgresql, part=part))
    sure = draw(spread(part.of([*OPTIONS])))
    options = {
        name: value for name, value in OPTIONS.items() if draw(rarely(3 if name == sure else 12))
    }
    settings = {
        "REST_FRAMEWORK": FRAMEWORK | options,
        "USE_TZ": not draw(rarely(4)),
        "TIME_ZONE": draw(ZONES) if draw(rarely(3)) else "UTC",
        "MEDIA_URL": draw(st.sampled_from(["/media/", "media/", "https://x.test/ü%/", ""])),
    }
    lists = [views(draw, world, ZONES, part) for _ in range(draw(st.integers(1, 4)))]
    return Example(world, options, settings, lists)


def check(example: Example, tally: Tally) -> None:
    """Compare every list of an example. Raises DifferenceError with the source of the list."""
    with ExitStack() as stack:
        stack.enter_context(override_settings(**example.settings))
        namespace = stack.enter_context(running(example.world))
        for serializer, asked in example.lists:
            try:
                run(f"S = {serializer}", namespace)
            except Exception as error:  # noqa: BLE001 - the combination is none that can be made
                tally.unmade[f"{type(error).__name__}: {error}"[:100]] += 1
                continue
            for view in asked:
                try:
                    _check_view(view, namespace, example, tally)
                    if _is_awaited(view):
                        _check_awaited(view, serializer, namespace, tally)
                except DifferenceError as error:
                    raise DifferenceError(_shown(example, serializer, view, error)) from None


def _shown(example: Example, serializer: str, view: View, error: DifferenceError) -> str:
    world = example.world
    lines = [f"settings: {example.settings}", world.models, world.rows, f"S = {serializer}"]
    return "\n".join([*lines, f"V = {view.source}", f"in the zone {view.zone}", str(error)])


def _check_view(view: View, namespace: Namespace, example: Example, tally: Tally) -> None:
    try:
        made = view_of(view.source, namespace)
    except Exception as error:  # noqa: BLE001 - the combination is none that can be made
        tally.unmade[f"{type(error).__name__}: {error}"[:100]] += 1
        return
    with timezone.override(ZoneInfo(view.zone)):
        tally.made[instances_compared(made)] += 1
        last: Compared | None = None
        for query in view.queries:
            url: str | None = f"/{query}"
            if query in ("next", "previous"):
                url = last.answer.link(query) if last else None
            if url is not None:
                last = compared(made, url, view.accept)
                tally.add(made, view.source, example.told(), last)


def _is_awaited(view: View) -> bool:
    """Whether it is tried as one of adrf's, too: one in five is."""
    return crc32(view.source.encode()) % 5 == 0


def _check_awaited(view: View, serializer: str, namespace: Namespace, tally: Tally) -> None:
    try:
        made = awaited_view(serializer, view.source, namespace)
    except Exception as error:  # noqa: BLE001 - the combination is none that can be made
        tally.unmade[f"{type(error).__name__}: {error}"[:100]] += 1
        return
    with timezone.override(ZoneInfo(view.zone)):
        for query in view.queries:
            if query not in ("next", "previous"):
                tally.awaited[awaited(made, f"/{query}", view.accept)] += 1


# Each attempt to make a difference smaller costs a world; Hypothesis itself would take 300 s.
SHRINKING_S = 45


class _SmallEnough(KeyboardInterrupt):  # nothing else leaves Hypothesis at once
    pass


# Hypothesis repeats what it has tried, so a hunt is several runs, each sure of a part of the kinds.
EXAMPLES_OF_A_PART = 10


def hunt(share: float) -> dict[str, Any]:
    """Compare a share of the examples that are asked for, and return what came of it."""
    tally = Tally()
    parts = max(1, round(ASKED * share / EXAMPLES_OF_A_PART))
    for number in range(parts):
        failure = _failure(Part(number, parts), share / parts, tally)
        if failure is not None:
            return tally.summary() | {"difference": failure}
    return tally.summary()


def _seed_of(part: Part) -> int:
    """Return a number that is this part's on this Python, since CI asks on several."""
    return part.number + 1000 * sys.version_info.minor


def _failure(part: Part, share: float, tally: Tally) -> str | None:
    failures: list[str] = []
    until: list[float] = []

    @seed(getrandbits(64) if IS_LONG else _seed_of(part))
    @examples(share=share)
    @given(cases(postgresql=connection.vendor == "postgresql", part=part))
    def compares(example: Example) -> None:
        if until and time.monotonic() > until[0]:
            raise _SmallEnough
        try:
            check(example, tally)
        except Exception as error:
            is_difference = isinstance(error, DifferenceError)
            failures.append(str(error) if is_difference else traceback.format_exc())
            until.append(time.monotonic() + SHRINKING_S)
            raise

    try:
        compares()
    except (Exception, _SmallEnough):
        if not failures:  # it is Hypothesis' own
            raise
    return min(failures, key=len, default=None)
