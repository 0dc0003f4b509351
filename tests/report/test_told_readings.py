"""How a percentage was read, and with which versions, is told wherever the verdict is."""

import dataclasses
import html
import io

import pytest
from record_parts import claimed as claim
from report_runs import whole_run
from rich.console import Console

from rowpath.lab.record import ClaimRecord, Run, from_json, to_json
from rowpath.report.html import render
from rowpath.report.notes import readings
from rowpath.report.terminal import summary

DIFFERS = ("The talk measured with django 3.2.13; this run has 5.2.19.",)


def read(verdict: str, other: str, *, setup: str = "controlled") -> ClaimRecord:
    """Return a claim of 36% less time, with what is said of it by both readings."""
    made = claim("36% faster", "1.4", "values", 0.64, (0.7, verdict), baseline="all", setup=setup)
    return dataclasses.replace(
        made, read_as="time", other_ratio=1 / 1.36, other_verdict=other, differs=DIFFERS
    )


def run_with(*claims: ClaimRecord) -> Run:
    """Return a run that has these claims alone."""
    run = whole_run()
    first = dataclasses.replace(run.experiments[0], claims=claims)
    return dataclasses.replace(run, experiments=(first,))


def test_a_reading_that_changes_nothing_is_told_once() -> None:
    """Both ratios stand there, so a reader can see what was compared."""
    told = readings([read("confirmed", "confirmed"), read("refuted", "refuted", setup="as-told")])

    assert told == (
        "Its percentage is read as less or more time, \N{MULTIPLICATION SIGN}0.64. Read as more or "
        "less done in a time, \N{MULTIPLICATION SIGN}0.74, no verdict would change."
    )


def test_a_reading_that_changes_a_verdict_says_which() -> None:
    """With the set-up in which it would."""
    told = readings(
        [read("confirmed", "direction only"), read("refuted", "refuted", setup="as-told")]
    )

    assert told.endswith("the verdict would be: controlled direction only.")


def test_a_claim_in_figures_has_nothing_to_read() -> None:
    """Nothing is said of it."""
    assert readings([claim("x", "1", "a", 0.5, (0.5, "confirmed"), baseline="b")]) == ""


@pytest.mark.parametrize("width", [80, 120])
def test_terminal_and_page_tell_readings_and_versions(width: int) -> None:
    """What is told of a verdict is told beside it; the versions once for all."""
    run = run_with(read("confirmed", "direction only"))
    note, versions = readings(run.experiments[0].claims), DIFFERS[0]

    file = io.StringIO()
    Console(file=file, width=width).print(summary(run))
    terminal = " ".join(file.getvalue().split())
    page = html.unescape(render(run))

    assert note in terminal
    assert note in page
    assert f"{versions} That holds for 1 of 1 verdicts." in terminal
    assert f"{versions} That holds for 1 of 1 verdicts." in page


def test_the_file_keeps_both_readings() -> None:
    """What was said by each can be read again."""
    run = run_with(read("confirmed", "direction only"))

    assert from_json(to_json(run)).experiments[0].claims == run.experiments[0].claims
