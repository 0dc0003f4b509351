"""Processes that stay from block to block, as a run's do not, for tests that look at other things.

In a run each block has servers of its own, so that a restart's luck is in the figures, and a
process of its own that asks for many users; to start them is most of what a run of short slots
takes. tests/lab/test_runner.py holds that a block's servers are its own.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from rowpath.lab.applications import App
from rowpath.lab.load.engine import Driver
from rowpath.lab.plan import Cell
from rowpath.lab.servers.fleet import Fleet, Site


class Lasting:
    """Begins what a run needs by `begin_fleet` and `begin_driver`, and keeps the last of each."""

    def __init__(
        self,
        begin_fleet: Callable[..., AbstractContextManager[Fleet]],
        begin_driver: Callable[[], AbstractContextManager[Driver]],
    ) -> None:
        self._begin_fleet = begin_fleet
        self._begin_driver = begin_driver
        self._servers: frozenset[object] = frozenset()
        self._fleet: Fleet | None = None
        self._driver: Driver | None = None
        self._ends_of_fleet, self._ends = ExitStack(), ExitStack()

    @contextmanager
    def fleet(
        self, cells: Iterable[Cell], site: Site, *, trace_folder: Path | None = None
    ) -> Iterator[Fleet]:
        """Yield the servers that `cells` need: those that are up, where they are the same.

        Those that carry the instruments are always new, and so are a user's own.
        """
        asked = list(cells)
        is_own = any(not isinstance(each.variant.application, App) for each in asked)
        if trace_folder is not None or is_own:
            with self._begin_fleet(asked, site, trace_folder=trace_folder) as fresh:
                yield fresh
            return
        needed = frozenset(
            (each.variant.application, each.conditions, each.beside is not None) for each in asked
        )
        if self._fleet is None or needed != self._servers:
            self._ends_of_fleet.close()
            self._fleet = self._ends_of_fleet.enter_context(self._begin_fleet(asked, site))
            self._servers = needed
        yield self._fleet

    @contextmanager
    def driver(self) -> Iterator[Driver]:
        """Yield the one process that asks."""
        if self._driver is None:
            self._driver = self._ends.enter_context(self._begin_driver())
        yield self._driver

    def close(self) -> None:
        """End all of them."""
        self._ends_of_fleet.close()
        self._ends.close()
