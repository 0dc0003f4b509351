"""The process that runs a project, as the command sees it."""

import tempfile
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import IO, Self

from rowpath import errors
from rowpath.errors import ServerError
from rowpath.explain.asking.forker import Forker, forker_of
from rowpath.explain.changes.edits import Edit
from rowpath.explain.messages import (
    Answer,
    Ask,
    Failed,
    Folded,
    FoldPaths,
    Foresee,
    Foreseen,
    Foresight,
    ListRoutes,
    Order,
    Reply,
    Route,
    Routes,
    Start,
    Started,
)
from rowpath.explain.project_of import ProjectOf
from rowpath.explain.selected import Index

STARTS_WITHIN_S = 120.0
ANSWERS_WITHIN_S = 120.0
LAST_LINES = 5


class ProjectProcess:
    """A project in a process of its own, with changes of its source; a context manager."""

    def __init__(
        self, project: ProjectOf, edits: tuple[Edit, ...] = (), index: Index | None = None
    ) -> None:
        self.framework = project.framework
        self._start = Start(settings=project.settings, edits=edits, index=index)
        self._folder = project.folder
        self._output: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 closed at the exit
        self._connection: Connection | None = None
        self._forker: Forker | None = None
        self._pid: int | None = None
        self.is_over = False
        """Whether it died, or did not answer in time: it cannot be asked any more."""
        self.started = Started(versions="", missing=(), unguarded=())

    def __enter__(self) -> Self:
        """Start the project; an error of rowpath's where it does not start."""
        try:
            self._fork()
            reply = self._told(self._start, STARTS_WITHIN_S)
        except BaseException:
            self.__exit__()
            raise
        if isinstance(reply, Started):
            self.started = reply
        return self

    def _fork(self) -> None:
        self._connection, theirs = Pipe()
        self._forker = forker_of(self.framework.worker, self._folder)
        try:
            self._pid = self._forker.fork(theirs, self._output)
        except (EOFError, ConnectionError) as error:
            raise self._ended(self._forker.output) from error
        finally:
            theirs.close()

    def __exit__(self, *_: object) -> None:
        """End the process; whatever it had open in a database is rolled back."""
        if self._connection is not None:
            self._connection.close()
        if self._forker is not None and self._pid is not None:
            with suppress(EOFError, ConnectionError):  # then it has ended with what forked it
                self._forker.end(self._pid)
        self._output.close()

    def ask(self, order: Ask) -> Answer:
        """Return the answer to a request; an error of rowpath's where there is none."""
        reply = self._told(order, ANSWERS_WITHIN_S)
        if not isinstance(reply, Answer):
            raise TypeError(reply)
        return reply

    def routes(self, order: ListRoutes) -> tuple[Route, ...]:
        """Return the project's routes; an error of rowpath's where they cannot be listed."""
        reply = self._told(order, ANSWERS_WITHIN_S)
        if not isinstance(reply, Routes):
            raise TypeError(reply)
        return reply.routes

    def folded(self, order: FoldPaths) -> tuple[str | None, ...]:
        """Return the route of each path; None where none answers it."""
        reply = self._told(order, ANSWERS_WITHIN_S)
        if not isinstance(reply, Folded):
            raise TypeError(reply)
        return reply.routes

    def foreseen(self, order: Foresee) -> Foreseen | None:
        """Return by which way a list would be answered; None where it is no such list."""
        reply = self._told(order, ANSWERS_WITHIN_S)
        if not isinstance(reply, Foresight):
            raise TypeError(reply)
        return reply.of

    def _told(self, order: Order, within_s: float) -> Reply:
        connection = self._connection
        if connection is None:
            raise RuntimeError("The process was not started")
        try:
            connection.send(order)
            if not connection.poll(within_s):
                self.is_over = True
                raise ServerError(
                    f"Cannot wait for the project: it did not answer within {within_s:.0f} s. "
                    "Name a path whose answer ends."
                )
            reply: Reply = connection.recv()
        except (EOFError, ConnectionError) as error:
            raise self._ended(self._output) from error
        if isinstance(reply, Failed):
            raise getattr(errors, reply.error)(reply.message)
        return reply

    def _ended(self, output: IO[bytes]) -> ServerError:
        self.is_over = True
        return ServerError(
            f"Cannot run the project: its process ended. It said: {_last_words(output)}. "
            f"{self.framework.run_first}"
        )


def _last_words(output: IO[bytes]) -> str:
    output.seek(0)
    lines = output.read().decode(errors="replace").strip().splitlines()
    return " | ".join(line.strip() for line in lines[-LAST_LINES:]) or "nothing"
