"""What `rowpath explain` says while it works."""

from io import StringIO

import pytest
from rich.console import Console

from rowpath.cli.explain_live import told


class Terminal(StringIO):
    """A file that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def steps() -> tuple[str, ...]:
    return ("asking /api/books/?a=[b]", "running a change in api.py:57")


def test_a_terminal_shows_each_step(steps: tuple[str, ...]) -> None:
    """Each step is drawn when it begins, as it is written."""
    terminal = Terminal()
    with told(Console(file=terminal, force_terminal=True, width=80, _environ={})) as tell:
        for step in steps:
            tell(step)
            assert step in terminal.getvalue()


def test_a_pipe_gets_nothing(steps: tuple[str, ...]) -> None:
    """What goes into a file, or another program, has no steps."""
    pipe = StringIO()
    with told(Console(file=pipe)) as tell:
        for step in steps:
            tell(step)

    assert not pipe.getvalue()
