"""Record what a command draws in a terminal: `python bench/terminal_cast.py FILE COMMAND ...`.

FILE is an asciicast (version 2), of which `npx svg-term-cli --in FILE --out docs/race.svg --window
--no-cursor` makes the README's moving picture. The last screen stays for a while.
"""

import json
import os
import pty
import shlex
import struct
import subprocess
import sys
import termios
import time
from fcntl import ioctl
from pathlib import Path

COLUMNS, ROWS = 116, 22
MARGIN = 4
"""On the right nothing is drawn: a reader's font may be wider than svg-term thinks."""
STAYS_S = 8.0
STARTS_AFTER_S = 0.7
"""The command stands alone for so long, as if it was just typed."""


def main() -> None:
    """Run the command and write what it draws, and when."""
    file, *command = sys.argv[1:]
    events: list[tuple[float, str]] = [(0.0, f"\x1b[1m$ {_typed(command)}\x1b[0m\r\n")]
    terminal, side = pty.openpty()
    ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS - MARGIN, 0, 0))
    environment = os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    with subprocess.Popen(command, stdin=side, stdout=side, stderr=side, env=environment):
        os.close(side)
        began = time.monotonic()
        while drawn := _drawn(terminal):
            events.append((STARTS_AFTER_S + time.monotonic() - began, drawn.decode()))
    events.append((events[-1][0] + STAYS_S, " "))
    header = {"version": 2, "width": COLUMNS, "height": ROWS}
    lines = [header, *((at_s, "o", text) for at_s, text in events)]
    Path(file).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def _typed(command: list[str]) -> str:
    """Return the command as somebody types it, an option to a line where it is long."""
    program, *arguments = command
    lines = [Path(program).name]
    for word in map(shlex.quote, arguments):
        new = word.startswith("--")
        lines = [*lines, f"    {word}"] if new else [*lines[:-1], f"{lines[-1]} {word}"]
    return " \\\r\n".join(lines)


def _drawn(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # which Linux raises when nobody holds the other end any more
        return b""


if __name__ == "__main__":
    main()
