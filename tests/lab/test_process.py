import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from conftest import hearing_sigint
from rowpath.errors import OutputError, ServerError
from rowpath.lab.servers.process import Program, running

READY = "print('ready', flush=True); "
SLEEP = READY + "import time; time.sleep(600)"
IGNORES_SIGTERM = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEP
WITH_CHILDREN = (
    "import subprocess, sys; "
    "command = [sys.executable, '-c', 'import time; time.sleep(600)']; "
    "print(subprocess.Popen(command).pid, flush=True); "
    "print(subprocess.Popen(command, start_new_session=True).pid, flush=True); "
)
PARENT = """
import sys, time
from pathlib import Path
from rowpath.lab.servers.process import Program, running

code, log, pids = sys.argv[1:]
program = Program(name="child", argv=(sys.executable, "-c", code), env={}, log=Path(log),
                  stop_timeout_s=0.5)
with running(program) as process:
    Path(pids).write_text(str(process.pid) + "\\n")
    time.sleep(600)
"""


def python(code: str, log: Path, *, stop_timeout_s: float = 5.0) -> Program:
    return Program(
        name="child",
        argv=(sys.executable, "-c", code),
        env={"GREETING": "hello"},
        log=log,
        stop_timeout_s=stop_timeout_s,
    )


def wait_until(is_so: Callable[[], bool], timeout_s: float = 20.0) -> bool:
    deadline = time.monotonic() + timeout_s
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def is_gone(process: psutil.Process) -> bool:
    """A zombie is gone: only its new parent, the machine's init, has not looked yet."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def says_ready(log: Path) -> bool:
    return log.exists() and "ready\n" in log.read_text()


def test_program_runs_for_as_long_as_the_block(tmp_path: Path) -> None:
    """The program lives inside the block, under the pid that it is told by, and not after it."""
    log = tmp_path / "child.log"

    with running(python("import os; print(os.getpid()); " + SLEEP, log)) as process:
        was_ready = wait_until(lambda: says_ready(log))
        was_alive = process.is_alive()

    assert was_ready
    assert was_alive
    assert process.log_tail(2) == f"{process.pid}\nready"
    assert not process.is_alive()
    assert not psutil.pid_exists(process.pid)


def test_environment_is_the_one_given(tmp_path: Path) -> None:
    """The program has the environment that it is given, and nothing of ours."""
    log = tmp_path / "child.log"
    code = "import os; print(os.environ.get('GREETING'), os.environ.get('PATH')); " + SLEEP

    with running(python(code, log)) as process:
        wait_until(lambda: says_ready(log))

    assert process.log_tail() == "hello None\nready"


def test_stop_signal_is_the_one_asked_for(tmp_path: Path) -> None:
    """A program is stopped by its own stop signal, and has time to end in order."""
    log = tmp_path / "child.log"
    code = (
        "import signal, sys\n"
        "def stop(*_):\n    print('stopped in order', flush=True)\n    sys.exit()\n"
        "signal.signal(signal.SIGINT, stop)\n" + SLEEP
    )
    program = Program(
        name="child",
        argv=(sys.executable, "-c", code),
        env={},
        log=log,
        stop_signal=signal.SIGINT,
        stop_timeout_s=60.0,
    )

    with running(program) as process:
        wait_until(lambda: says_ready(log))

    assert process.log_tail(1) == "stopped in order"


def test_program_that_ignores_its_stop_signal_is_killed(tmp_path: Path) -> None:
    """A program that ignores SIGTERM is killed when its time is up."""
    log = tmp_path / "child.log"

    with running(python(IGNORES_SIGTERM, log, stop_timeout_s=0.1)) as process:
        wait_until(lambda: says_ready(log))

    assert not psutil.pid_exists(process.pid)


@pytest.mark.parametrize("end", ["sys.exit(3)", SLEEP], ids=["by itself", "stopped"])
def test_grandchildren_end_with_the_program(tmp_path: Path, end: str) -> None:
    """What the program started ends with it, however the program ends; on Linux any session."""
    log = tmp_path / "child.log"

    with running(python(WITH_CHILDREN + READY + end, log)):
        wait_until(lambda: says_ready(log))
        pids = [int(line) for line in log.read_text().splitlines() if line.isdigit()]
    in_group, in_own_session = pids

    assert not psutil.pid_exists(in_group)
    if sys.platform == "linux":
        assert not psutil.pid_exists(in_own_session)
    else:
        os.kill(in_own_session, signal.SIGKILL)


def test_program_that_dies_by_itself_is_seen(tmp_path: Path) -> None:
    """A program that ends by itself is no longer alive, its last words are in the log."""
    log = tmp_path / "child.log"

    with running(python("raise SystemExit('I give up')", log)) as process:
        ended = wait_until(lambda: not process.is_alive())

    assert ended
    assert process.log_tail() == "I give up"


@pytest.mark.parametrize(
    ("end", "code"),
    [("sys.exit(3)", 3), ("pass", 0), ("os.kill(os.getpid(), 9)", -signal.SIGKILL)],
)
def test_the_code_that_a_program_ends_with_is_told(tmp_path: Path, end: str, code: int) -> None:
    """As often as one asks, and a signal that has killed it as a negative number."""
    with running(python(f"import os, sys; {end}", tmp_path / "log")) as process:
        assert process.exit_code() == code
        assert process.exit_code() == code
        assert not process.is_alive()


def test_a_program_runs_in_the_folder_that_it_is_given(tmp_path: Path) -> None:
    """And a program that is named by a path is looked for from there."""
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "own").symlink_to(sys.executable)
    code = "import os; print(os.getcwd())"
    program = replace(
        python(code, tmp_path / "log"), argv=("./own", "-c", code), env={}, folder=inside
    )

    with running(program) as process:
        assert process.exit_code() == 0

    assert (tmp_path / "log").read_text().strip() == str(inside.resolve())


def test_programs_end_side_by_side_where_all_are_told_before_one_is_waited_for(
    tmp_path: Path,
) -> None:
    """A program is gone when it has begun to end, without the end of its block."""
    with running(python(SLEEP, tmp_path / "log")) as process:
        observed = psutil.Process(process.pid)
        process.begin_to_end()
        assert wait_until(lambda: is_gone(observed))
        process.begin_to_end()


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone has a score of who is killed")
def test_a_program_can_be_the_first_to_go_where_memory_runs_out(tmp_path: Path) -> None:
    """It and what it starts; its guard, which has to end it, is not."""
    score = "print(open('/proc/self/oom_score_adj').read(), flush=True)"
    code = f"{SLEEP.partition('import time')[0]}import time; time.sleep(0.5); {score}"

    with running(replace(python(code, tmp_path / "log"), first_to_go=True)) as process:
        guard = psutil.Process(process.pid).parent()
        assert guard is not None
        own = Path(f"/proc/{guard.pid}/oom_score_adj").read_text()
        assert process.exit_code() == 0

    assert (tmp_path / "log").read_text().split() == ["ready", "1000"]
    assert own == Path("/proc/self/oom_score_adj").read_text()


def test_log_keeps_what_was_there_and_the_tail_is_only_ours(tmp_path: Path) -> None:
    """A second start appends to the log, and its tail shows nothing of the first."""
    log = tmp_path / "folder" / "child.log"
    with running(python("print('first')", log)) as process:
        wait_until(lambda: not process.is_alive())

    with running(python("print('second')", log)) as process:
        wait_until(lambda: not process.is_alive())

    assert process.log_tail() == "second"
    assert log.read_text() == "first\nsecond\n"


def test_program_that_cannot_be_found_is_named(tmp_path: Path) -> None:
    """A program that is not there is an error that names it, not a process that dies."""
    program = Program(
        name="gunicorn", argv=("/no/such/gunicorn",), env={}, log=tmp_path / "child.log"
    )

    with (
        pytest.raises(ServerError, match=r"Cannot start gunicorn: .*: /no/such/gunicorn\. Check"),
        running(program),
    ):
        pass


def test_user_that_does_not_exist_is_named(tmp_path: Path) -> None:
    """An OS user that is not there is an error that names the user."""
    log = tmp_path / "child.log"
    program = Program(name="child", argv=("true",), env={}, log=log, user="no-such-user")

    with (
        pytest.raises(ServerError, match="there is no OS user called no-such-user"),
        running(program),
    ):
        pass


def test_log_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A log that cannot be written is an error before anything is started."""
    (tmp_path / "file").write_text("")

    with (
        pytest.raises(OutputError, match="Cannot write the log of child to"),
        running(python(SLEEP, tmp_path / "file" / "child.log")),
    ):
        pass


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize(
    "code", [WITH_CHILDREN + SLEEP, IGNORES_SIGTERM], ids=["obedient", "stubborn"]
)
def test_nothing_outlives_us(tmp_path: Path, number: signal.Signals, code: str) -> None:
    """When we are killed, even by SIGKILL, the guard and all that the program started end."""
    log, pids = tmp_path / "child.log", tmp_path / "pids"
    with hearing_sigint():
        parent = subprocess.Popen(
            [sys.executable, "-c", PARENT, code, log, pids], stderr=subprocess.DEVNULL
        )
    assert wait_until(lambda: pids.exists() and pids.read_text().endswith("\n") and says_ready(log))
    family = psutil.Process(parent.pid).children(recursive=True)

    parent.send_signal(number)
    parent.wait(timeout=60)
    gone = wait_until(lambda: all(map(is_gone, family)))

    assert len(family) >= 2
    assert gone


def test_guard_stops_the_program_when_it_is_asked_to_end(tmp_path: Path) -> None:
    """SIGTERM to the guard itself stops the program as well."""
    log = tmp_path / "child.log"

    with running(python(SLEEP, log)) as process:
        wait_until(lambda: says_ready(log))
        guard = psutil.Process(process.pid).ppid()
        os.kill(guard, signal.SIGTERM)
        ended = wait_until(lambda: not process.is_alive())

    assert ended


def test_a_background_job_can_start_what_hears_sigint() -> None:
    """Where SIGINT is ignored, as in a shell's background job, a program still ends by it."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with hearing_sigint(), subprocess.Popen(["/bin/sleep", "600"]) as program:
            program.send_signal(signal.SIGINT)
            ended = program.wait(timeout=60)
        still = signal.getsignal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)

    assert ended == -signal.SIGINT
    assert still is signal.SIG_IGN
