"""A slot under load: many users at once, each of whom asks anew when they were answered.

Each user is a thread with a connection of its own, which waits for its server most of the time; how
much of a core all of them need is what the gate `generator` is about.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from math import inf
from threading import Event, Lock
from time import perf_counter

from rowpath.lab.load.plan import Target
from rowpath.lab.measures import Quantity
from rowpath.lab.race.asking import Alarm, Asker, Bounds, FallenError, alarm, asker
from rowpath.lab.race.results import Slot

Span = tuple[float, float]
"""When a request began and when its answer was whole, by the clock of `perf_counter`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Who asks for what in a slot, and for how long that is looked at.

    `warm_up` is given the connection of the first user before anything is timed; `watched` yields
    what goes on around the window that counts.
    """

    users: int
    targets: Sequence[Target]
    bounds: Bounds
    slot_s: float
    warm_up: Callable[[Asker], None]
    watched: Callable[[], AbstractContextManager[dict[Quantity, float]]]


@dataclass(slots=True)
class _Window:
    """The time that counts: all users ask from its beginning to its end.

    It begins when each was answered once, so the server is as busy then as it will be.
    """

    slot_s: float
    left: int
    begins_s: float = inf
    ends_s: float = inf
    failure: FallenError | None = None
    opened: Event = field(default_factory=Event)
    failed: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)

    def answered(self) -> None:
        """Hear that one more user has the first answer."""
        with self.lock:
            self.left -= 1
            if self.left == 0:
                self.begins_s = perf_counter()
                self.ends_s = self.begins_s + self.slot_s
                self.opened.set()

    def fail(self, error: FallenError) -> None:
        """End the slot for all, for the first reason there is."""
        with self.lock:
            self.failure = self.failure or error
        self.end()

    def end(self) -> None:
        """Let nobody ask any more."""
        self.failed.set()
        self.opened.set()

    def goes_on(self) -> bool:
        """Return whether to ask once more."""
        return not self.failed.is_set() and perf_counter() < self.ends_s


def slot(crowd: Crowd) -> Slot:
    """Return a slot of many users; FallenError where one of them gets no good answer.

    It counts as the window's length for each answer in it. An answer whose request lies in the
    window in part counts for that part, so neither slow answers nor a short window bias it. A
    window in which nobody asked, since this process stood still, is none.
    """
    while (counted_slot := _slot(crowd)) is None:
        pass
    return counted_slot


def _slot(crowd: Crowd) -> Slot | None:
    window = _Window(slot_s=crowd.slot_s, left=crowd.users)
    with ExitStack() as stack:
        users = [stack.enter_context(_user(crowd, number)) for number in range(crowd.users)]
        crowd.warm_up(users[0][0])
        # A user who would go on after a slot is cut must not be waited for.
        pool = stack.enter_context(ThreadPoolExecutor(max_workers=crowd.users))
        stack.callback(_send_home, window, [watch for _, watch in users])
        asking = [pool.submit(_ask, user, window) for user, _ in users]
        window.opened.wait()
        with crowd.watched() as around:
            while window.goes_on():
                window.failed.wait(window.ends_s - perf_counter())
        if window.failed.is_set():
            _send_home(window, [watch for _, watch in users])
        spans = [span for each in asking for span in each.result()]
    if window.failure is not None:
        raise window.failure
    return counted(spans, window.begins_s, window.ends_s, around)


@contextmanager
def _user(crowd: Crowd, number: int) -> Iterator[tuple[Asker, Alarm]]:
    """Yield a user's connection; each begins with another of the requests, if there are several."""
    first, *then = crowd.targets
    with (
        alarm(crowd.bounds.timeout_s) as watch,
        asker(first, crowd.bounds, watch, then=then) as asking,
    ):
        asking.turn_to(number)
        yield asking, watch


def _ask(asking: Asker, window: _Window) -> list[Span]:
    spans: list[Span] = []
    try:
        while window.goes_on():
            took_s = asking.ask().took_s
            ended_s = perf_counter()
            if not spans:
                window.answered()
            spans.append((ended_s - took_s, ended_s))
    except FallenError as error:
        window.fail(error)
    except BaseException:
        window.end()
        raise
    return spans


def _send_home(window: _Window, watches: Sequence[Alarm]) -> None:
    window.end()
    for watch in watches:
        watch.ring()


def counted(
    spans: Sequence[Span], begins_s: float, ends_s: float, around: Mapping[Quantity, float]
) -> Slot | None:
    """Return the slot that requests make; None if none of them lies in its window even in part.

    Its samples are the times of those that began in it; of all that reach into it if none did.
    """
    begun = [span for span in spans if begins_s <= span[0] < ends_s]
    seen = begun or [span for span in spans if part_within(span, begins_s, ends_s) > 0]
    answers = sum(part_within(span, begins_s, ends_s) for span in spans)
    if answers == 0:
        return None
    return Slot(
        samples_s=tuple(ended_s - began_s for began_s, ended_s in seen),
        around=around,
        per_answer_s=(ends_s - begins_s) / answers,
    )


def part_within(span: Span, begins_s: float, ends_s: float) -> float:
    """Return which part of a request lies between two moments."""
    began_s, ended_s = span
    return max(0.0, min(ended_s, ends_s) - max(began_s, begins_s)) / (ended_s - began_s)
