"""A program of the user's own that serves: a command in which `{port}` stands for its port."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from rowpath.lab.servers.process import Process, Program

PORT = "{port}"
"""Stands for the port in a command and in a URL."""
LOOK_EVERY_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class NotReady:
    """Why a program does not serve: it `has_ended`, or its time is over.

    `reason` is what came of asking it last, a clause; empty where that was an answer, which
    somebody else gave.
    """

    has_ended: bool
    reason: str


def at_port(text: str, port: int) -> str:
    """Return a command's word, or a URL, with the port in it."""
    return text.replace(PORT, str(port))


def own_program(  # noqa: PLR0913 one parameter a thing that differs
    name: str,
    argv: Sequence[str],
    port: int,
    *,
    log: Path,
    folder: Path,
    stop_timeout_s: float,
    first_to_go: bool = False,
) -> Program:
    """Return the program as it runs in the user's own shell: in a folder and environment of theirs.

    It finds its port in the environment as PORT, too.
    """
    return Program(
        name=name,
        argv=tuple(at_port(word, port) for word in argv),
        env={**os.environ, "PORT": str(port)},
        log=log,
        folder=folder,
        stop_timeout_s=stop_timeout_s,
        first_to_go=first_to_go,
    )


def not_ready(process: Process, asked: Callable[[float], str], *, ends_s: float) -> NotReady | None:
    """Wait until a program answers; return why it does not, None if it does.

    `asked` asks it once, for as many seconds as it is given, and returns why that is no answer,
    empty where it is one. It is asked once at the least, however late it is: `ends_s` is a moment
    of the monotonic clock.
    """
    while True:
        reason = asked(max(ends_s - monotonic(), LOOK_EVERY_S))
        if not process.is_alive():  # whatever answered then is something else
            return NotReady(has_ended=True, reason=reason)
        if not reason:
            return None
        if monotonic() >= ends_s:
            return NotReady(has_ended=False, reason=reason)
        sleep(LOOK_EVERY_S)
