"""Without the compiled half there is no encoder, and one warning that says what to do."""

import subprocess
import sys

PROGRAM = """
import logging, sys
logging.basicConfig(format="%(name)s %(levelname)s %(message)s")
sys.modules[{missing!r}] = None
from rowpath.fast.encoding import encoder
from rowpath.fast.plan import JsonStyle, Plan
plan, style = Plan(members=(), columns=0), JsonStyle(ascii_only=False, compact=True)
print(encoder(plan, style), encoder(plan, style))
"""


def run(missing: str) -> subprocess.CompletedProcess[str]:
    program = PROGRAM.format(missing=missing)
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )


def test_without_the_extension() -> None:
    """Where it was not built, the log says so once and how to build it."""
    result = run("rowpath.fast.encoding._native")

    assert result.stdout.split() == ["None", "None"]
    assert result.stderr.count("rowpath.fast WARNING Cannot use compiled code: ") == 1
    assert "Install a C++ compiler" in result.stderr


def test_without_psycopg() -> None:
    """Where psycopg 3 is missing, the same holds."""
    result = run("psycopg")

    assert result.stdout.split() == ["None", "None"]
    assert result.stderr.count("rowpath.fast WARNING Cannot use compiled code: ") == 1
