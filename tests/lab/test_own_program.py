"""A program of the user's own is waited for until it answers, by races and experiments alike."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pytest

from rowpath.errors import ServerError
from rowpath.lab.applications import Command
from rowpath.lab.servers import own
from rowpath.lab.servers.own_program import PORT, NotReady, not_ready, own_program
from rowpath.lab.servers.process import Process, running

STAYS = "import time; time.sleep(600)"
ENDS = "print('this is why')"
SERVES = """
import http.server, sys
class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(sys.argv[2]))
        self.send_header("Content-Length", "0")
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Answers).serve_forever()
"""


@contextmanager
def started(code: str, folder: Path) -> Iterator[Process]:
    program = own_program(
        "a program",
        (sys.executable, "-c", code),
        1,
        log=folder / "log",
        folder=folder,
        stop_timeout_s=0.0,
    )
    with running(program) as process:
        yield process


def test_a_program_that_answers_is_ready(tmp_path: Path) -> None:
    """It is asked on until then, each time with the seconds that are left."""
    answers = iter(["nobody listens", "it is starting", ""])
    lefts: list[float] = []

    def asked(left_s: float) -> str:
        lefts.append(left_s)
        return next(answers)

    with started(STAYS, tmp_path) as process:
        assert not_ready(process, asked, ends_s=monotonic() + 60) is None
    assert len(lefts) == 3
    assert lefts == sorted(lefts, reverse=True)


def test_a_program_that_is_late_is_asked_once_at_the_least(tmp_path: Path) -> None:
    """And the last reason is told."""
    with started(STAYS, tmp_path) as process:
        assert not_ready(process, lambda _: "", ends_s=monotonic() - 1) is None
        late = not_ready(process, lambda _: "it is starting", ends_s=monotonic() - 1)
    assert late == NotReady(has_ended=False, reason="it is starting")


@pytest.mark.parametrize("reason", ["nobody listens", ""])
def test_what_answers_for_a_program_that_has_ended_is_something_else(
    tmp_path: Path, reason: str
) -> None:
    """Whether somebody answers at its port or not."""
    with started(ENDS, tmp_path) as process:
        assert process.exit_code() == 0
        found = not_ready(process, lambda _: reason, ends_s=monotonic() + 60)
    assert found == NotReady(has_ended=True, reason=reason)


def command(folder: Path, code: str, *arguments: str) -> Command:
    program = folder / "program.py"
    program.write_text(code)
    words = " ".join((sys.executable, str(program), PORT, *arguments))
    return Command(name="mine", command=words, url=f"http://127.0.0.1:{PORT}")


@pytest.mark.parametrize(
    ("code", "status", "reason"),
    [
        (ENDS, "", "it ended before it was ready. The last lines .*\nthis is why"),
        (STAYS, "", "it was not ready within 0 s: nothing answers yet. The last lines"),
        (SERVES, "503", "it was not ready within 0 s: .*(nothing answers|with status 503)"),
    ],
)
def test_an_experiments_application_that_is_not_ready_is_told_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, status: str, reason: str
) -> None:
    """With its name, its command and what it wrote."""
    monkeypatch.setattr(own, "READY_WITHIN_S", 30.0 if code == ENDS else 0.3)
    app = command(tmp_path, code, status)

    with (
        pytest.raises(ServerError, match=rf"(?s)Cannot start .* mine \(.*\): {reason}"),
        own.own_serving(app, logs=tmp_path),
    ):
        pytest.fail("it was served")


def test_an_experiments_application_is_served_when_it_answers_below_500(tmp_path: Path) -> None:
    """A path that is not there is an answer, too."""
    app = command(tmp_path, SERVES, "404")

    with own.own_serving(app, logs=tmp_path) as server:
        assert server.process is not None
        assert server.process.is_alive()
