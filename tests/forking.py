"""Commands in processes that are forked from one that has imported them: each begins at once.

To start Python and import what a command needs takes longer than most of what tests ask of it. A
process that was forked has arguments, a folder, an environment, standard streams, signals and an
end of its own, as one that was started has. How a command starts, what it imports, and what Python
itself reads of the environment is for tests that start one.

Run as a program, with `module:function` of what prepares itself and returns what each child runs.
"""

import atexit
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock, Timer
from typing import Any

import click

TESTS = Path(__file__).parent
Main = Callable[[], None]


class Forking:
    """A process that has imported a program; each call runs it in a child of that."""

    def __init__(self, prepare: str) -> None:
        self._lock = Lock()
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__)), prepare],
            # Threads of a library do not come along into a child.
            env=os.environ | {"PYTHONPATH": str(TESTS), "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self, *arguments: str, folder: Path, environment: Mapping[str, str], timeout_s: float
    ) -> subprocess.CompletedProcess[str]:
        """Return how the program ended, as `subprocess.run` does; late, it is killed."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        with TemporaryDirectory() as streams, self._lock:
            out, errors = Path(streams) / "out", Path(streams) / "errors"
            for stream in (out, errors):
                stream.touch()  # one that is killed before it opens them has said nothing
            asked = {
                "arguments": arguments,
                "folder": str(folder.absolute()),
                "environment": dict(environment),
                "streams": [os.devnull, str(out), str(errors)],
            }
            print(json.dumps(asked), file=stdin, flush=True)
            pid = int(stdout.readline())
            watchdog = Timer(timeout_s, _kill, (pid,))
            watchdog.start()
            try:
                code = int(stdout.readline())
            finally:
                watchdog.cancel()
            return subprocess.CompletedProcess(
                arguments, code, out.read_text(encoding="utf-8"), errors.read_text(encoding="utf-8")
            )

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, 9)


@cache
def forking(prepare: str) -> Forking:
    """Return the process of `module:function`, which lasts as long as this one."""
    opened = Forking(prepare)
    atexit.register(opened.close)
    return opened


def rowpath(
    *arguments: str, folder: Path, environment: Mapping[str, str], timeout_s: float = 120
) -> subprocess.CompletedProcess[str]:
    """Return how the command `rowpath` ended."""
    command = forking("forking:the_command")
    return command.run(
        "rowpath", *arguments, folder=folder, environment=environment, timeout_s=timeout_s
    )


def the_command() -> Main:
    """Import all commands and the report's charts, and return what runs a command."""
    import rowpath.report.html  # noqa: F401, PLC0415 - of the child alone, as what follows
    from rowpath.cli import main, program  # noqa: PLC0415

    _import_all(program.rowpath)
    return main


def _import_all(group: click.Group) -> None:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            _import_all(command)


def _serve(main: Main) -> None:
    """Answer each line of standard input with a child's pid, and then with its exit code."""
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _become(json.loads(line))
            main()
            return
        print(pid, flush=True)  # noqa: T201
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201


def _become(asked: Mapping[str, Any]) -> None:
    """Take on what a process is started with."""
    os.chdir(asked["folder"])
    sys.path[0] = asked["folder"]
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    tempfile.tempdir = None
    for number, path in enumerate(asked["streams"]):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT
        opened = os.open(path, flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, "w" if number else "r", encoding="utf-8", closefd=False)  # noqa: SIM115
        for number in range(3)
    )
    sys.argv = asked["arguments"]


if __name__ == "__main__":
    module, _, function = sys.argv[1].partition(":")
    _serve(getattr(import_module(module), function)())
