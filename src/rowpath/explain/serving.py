"""The side of a project's process that carries out what the command asks for."""

from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Protocol

from rowpath.errors import RowpathError, ServerError
from rowpath.explain.messages import (
    Answer,
    Ask,
    Failed,
    Folded,
    FoldPaths,
    Foresee,
    Foresight,
    ListRoutes,
    Order,
    Reply,
    Routes,
    Start,
    Started,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """An answer, with the time until its last byte."""

    status: int
    location: str | None
    content_type: str
    body: bytes
    duration_s: float
    error: str | None


class Worker(Protocol):
    """A project that runs in this process."""

    def start(self, order: Start) -> Started:
        """Start the project."""

    def routes(self, order: ListRoutes) -> Routes:
        """Return the routes that fit."""

    def folded(self, order: FoldPaths) -> Folded:
        """Return the route of each path."""

    def answer(self, order: Ask) -> Answer:
        """Answer a request as often as it is asked for."""

    def foreseen(self, order: Foresee) -> Foresight:
        """Say by which way a list would be answered with a mixin."""


def serve(
    connection: Connection, worker: Worker, failed: Callable[[Exception], Failed | None]
) -> None:
    """Carry out orders until the command goes away.

    `failed` says what an error of the framework's is told as, None where it is like any other.
    """
    while True:
        try:
            order: Order = connection.recv()
        except EOFError:
            return
        connection.send(_reply(worker, order, failed))


def _reply(worker: Worker, order: Order, failed: Callable[[Exception], Failed | None]) -> Reply:
    try:
        return _carried_out(worker, order)
    except RowpathError as error:
        return Failed(error=type(error).__name__, message=str(error))
    except Exception as error:  # noqa: BLE001 whatever the project raises is told
        return failed(error) or Failed(
            error=ServerError.__name__,
            message=f"Cannot ask the project: {line_of(error)}. Correct that first.",
        )


def _carried_out(worker: Worker, order: Order) -> Reply:
    if isinstance(order, Start):
        return worker.start(order)
    if isinstance(order, ListRoutes):
        return worker.routes(order)
    if isinstance(order, Foresee):
        return worker.foreseen(order)
    return worker.folded(order) if isinstance(order, FoldPaths) else worker.answer(order)


def line_of(error: Exception) -> str:
    """Return an error as one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
