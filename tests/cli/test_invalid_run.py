"""A run that fails its own tests says so first, wherever it is read, and by its exit code."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from main_job import Finished, command, environment

from conftest import enterable_folder

PROGRAM = Path(__file__).parents[1] / "busy_machine.py"


@pytest.fixture(scope="module")
def finished() -> Iterator[Finished]:
    """A run of one experiment on a machine that is too busy for it."""
    with enterable_folder() as folder:
        asked = command(folder, "fields", "--sizes", "100")
        ended = subprocess.run(
            [sys.executable, str(PROGRAM), *asked[2:]],
            env=environment(folder),
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
        yield Finished(code=ended.returncode, out=ended.stdout, err=ended.stderr, folder=folder)


def test_it_ends_with_a_code_of_its_own_and_everything_is_written(finished: Finished) -> None:
    """The last line says what failed and what to do."""
    assert finished.code == 14, finished.err
    last = finished.err.strip().splitlines()[-1]
    assert last.startswith("Cannot vouch for all of this run: fields, 100 rows: Other processes")
    assert "Measure again" in last
    assert finished.html.exists()


def test_the_file_says_which_gate_failed(finished: Finished) -> None:
    """By names that scripts can rely on."""
    run = json.loads(finished.json.read_text())

    assert run["valid"] is False
    failed = [gate for gate in run["gates"] if not gate["passed"] and gate["invalidates"]]
    assert [gate["name"] for gate in failed] == ["other_work"]
    assert failed[0]["value"] > failed[0]["bound"]


def test_no_claim_is_judged_and_it_is_said_before_the_verdicts(finished: Finished) -> None:
    """In the terminal and on the page."""
    said = "This run is not valid where it failed its own tests"
    claims = [claim for each in finished.run().experiments for claim in each.claims]

    assert claims
    assert {claim.verdict for claim in claims} == {"not judged"}
    assert all("Other processes used" in claim.withheld for claim in claims)
    for text in (finished.out, finished.html.read_text()):
        assert text.index(said) < text.rindex("not judged")
