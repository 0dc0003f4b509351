"""The servers that a race starts itself: up for as long as a block lasts, and then started anew.

All that can be waited for is waited for by the thread that races, without a pool: Ctrl-C then ends
a start at any moment.
"""

import signal
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

from rowpath.errors import ServerError
from rowpath.lab.load.plan import Target
from rowpath.lab.race.asking import Bounds, FallenError, alarm, asker, shown
from rowpath.lab.race.values import Entrant, RacePlan
from rowpath.lab.servers.own_program import LOOK_EVERY_S, at_port, not_ready, own_program
from rowpath.lab.servers.process import Process, Program, running
from rowpath.lab.servers.server import free_port

STOPS_WITHIN_S = 5.0
DIES_WITHIN_S = 1.0
"""A connection is reset a moment before its process is seen to have ended."""
LINES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a server is not up, a clause on "it", and the last lines that it wrote."""

    reason: str
    lines: str

    def __str__(self) -> str:
        """Return it for a message of several lines."""
        wrote = (
            f"The last lines that it wrote:\n{self.lines}" if self.lines else "It wrote nothing."
        )
        return f"{self.reason}. {wrote}"

    @property
    def on_one_line(self) -> str:
        """Return it for a record."""
        return f"{self.reason}{_last(self.lines)}"


@dataclass(slots=True)
class Up:
    """The servers of a block: those that are up, and why others are not."""

    ports: dict[Entrant, int] = field(default_factory=dict)
    processes: dict[Entrant, Process] = field(default_factory=dict)
    failed: dict[Entrant, Failure] = field(default_factory=dict)

    def asked(self, entrant: Entrant) -> tuple[Target, ...]:
        """Return what is timed of an entrant, at the port where its server listens now."""
        return tuple(self._at_port(entrant, target) for target in entrant.asked)

    def ready(self, entrant: Entrant) -> Target:
        """Return what an entrant's server answers when it is ready."""
        return self._at_port(entrant, entrant.target)

    def _at_port(self, entrant: Entrant, target: Target) -> Target:
        if entrant not in self.ports:
            return target
        return replace(target, url=at_port(target.url, self.ports[entrant]))

    def why(self, entrant: Entrant, reason: str) -> str:
        """Return the reason for which an entrant fell out, with how its server ended, if it did."""
        process = self.processes.get(entrant)
        if process is None or not _ends(process):
            return reason
        return f"{reason}; its server ended {_how(process)}{_last(process.log_tail(LINES))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """Starts the servers of a race. `roots` has the working tree of each revision's entrant."""

    plan: RacePlan
    roots: Mapping[Entrant, Path]
    logs: Path

    @contextmanager
    def up(self, entrants: Iterable[Entrant]) -> Iterator[Up]:
        """Start the servers of entrants, wait until each is ready, and end them with the block.

        One that does not become ready is among the `failed`, and the others are up all the same.
        """
        made = Up()
        with ExitStack() as stack:
            try:
                for entrant in entrants:
                    if entrant.launch is not None:
                        self._start(entrant, made, stack)
                self._wait(made)
                yield made
            finally:
                for process in made.processes.values():  # side by side, before one is waited for
                    process.begin_to_end()

    def _start(self, entrant: Entrant, made: Up, stack: ExitStack) -> None:
        made.ports[entrant] = free_port(None)
        try:
            process = stack.enter_context(running(self._program(entrant, made)))
        except ServerError as error:
            made.failed[entrant] = Failure(reason=_clause(error), lines="")
        else:
            made.processes[entrant] = process

    def _wait(self, made: Up) -> None:
        ends_s = monotonic() + self.plan.starts_within_s
        for entrant, process in made.processes.items():
            reason = self._not_ready(entrant, made, process, ends_s)
            if reason is not None:
                made.failed[entrant] = Failure(reason=reason, lines=process.log_tail(LINES))

    def _program(self, entrant: Entrant, made: Up) -> Program:
        launch = entrant.launch
        if launch is None:
            msg = f"{entrant} is started by nobody"
            raise LookupError(msg)
        return own_program(
            "its server",
            launch.argv,
            made.ports[entrant],
            log=self.logs / f"{self.plan.entrants.index(entrant)}.log",
            folder=self.roots.get(entrant, Path("/")) / launch.folder,
            stop_timeout_s=STOPS_WITHIN_S,
            first_to_go=True,
        )

    def _not_ready(self, entrant: Entrant, made: Up, process: Process, ends_s: float) -> str | None:
        """Wait until an entrant answers; return why it does not, None if it does."""

        def asked(left_s: float) -> str:
            return _asked(
                made.ready(entrant), min(left_s, self.plan.timeout_s), self.plan.most_bytes
            )

        found = not_ready(process, asked, ends_s=ends_s)
        if found is None:
            return None
        if found.has_ended:
            return f"it ended {_how(process)}{' before it was ready' if found.reason else ''}"
        return f"it was not ready within {self.plan.starts_within_s:g} s: {found.reason}"


@contextmanager
def servers(plan: RacePlan, roots: Mapping[Entrant, Path]) -> Iterator[Servers]:
    """Yield what starts the servers of a race; their logs are gone with the block."""
    with TemporaryDirectory(prefix="rowpath-race-", ignore_cleanup_errors=True) as logs:
        yield Servers(plan=plan, roots=roots, logs=Path(logs))


def none_ready(failed: Mapping[Entrant, Failure]) -> ServerError:
    """Return what tells of servers that did not start, entrant by entrant."""
    told = "\n".join(f"The server of {entrant.name}: {why}" for entrant, why in failed.items())
    names = " and ".join(entrant.name for entrant in failed)
    return ServerError(
        f"Cannot start {names}: no server of its own is ready. Correct --command, or give it more "
        f"time with --start-timeout.\n{told}"
    )


def ended_with(code: int | None) -> str:
    """Return how a program ended, as in "it ended with exit code 1"."""
    if code is None:
        return "nobody knows how"
    if code >= 0:
        return f"with exit code {code}"
    try:
        return f"by {signal.Signals(-code).name}"
    except ValueError:
        return f"by the signal {-code}"


def _asked(target: Target, timeout_s: float, most_bytes: int) -> str:
    """Ask once, and return why there is no answer, empty if there is one."""
    bounds = Bounds(timeout_s=round(timeout_s, 2), most_bytes=most_bytes)
    with alarm(timeout_s) as watch, asker(target, bounds, watch) as asking:
        try:
            asking.ask()
        except FallenError as error:
            return str(error)
    return ""


def _ends(process: Process) -> bool:
    """Return whether a program has ended, or does so in a moment."""
    deadline = monotonic() + DIES_WITHIN_S
    while process.is_alive():
        if monotonic() > deadline:
            return False
        sleep(LOOK_EVERY_S)
    return True


def _how(process: Process) -> str:
    return ended_with(process.exit_code())


def _last(lines: str) -> str:
    """Return the last line that says something, as an addition to a sentence."""
    said = [line for line in lines.splitlines() if line.strip()]
    return f", and last wrote: {shown(said[-1])}" if said else ""


def _clause(error: ServerError) -> str:
    """Return the reason of a message like `Cannot start its server: REASON. What to do`."""
    return str(error).partition(": ")[2].partition(". ")[0]
