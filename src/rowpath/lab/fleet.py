"""All the servers that some cells need, up together."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rowpath.lab.apps.settings import AppSettings
from rowpath.lab.experiment import App, Setup
from rowpath.lab.plan import Cell
from rowpath.lab.server import Server, serving


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the servers of a run share: the database, the folder of logs, workers in each."""

    dsn: str
    logs: Path
    workers: int = 1


class Fleet:
    """Finds the server for a cell."""

    def __init__(self, servers: Mapping[tuple[App, Setup], Server]) -> None:
        self._servers = servers

    def server_for(self, cell: Cell) -> Server:
        """Return the server of the cell's application in the cell's set-up."""
        return self._servers[cell.variant.app, cell.setup]


@contextmanager
def fleet(
    cells: Iterable[Cell], site: Site, *, trace_folder: Path | None = None
) -> Iterator[Fleet]:
    """Yield the servers that `cells` need, all ready; they are stopped at the end.

    They start and stop side by side, since both are mostly waiting. With a `trace_folder` they
    carry the instruments. ServerError where one does not start; the others are stopped then.
    """
    kinds = sorted({(cell.variant.app, cell.setup) for cell in cells})
    contexts = {
        (app, setup): serving(
            app,
            AppSettings(dsn=site.dsn, setup=setup, trace_folder=trace_folder),
            logs=site.logs,
            workers=site.workers,
        )
        for app, setup in kinds
    }
    with _together(contexts) as servers:
        yield Fleet(servers)


@contextmanager
def _together(
    contexts: Mapping[tuple[App, Setup], AbstractContextManager[Server]],
) -> Iterator[Mapping[tuple[App, Setup], Server]]:
    """Enter all contexts side by side, and leave them so; where one fails, all are left."""
    stacks = {kind: ExitStack() for kind in contexts}
    with ThreadPoolExecutor(max_workers=max(1, len(contexts))) as pool:
        entered = {
            kind: pool.submit(stacks[kind].enter_context, context)
            for kind, context in contexts.items()
        }
        try:
            yield {kind: future.result() for kind, future in entered.items()}
        finally:
            wait(entered.values())
            for left in [pool.submit(stack.close) for stack in stacks.values()]:
                left.result()
