"""What is told of a race, in the terminal, in Markdown and in its file."""

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape

import pytest
from rich.console import Console

from race.made import NOISE, results
from rowpath.cli.race_live import drawn
from rowpath.lab.measures import PRESSURE
from rowpath.lab.race.record import from_json, to_json
from rowpath.lab.race.results import Results
from rowpath.lab.race.session import Race
from rowpath.lab.race.values import CALL, Lane
from rowpath.report.race import html, markdown, notes, terminal


def run_of(raced: Results) -> Race:
    race = Race(raced.plan)
    race.results = raced
    return race


def text_of(raced: Results, *, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(terminal.summary(run_of(raced).run()))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_each_verdict_is_a_sentence_with_its_ratio_interval_and_blocks() -> None:
    """In words, whoever is meant first."""
    told = text_of(results(0.62, 1.4, 1.0, 0.98))

    for sentence in (
        "B is faster than A: it takes 0.62 of A's time (0.62 to 0.62), 6 blocks.",
        "C is slower than A: it takes 1.40 times A's time (1.40 to 1.40), 6 blocks.",
        "D and A: no difference beyond 2%. D takes 1.00 times A's time (1.00 to 1.00), 6 blocks.",
        "E and A: undecided. E takes 0.98 of A's time (0.98 to 0.98), 6 blocks.",
    ):
        assert sentence in told


def test_the_table_has_median_interval_range_and_url() -> None:
    """A line for each entrant."""
    told = text_of(results(0.5))
    [line] = [line for line in told.splitlines() if line.startswith("B  ")]

    assert "5.00 ms (5.00\N{EN DASH}5.00)" in line
    assert line.split()[-1] == "/b"


def test_functions_have_timings_and_no_requests() -> None:
    """A timing is of a batch of calls, and a test stands where a URL would."""
    run = run_of(results(0.5)).run()
    entrants = tuple(replace(each, method=CALL, url="tests/a.py::b") for each in run.entrants)
    of_functions = replace(run, entrants=entrants)

    assert "| requests |" in markdown.render(run)
    told = markdown.render(of_functions)
    assert "|  | median | range | timings | answer | test |" in told
    assert "requests" not in told


def test_what_failed_is_told_first() -> None:
    """Who is out, and why the race is not valid."""
    raced = results(0.5, 2.0, clone=1.2)
    raced.fallen[raced.plan.entrants[2]] = "it answered with status 500"
    first, second, third, *_ = text_of(raced, width=1_000).splitlines()

    assert first == "C is out: it answered with status 500. It has 6 blocks from before that."
    assert second.startswith("Not valid: The baseline, measured twice in each block, came to 1.200")
    assert third == ""
    assert "B and A: not judged, since the race failed its own tests." in text_of(raced)


_CODE = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL)
FORMS: dict[str, Callable[[Results], str]] = {
    "terminal": lambda raced: text_of(raced, width=1_000),
    "Markdown": lambda raced: re.sub(r"\\(.)", r"\1", markdown.render(run_of(raced).run())),
    "HTML": lambda raced: unescape(_CODE.sub("", html.render(run_of(raced).run()))),
}
"""What is told of a race, as its reader sees it."""


def with_pressure(raced: Results, share: float) -> Results:
    for slots in raced.slots.values():
        slots[:] = [replace(slot, around={**slot.around, PRESSURE: share}) for slot in slots]
    return raced


@pytest.mark.parametrize("form", FORMS)
def test_what_could_be_missed_is_told_without_a_word_on_whose_doing_it_is(form: str) -> None:
    """A server that makes up for a delay does that on the quietest machine."""
    told = FORMS[form](results(1.0, slowed=1.0))

    assert "B and A: a difference of 5% could be missed here. B takes 1.00" in told
    assert "The delay did not come through. A server that answers at moments of its own" in told
    assert "noisy" not in told
    assert "too busy" not in told


