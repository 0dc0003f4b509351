"""All the servers that some cells need, up together."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
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

    They start side by side, since each start waits mostly for imports. With a `trace_folder` they
    carry the instruments. ServerError where one does not start; the others are stopped then.
    """
    kinds = sorted({(cell.variant.app, cell.setup) for cell in cells})
    with ExitStack() as stack:
        with ThreadPoolExecutor(max_workers=max(1, len(kinds))) as pool:
            starts = {
                (app, setup): pool.submit(
                    stack.enter_context,
                    serving(
                        app,
                        AppSettings(dsn=site.dsn, setup=setup, trace_folder=trace_folder),
                        logs=site.logs,
                        workers=site.workers,
                    ),
                )
                for app, setup in kinds
            }
        yield Fleet({kind: start.result() for kind, start in starts.items()})
