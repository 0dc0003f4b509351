"""Asks a server for a cell; what goes wrong is told with the cell and the server's last lines."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from rowpath.errors import ServerError
from rowpath.lab.measuring.client import BrokenOffError, Client, Response, connected
from rowpath.lab.plan import Cell
from rowpath.lab.servers.server import Server

OK = 200


def ask(
    client: Client, cell: Cell, server: Server, headers: Mapping[str, str] | None = None
) -> Response:
    """Return the answer to a cell's request; ServerError where it has not the status 200."""
    response = ask_anyhow(client, cell, server, headers)
    if response.status != OK:
        raise failure(cell, server, f"the server answered {response.status}")
    return response


def ask_anyhow(
    client: Client, cell: Cell, server: Server, headers: Mapping[str, str] | None = None
) -> Response:
    """Return the answer to a cell's request, whatever its status; ServerError where none comes."""
    try:
        return client.ask(cell.method, cell.path, cell.params, headers)
    except BrokenOffError as error:
        raise failure(cell, server, str(error)) from error


@contextmanager
def accompanied(cell: Cell, beside: Server | None) -> Iterator[None]:
    """Have the server `beside` run what the cell runs beside, from the begin of the block.

    The block's end waits for it, and raises its ServerError where it failed.
    """
    if beside is None:
        yield
        return
    with ThreadPoolExecutor(max_workers=1) as pool:
        companion = pool.submit(_ask_beside, cell, beside)
        yield
        companion.result()


def _ask_beside(cell: Cell, beside: Server) -> None:
    with connected(beside.url) as client:
        ask(client, cell.companion(), beside)


def failure(cell: Cell, server: Server, reason: str) -> ServerError:
    """Return the error that tells of a server's failure at a cell."""
    return ServerError(
        f"Cannot measure {cell}: {reason}. The last lines of the server's log may say why; "
        f"mend that, and run again:\n{server.log_tail()}"
    )
