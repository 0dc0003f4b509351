"""All the servers that some cells need, up together."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rowpath.lab.applications import App, OwnApplication
from rowpath.lab.apps.settings import AppSettings
from rowpath.lab.conditions import Conditions
from rowpath.lab.plan import Cell
from rowpath.lab.servers.own import own_serving
from rowpath.lab.servers.server import Answering, serving


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the servers of a run share: the database, the folder of logs, workers in each.

    `dsn` is empty where there is no database, `redis_url` that of a Redis, where there is one.
    """

    dsn: str = ""
    logs: Path
    workers: int = 1
    redis_url: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """A server's part in a fleet; the one `beside` runs what a cell has running beside it."""

    app: App | OwnApplication
    conditions: Conditions
    beside: bool = False


class Fleet:
    """Finds the servers for a cell."""

    def __init__(self, servers: Mapping[Post, Answering]) -> None:
        self._servers = servers

    def server_for(self, cell: Cell) -> Answering:
        """Return the server of the cell's application under the cell's conditions."""
        return self._servers[Post(cell.variant.application, cell.conditions)]

    def server_beside(self, cell: Cell) -> Answering | None:
        """Return the server for what runs beside the cell; None where nothing does."""
        if cell.beside is None:
            return None
        return self._servers[Post(cell.variant.application, cell.conditions, beside=True)]


@contextmanager
def fleet(
    cells: Iterable[Cell], site: Site, *, trace_folder: Path | None = None
) -> Iterator[Fleet]:
    """Yield the servers that `cells` need, all ready; they are stopped at the end.

    They start and stop side by side, since both are mostly waiting. With a `trace_folder` they
    carry the instruments. ServerError where one does not start; the others are stopped then.
    """
    contexts = {
        post: _served(post, site, trace_folder)
        for post in dict.fromkeys(post for cell in cells for post in _posts(cell))
    }
    with _together(contexts) as servers:
        yield Fleet(servers)


def _served(post: Post, site: Site, trace_folder: Path | None) -> AbstractContextManager[Answering]:
    if not isinstance(post.app, App):
        return own_serving(post.app, logs=site.logs)
    return serving(
        post.app,
        AppSettings(
            dsn=site.dsn,
            conditions=post.conditions,
            trace_folder=trace_folder,
            redis_url=site.redis_url,
        ),
        logs=site.logs,
        workers=site.workers,
        log_suffix="-beside" if post.beside else "",
        stops_within_s=0.0,  # everything that was asked is answered by then
    )


def _posts(cell: Cell) -> Iterator[Post]:
    yield Post(cell.variant.application, cell.conditions)
    if cell.beside is not None:
        yield Post(cell.variant.application, cell.conditions, beside=True)


@contextmanager
def _together(
    contexts: Mapping[Post, AbstractContextManager[Answering]],
) -> Iterator[Mapping[Post, Answering]]:
    """Enter all contexts side by side, and leave them so; where one fails, all are left."""
    stacks = {post: ExitStack() for post in contexts}
    with ThreadPoolExecutor(max_workers=max(1, len(contexts))) as pool:
        entered = {
            post: pool.submit(stacks[post].enter_context, context)
            for post, context in contexts.items()
        }
        try:
            yield {post: future.result() for post, future in entered.items()}
        finally:
            wait(entered.values())
            for left in [pool.submit(stack.close) for stack in stacks.values()]:
                left.result()
