"""docs/talk.md is made from a run by a script that a reader can run as well."""

import subprocess
import sys
from pathlib import Path

import pytest
from report_runs import whole_run

from rowpath.lab.record import to_json
from rowpath.report import figures

ROOT = Path(__file__).parents[2]


def talk_tables(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "bench" / "talk_tables.py"), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def printed(tmp_path: Path) -> str:
    """Return what is printed for a whole run."""
    path = tmp_path / "run.json"
    path.write_bytes(to_json(whole_run()))
    result = talk_tables(str(path))
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_every_claim_has_its_row_with_verdict_and_interval(printed: str) -> None:
    """In each set-up, below the heading of the claim's section."""
    for record in whole_run().experiments:
        for claim in record.claims:
            if claim.measured is not None:
                ratio = figures.ratio(claim.measured.estimate)
                low, high = (
                    figures.ratio_number(each) for each in (claim.measured.low, claim.measured.high)
                )
                row = f"{ratio} ({low} to {high}) | **{claim.verdict}** |"
                part = printed.partition(f"## {claim.section} ")[2].partition("\n## ")[0]
                assert row in part


def test_tables_have_as_many_cells_in_each_row(printed: str) -> None:
    """Markdown draws them as tables."""
    rows = [line for line in printed.splitlines() if line.startswith("|")]

    assert rows
    assert {line.replace("\\|", "").count("|") for line in rows} == {6}


def test_the_page_has_the_marks_that_the_script_writes_between() -> None:
    """What is around them is written by hand."""
    page = (ROOT / "docs" / "talk.md").read_text()

    assert page.count("<!-- from the run: begin -->") == 1
    assert page.count("<!-- from the run: end -->") == 1


def test_without_a_run_it_says_how_it_is_called() -> None:
    """One line, and a code."""
    result = talk_tables()

    assert result.returncode == 1
    assert result.stderr.startswith("usage: ")