@pytest.mark.parametrize("form", FORMS)
def test_a_clone_that_differs_is_told_with_all_that_it_may_come_of(form: str) -> None:
    """A server whose cache fills differs from itself, and so does one on a machine that is busy."""
    told = FORMS[form](results(0.5, clone=1.2))

    assert "may come of the machine, whose other work was uneven" in told
    assert "or of what is measured itself: a server whose caches" in told


@pytest.mark.parametrize("form", FORMS)
def test_how_long_processes_waited_is_told_where_times_alone_do_not_explain(form: str) -> None:
    """It is what a reader can tell the machine from the endpoint by, as far as it goes."""
    said = "some process waited for a processor 31% of the time"

    assert said in FORMS[form](with_pressure(results(0.5, clone=1.2), 0.31))
    assert said in FORMS[form](with_pressure(results(1.0, slowed=1.0), 0.31))
    assert said not in FORMS[form](with_pressure(results(1.0), 0.31))


@pytest.mark.parametrize("form", FORMS)
def test_under_load_nothing_says_that_a_delay_was_added(form: str) -> None:
    """The control is computed there, and terminal, page and Markdown tell it as it is."""
    alone, crowd = (FORMS[form](results(1.0, users=users)) for users in (1, 8))

    assert "A change of 5% would be found: with a delay of 5%" in alone
    assert "A change of 5% would stand out" in crowd
    assert "That is computed, no delay was added." in crowd
    for said in ("would be found", "with a delay of 5%", "really waited", "must be found"):
        assert said not in crowd
    assert "computed, no delay" not in alone


def test_others_work_before_a_race_is_a_note_and_no_failure() -> None:
    """It costs no verdict, so the page has no red word for it; a gate that costs one has."""
    busy = page_gates(results(0.5, other_cpu=0.6))
    blind = page_gates(results(1.0, slowed=1.0))

    assert busy["other work"] == ("inconclusive", "noted")
    assert set(busy.values()) == {("inconclusive", "noted"), ("confirmed", "passed")}
    assert blind["control"] == ("refuted", "failed")
    assert "60% of the machine's processors were at work" in text_of(results(0.5, other_cpu=0.6))
    assert "failed" not in text_of(results(0.5, other_cpu=0.6))


def page_gates(raced: Results) -> dict[str, tuple[str, str]]:
    """Return of each gate on the page its colour and its word."""
    row = r'<th scope="row">([a-z ]+)</th>\s*<td><span class="verdict" data-verdict="(.*?)">(.*?)<'
    return {
        name: (looks, word)
        for name, looks, word in re.findall(row, html.render(run_of(raced).run()))
    }


def test_a_profile_that_a_file_was_given_does_nothing_to_a_terminal() -> None:
    """It is a text like any other, and a file can have whatever somebody wrote into it."""
    run = replace(run_of(results(1.0)).run(), profile="\x1b[2Jquick")

    assert "profile [2Jquick, seed" in notes.heading(run)


def test_few_blocks_are_told_as_too_few() -> None:
    """There is no interval, and the median stands alone."""
    told = text_of(results(0.5, scatter=NOISE[:1]))

    assert "B and A: undecided, since an interval takes 6 blocks and there is 1." in told


def test_markdown_has_the_table_and_the_same_sentences() -> None:
    """As GitHub renders it."""
    run = run_of(results(0.62)).run()

    told = markdown.render(run)

    lines = told.splitlines()
    start = lines.index("|  | median | range | requests | answer | URL |")
    assert lines[start + 1] == "| --- | --: | --: | --: | --: | --- |"
    assert lines[start + 2].startswith("| A | 10.0 ms (10.0")
    assert lines[start + 2].endswith("| `/a` |")
    assert lines[0].startswith(r"Race of 2 endpoints of http://127.0.0.1:8000 (GET): 6 blocks")
    assert "- **B is faster than A: it takes 0.62 of A's time (0.62 to 0.62), 6 blocks.**" in lines


