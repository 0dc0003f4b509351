"""Asks a server for a cell; what goes wrong is told with the cell and the server's last lines."""

from collections.abc import Mapping

from rowpath.errors import ServerError
from rowpath.lab.client import BrokenOffError, Client, Response
from rowpath.lab.plan import Cell
from rowpath.lab.server import Server

OK = 200


def ask(
    client: Client, cell: Cell, server: Server, headers: Mapping[str, str] | None = None
) -> Response:
    """Return the answer to a cell's request; ServerError where it has not the status 200."""
    try:
        response = client.get(cell.variant.path, cell.params, headers)
    except BrokenOffError as error:
        raise failure(cell, server, str(error)) from error
    if response.status != OK:
        raise failure(cell, server, f"the server answered {response.status}")
    return response


def failure(cell: Cell, server: Server, reason: str) -> ServerError:
    """Return the error that tells of a server's failure at a cell."""
    return ServerError(
        f"Cannot measure {cell}: {reason}. The last lines of the server's log may say why; "
        f"mend that, and run again:\n{server.log_tail()}"
    )
