"""A program of the user's own that serves: a command in which `{port}` stands for its port."""

import os
from collections.abc import Sequence
from pathlib import Path

from rowpath.lab.servers.process import Program

PORT = "{port}"
"""Stands for the port in a command and in a URL."""


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