def test_nothing_that_others_chose_means_anything_to_markdown() -> None:
    """Names, URLs and what a server said stay text."""
    raced = results(0.62)
    name, url = "a|b](http://x)*<b>", "http://127.0.0.1:1/`|x"
    a, b = raced.plan.entrants
    other = replace(b, name=name, target=replace(b.target, url=url))
    raced.plan = replace(raced.plan, entrants=(a, other))
    raced.slots = {
        replace(lane, entrant=other) if lane.entrant == b else lane: slots
        for lane, slots in raced.slots.items()
    }
    raced.fallen[other] = "it redirected to <script>"

    told = markdown.render(run_of(raced).run())

    assert r"a\|b\](http://x)\*\<b\>" in told
    assert "`http://127.0.0.1:1/%60%7Cx`" in told
    assert r"\<script\>" in told
    assert all(line.count(" | ") == 5 for line in told.splitlines() if line.startswith("| "))


def test_the_file_has_the_names_that_scripts_rely_on_and_is_read_again() -> None:
    """With every sample, and the order of every block."""
    raced = results(0.62, 1.0)
    raced.cut.append((Lane(entrant=raced.plan.baseline), raced.slots[raced.plan.lanes[0]][0]))
    run = run_of(raced).run("It was ended by Ctrl-C.")

    content = json.loads(to_json(run))

    assert from_json(to_json(run)) == run
    assert content["schema_version"] == 1
    assert content.keys() >= {
        *("rowpath", "started_at", "duration_s", "seed", "profile", "stopped", "valid", "gates"),
        *("entrants", "comparisons", "controls", "orders", "again", "environment", "cut"),
    }
    assert content["comparisons"][0].keys() >= {
        *("variant", "baseline", "ratio", "blocks", "quantity", "verdict", "p_holm")
    }
    assert content["comparisons"][0]["ratio"].keys() == {"estimate", "low", "high"}
    assert content["comparisons"][0]["quantity"] == "time"
    assert content["gates"][0].keys() >= {"name", "passed", "value", "bound", "text"}
    assert content["entrants"][0].keys() == {
        *("name", "url", "method", "median_ms", "samples_ms", "bytes", "failed"),
        *("values_ms", "latency_ms", "revision"),
    }
    assert content["entrants"][0]["values_ms"] == []
    assert content["entrants"][0]["median_ms"].keys() == {"median", "low", "high"}
    assert content["entrants"][0]["samples_ms"] == [[10.0, 10.0, 12.0]] * 6
    assert content["environment"].keys() == {"cpu", "cores", "kernel", "python", "load_average"}
    assert content["stopped"] == "It was ended by Ctrl-C."
    assert len(content["orders"]) == 6


def test_a_file_without_users_requests_and_restarts_is_one_of_single_requests() -> None:
    """As it was written before there were any."""
    run = run_of(results(0.62)).run()
    content = json.loads(to_json(run))
    for name in ("users", "requests", "restarted"):
        del content[name]
    for each in (*content["entrants"], *content["controls"]):
        for name in {"values_ms", "latency_ms", "revision"} & each.keys():
            del each[name]

    assert from_json(json.dumps(content).encode()) == run


@pytest.mark.parametrize("precision", [0.0001, 0.4])
def test_a_precision_that_was_not_reached_is_told(precision: float) -> None:
    """With what was."""
    raced = results(0.62)
    raced.plan = replace(raced.plan, precision=precision)
    told = " ".join(notes.sentences(run_of(raced).run()))

    assert ("was not reached: half the width of an interval is still" in told) is (precision < 0.1)


def test_the_live_display_has_a_bar_as_long_as_the_time() -> None:
    """The slowest has the longest, and one that is out says so."""
    raced = results(0.5, 1.0)
    raced.fallen[raced.plan.entrants[2]] = "it answered with status 500"
    console = Console(file=io.StringIO(), width=80)

    console.print(drawn(raced, "#"))

    assert isinstance(console.file, io.StringIO)
    head, a, b, c = console.file.getvalue().splitlines()
    assert head == "block 6 of 6"
    assert a.split() == ["A", "10.0", "ms", "#" * 30]
    assert b.split() == ["B", "5.00", "ms", "#" * 15]
    assert c.split()[:4] == ["C", "10.0", "ms", "(out)"]
