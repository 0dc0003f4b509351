"""The guard of one program: ends it when whoever asked for it is gone, whatever ended them.

Run by `process.running` as `python -I -S guard.py`, in a session of its own, with the standard
library alone. Its standard input is a pipe whose other end only rowpath holds: the first line is
the order as JSON, and the end of the file is the word to stop, be it that rowpath closed the pipe
or died of SIGKILL. Its standard output takes the program's pid, or why it has none, and a line more
where the program ends by itself: its exit code. Its standard error is the program's log.
"""

import ctypes
import json
import os
import pwd
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypedDict

PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
SWEEP_TIMEOUT_S = 5.0
SWEEP_PAUSE_S = 0.01
FIRST_TO_GO = "1000"
"""Of all scores the one that Linux kills first where memory runs out: proc(5)."""


class Order(TypedDict):
    """What to run, and how to end it."""

    argv: list[str]
    env: dict[str, str]
    folder: str
    first_to_go: bool
    user: str | None
    stop_signal: int
    stop_timeout_s: float


def main() -> None:
    """Start what standard input orders, report, and stay until the program has ended."""
    line = sys.stdin.buffer.readline()
    if not line.endswith(b"\n"):
        return  # rowpath died before it had said what to run
    order: Order = json.loads(line)
    signals = _signal_pipe()
    _adopt_orphans()
    try:
        program = _start(order)
    except (OSError, KeyError, subprocess.SubprocessError) as error:
        _report({"error": _reason(error, order)})
        return
    _report({"pid": program})
    code = _ended(program, (sys.stdin.fileno(), signals), timeout_s=None)
    if code is None:
        os.kill(program, order["stop_signal"])
        _ended(program, (signals,), timeout_s=order["stop_timeout_s"])
    else:
        _report({"exit_code": code})
    _sweep(program)


def _start(order: Order) -> int:
    """Start the program in a process group of its own, and return its pid."""
    user = None if order["user"] is None else pwd.getpwnam(order["user"])
    program = subprocess.Popen(
        order["argv"],
        env=order["env"],
        cwd=order["folder"],
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr.fileno(),
        process_group=0,
        user=user and user.pw_uid,
        group=user and user.pw_gid,
        extra_groups=user and os.getgrouplist(user.pw_name, user.pw_gid),
    )
    program.returncode = 0  # reaped by _reap, never by Popen
    if order["first_to_go"]:
        with suppress(OSError):  # not Linux, or it has ended
            Path(f"/proc/{program.pid}/oom_score_adj").write_text(FIRST_TO_GO, encoding="ascii")
    return program.pid


def _report(line: dict[str, int | str]) -> None:
    """Tell rowpath; when it is gone by now, the end of standard input says so just as well."""
    with suppress(BrokenPipeError):
        # Past Python's buffer, which is flushed once more at the end: the program's log would tell
        # of the pipe that is closed by then.
        os.write(sys.stdout.fileno(), f"{json.dumps(line)}\n".encode())


def _reason(error: Exception, order: Order) -> str:
    if isinstance(error, KeyError):
        return f"there is no OS user called {order['user']}"
    if isinstance(error, OSError):
        return f"{error.strerror}: {error.filename or order['argv'][0]}"
    return str(error)


def _signal_pipe() -> int:
    """Return a file that turns readable at the end of a child and when the guard must stop."""
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    os.set_blocking(write_end, False)
    signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, *STOP_SIGNALS):
        # A handler that does nothing, since an ignored signal would stay ignored in the program.
        signal.signal(number, lambda *_: None)
    return read_end


def _adopt_orphans() -> None:
    """Become, on Linux, the parent of every descendant that loses its own, to see them all."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _ended(program: int, files: tuple[int, ...], *, timeout_s: float | None) -> int | None:
    """Wait, and return the code that the program ended with; None if it is to be stopped first.

    So it is when time is up. The last of `files` is the signal pipe; one before it is the lifeline.
    """
    deadline = None if timeout_s is None else time.monotonic() + timeout_s
    while True:
        left_s = None if deadline is None else max(0.0, deadline - time.monotonic())
        ready, _, _ = select.select(files, [], [], left_s)
        received = os.read(files[-1], 4096) if files[-1] in ready else b""
        code = _reap().get(program)
        if code is not None:
            return code
        to_stop = len(files) > 1 and (files[0] in ready or _asks_to_stop(received))
        if to_stop or (deadline is not None and time.monotonic() >= deadline):
            return None


def _asks_to_stop(received: bytes) -> bool:
    return any(number in received for number in STOP_SIGNALS)


def _reap() -> dict[int, int]:
    """Return the children that have ended since the last call, with the code of each.

    A signal that has killed one is told as a negative number.
    """
    ended = {}
    with suppress(ChildProcessError):
        while (waited := os.waitpid(-1, os.WNOHANG))[0] != 0:
            ended[waited[0]] = os.waitstatus_to_exitcode(waited[1])
    return ended


def _sweep(program: int) -> None:
    """Kill what is left: the program, its group, and descendants that left the group.

    PostgreSQL's processes each make a group of their own, so the group alone is not enough. Off
    Linux a descendant whose parent has ended by itself is not found.
    """
    deadline = time.monotonic() + SWEEP_TIMEOUT_S
    left = _descendants(os.getpid())
    _kill_group(program)
    while left and time.monotonic() < deadline:
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(SWEEP_PAUSE_S)
        _reap()
        left = _descendants(os.getpid())


def _kill_group(group: int) -> None:
    # macOS answers EPERM for a group in which only zombies are left.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _descendants(ancestor: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for pid, parent in _processes():
        children.setdefault(parent, []).append(pid)
    found: list[int] = []
    waiting = [ancestor]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def _processes() -> Iterable[tuple[int, int]]:
    """Return every process of the machine as (pid, pid of its parent)."""
    return _processes_of_linux() if sys.platform == "linux" else _processes_of_ps()


def _processes_of_linux() -> Iterator[tuple[int, int]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):  # it has ended meanwhile
                # proc(5): pid (name) state ppid; the name may hold blanks and brackets.
                stat = (folder / "stat").read_text(errors="replace")
                yield int(folder.name), int(stat.rpartition(")")[2].split()[1])


def _processes_of_ps() -> Iterator[tuple[int, int]]:
    command = ["/bin/ps", "-A", "-o", "pid=,ppid="]
    listing = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    for line in listing.communicate()[0].splitlines():
        pid, parent = map(int, line.split())
        if pid != listing.pid:
            yield pid, parent


if __name__ == "__main__":
    main()
