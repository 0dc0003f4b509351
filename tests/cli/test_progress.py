"""What runs now is told in a live line where one can be drawn, and in plain lines elsewhere."""

import io
import os
import pty
import sys
from pathlib import Path

import pytest
from rich.console import Console

from rowpath.cli.progress import console_for, steps

STEP = "using PostgreSQL 18.6 at [::1]:5432/[/shop]"


def shown_until(controller: int, end: str) -> bytes:
    """Return what a terminal shows, to what it shows last."""
    shown = b""
    while not shown.endswith(end.encode()):
        shown += os.read(controller, 65_536)
    os.close(controller)
    return shown


def test_a_pipe_that_is_told_to_have_colours_gets_plain_lines(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """FORCE_COLOR, as services set it that show a log, asks for no line that moves."""
    console = Console(file=io.StringIO(), force_terminal=True)

    with steps(console) as progress:
        progress.step(STEP)

    assert capsys.readouterr().err == f"0:00 {STEP}\n"
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue() == ""


@pytest.mark.parametrize("term", ["dumb", "xterm"])
def test_a_terminal_that_cannot_draw_gets_plain_lines(
    term: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A live line is for terminals that can draw one; an address in brackets is no mark-up."""
    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("COLUMNS", "120")
    controller, terminal = pty.openpty()
    with os.fdopen(terminal, "w") as stream:
        with steps(console_for(stream)) as progress:
            progress.step(STEP)
        stream.write("end")
        stream.flush()
        shown = shown_until(controller, "end").decode()

    assert (STEP in shown) == (term == "xterm")
    assert capsys.readouterr().err == ("" if term == "xterm" else f"0:00 {STEP}\n")


def test_a_terminal_without_utf_8_gets_a_line_of_ascii(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its spinner and its bar are made of what the encoding has."""
    monkeypatch.setenv("TERM", "xterm")
    controller, terminal = pty.openpty()
    with os.fdopen(terminal, "w", encoding="ascii") as stream:
        with steps(console_for(stream)) as progress:
            progress.step("checking")
        stream.write("end")
        stream.flush()
        shown = shown_until(controller, "end").decode("ascii")

    assert "checking" in shown


def test_no_columns_are_not_believed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """COLUMNS=0 is said where nobody knows the width, and is no reason to print nothing."""
    monkeypatch.setenv("COLUMNS", "0")

    console_for(sys.stdout).print(Path("/run.json"))

    assert capsys.readouterr().out == "/run.json\n"
