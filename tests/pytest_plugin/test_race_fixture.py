"""The fixture `race` in sessions of pytest that a user might run."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_plugin.sessions import only, ran_at_once
from race.endpoints import Endpoints, serving
from rowpath.lab.race.record import from_json

pytest_plugins = ("pytester",)
DOCUMENTATION = (Path(__file__).parents[2] / "docs/pytest.md").read_text(encoding="utf-8")

# Of so short slots, beside other tests, no gate can hold: that each fails is for tests of its own.
SHORT = """
from dataclasses import replace

from rowpath.lab import gates
from rowpath.lab.race import judging, measuring, values

ANY = 1e9
measuring.LOOKS_FOR_S = 0.01
values.PROFILES = tuple(
    replace(each, floor=6, blocks=6, slot_s=0.02) for each in values.PROFILES
)
judging.clone_gate = lambda ratio: gates.clone_gate(ratio, band=ANY)
judging.wider_band = lambda identical: judging.NULL_BAND
judging.steal_gate = lambda share: gates.steal_gate(share, bound={bound})
judging.MOST_GENERATOR = ANY
"""
VALID, NOT_VALID = SHORT.format(bound="ANY"), SHORT.format(bound="-1.0")
FUNCTIONS = """
def long():
    sum(range(20_000))
    return 1

def short():
    sum(range(200))
    return 1
"""


def ran(pytester: pytest.Pytester, test: str, *options: str, conftest: str = VALID) -> str:
    """Return what pytest prints for a file with this test, and with functions to race."""
    pytester.makeconftest(conftest)
    pytester.makepyfile(FUNCTIONS + test)
    return ran_at_once(pytester, *only("xdist"), *options)


def kept(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.json"))


def test_a_faster_function_is_found_told_and_kept(pytester: pytest.Pytester) -> None:
    """In the summary, in a file of its own, and in that of the session."""
    told = ran(
        pytester,
        """
def test_quicker(race):
    result = race(before=long, after=short)
    assert result.valid
    assert result.faster("after")
    assert not result.slower("after")
    assert result.ratio("after").high < 1.0
    assert result.verdict("after") == "faster"
    result.assert_faster("after")
    result.assert_not_slower("after")
""",
        "--race-json",
        "all.json",
    )

    assert "1 passed" in told
    assert "rowpath: races" in told
    assert re.search(r"after is faster than before: it takes 0\.0\d+ of before's time", told)
    [path] = kept(pytester.path / ".rowpath/runs")
    run = from_json(path.read_bytes())
    assert [(each.name, each.method, each.failed) for each in run.entrants] == [
        ("before", "CALL", None),
        ("after", "CALL", None),
    ]
    [entry] = json.loads((pytester.path / "all.json").read_text(encoding="utf-8"))
    assert entry["test"].endswith("::test_quicker")
    assert from_json(json.dumps(entry["race"]).encode()) == run


def test_short_calls_are_timed_by_the_millisecond_and_long_ones_alone(
    pytester: pytest.Pytester,
) -> None:
    """A time is of one call, whatever its number in a batch: not even a clock's step is lost."""
    told = ran(
        pytester,
        """
from time import perf_counter, sleep
from rowpath.lab.race.calling import LEAST_TIMING_S, calls_of

def test_batches(race):
    count, slow = [0], [0]
    def counted():
        count[0] += 1
    def sleeping():
        slow[0] += 1
        sleep(0.002)
    quick_call, slow_call = calls_of({"quick": counted, "slow": sleeping}, None)
    assert quick_call.calls > 64
    assert slow_call.calls == 1
    count[0] = slow[0] = 0
    run = race(slow=sleeping, quick=counted, same=None).run
    samples = {each.name: [s for b in each.samples_ms for s in b] for each in run.entrants}
    assert count[0] > 64 * len(samples["quick"])
    assert min(samples["slow"]) >= 2.0
    assert 0 < min(samples["quick"]) < 0.1
    assert any(sample * 1e6 != round(sample * 1e6) for sample in samples["quick"][:9])
""",
    )

    assert "1 passed" in told


def test_a_slower_function_fails_the_assertion_with_the_sentence(
    pytester: pytest.Pytester,
) -> None:
    """And what is not slower does not."""
    told = ran(
        pytester,
        """
def test_slower(race):
    race(before=short, after=long).assert_not_slower("after")

def test_not_faster(race):
    race(before=short, after=long).assert_faster("after")
""",
    )

    assert "2 failed" in told
    assert re.search(r"Failed: after is slower than before: it takes [\d.,]+ times before's", told)
    assert "Failed: after was not shown to be faster. after is slower than before" in told


def test_a_race_that_is_not_valid_is_a_warning_and_answers_nothing(
    pytester: pytest.Pytester,
) -> None:
    """It neither fails a test for being slower, nor lets one pass for being faster."""
    told = ran(
        pytester,
        """
import pytest
from rowpath.errors import InvalidRunError
from rowpath.pytest_plugin import RaceNotValidWarning

def test_not_valid(race):
    with pytest.warns(RaceNotValidWarning, match="Not valid: The host took"):
        result = race(before=short, after=long)
    assert not result.valid
    assert result.verdict("after") == "not judged"
    result.assert_not_slower("after")
    with pytest.raises(pytest.fail.Exception, match="not judged, since the race failed"):
        result.assert_faster("after")
    for ask in (result.ratio, result.faster, result.slower):
        with pytest.raises(InvalidRunError, match="Cannot judge after: The host took"):
            ask("after")

def test_warns(race):
    race(before=short, after=long)
""",
        conftest=NOT_VALID,
    )

    assert "2 passed, 1 warning" in told
    assert "RaceNotValidWarning: " in told
    assert "Not valid: The host took" in told.partition("rowpath: races")[2]


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ("before=long", "UsageError: Cannot race 1: a race has 2 to 26."),
        ("before=long, after=3", "UsageError: Cannot race after: it is 3, neither a URL nor a"),
        ("before=long, after='http://127.0.0.1:9/'", "Cannot race URLs with functions"),
        ("before=lambda: 1, after=lambda: 2", "the results of after and before are not the same"),
        ("before=lambda: iter('a'), after=lambda: 1", "Cannot compare what before returns"),
        ("before=asynchronous, after=long", "which is still to be awaited. Race a function that"),
        ("before=long, after=lambda: 1 / 0", "ZeroDivisionError: division by zero"),
        ("before=long, after=short, same=lambda a, b: {}[a]", "KeyError(1). Say with same="),
        ("before=long, after=short, profile='talk'", "Choose one of: quick, default, thorough."),
        ("before=long, after=short, ignore_fields=['a']", "Cannot ignore fields"),
        ("a='http://example.com/', b='http://127.0.0.1:9/'", "Cannot race http://example.com/: a"),
        ("a='http://127.0.0.1:9/', b='http://127.0.0.1:9/'", "Connection refused"),
        ("a='localhost:9', b='http://127.0.0.1:9/'", "it is no URL of a web server"),
        ("a='http://127.0.0.1:9/', b='http://127.0.0.1:9/b', same=max", "Cannot compare answers"),
        ("before=changing(40), after=long", "AnswerError: Cannot compare the times: its result"),
    ],
)
def test_what_cannot_be_raced_is_told(pytester: pytest.Pytester, call: str, reason: str) -> None:
    """In one clear sentence, with what to do; an exception of a function's own stays what it is."""
    told = ran(
        pytester,
        f"""
from itertools import count

async def asynchronous():
    return 1

def changing(number):
    calls = count()
    def changed():
        return 1 if next(calls) < number else 2
    return changed

def test_it(race):
    race({call})
""",
        "-W",
        "error",
    )

    assert "1 failed" in told
    assert reason in told


def test_a_race_that_is_ended_midway_keeps_what_was_measured(
    pytester: pytest.Pytester,
) -> None:
    """Whatever ended it is told in the file."""
    told = ran(
        pytester,
        """
from itertools import count
from time import sleep

def test_it(race):
    calls = count()
    def failing():
        sleep(0.002)  # so a timing is of one call, and 30 of them are in the first or second block
        if next(calls) > 30:
            raise LookupError("gone")
    race(before=failing, after=failing)
""",
    )

    assert "LookupError: gone" in told
    [path] = kept(pytester.path / ".rowpath/runs")
    assert from_json(path.read_bytes()).stopped == "It was ended by LookupError."


def test_urls_are_raced_as_the_command_does(pytester: pytest.Pytester) -> None:
    """Their answers compared, fields left out where they are to be."""
    with serving() as served:
        told = ran(pytester, _of_urls(served))

    assert "2 passed" in told


def _of_urls(served: Endpoints) -> str:
    quick, slow, clock = served.at("/quick", "/slow", "/clock")
    return f"""
def test_urls(race):
    result = race(quick={quick!r}, slow={slow!r})
    assert [each.method for each in result.run.entrants] == ["GET", "GET"]
    _, slow = result.run.entrants
    # The server waits as long for each.
    assert min(map(min, slow.samples_ms)) >= 8.0

def test_ignored(race):
    race({{"with a clock": {clock!r}, "and another": {clock!r}}}, ignore_fields=["now"])
"""


def test_an_endpoint_that_falls_out_fails_the_test(pytester: pytest.Pytester) -> None:
    """With its reason, and what was measured is kept."""
    with serving() as served:
        quick, broken = served.at("/quick", "/then/12/500")
        told = ran(pytester, f"def test_it(race):\n    race(a={quick!r}, b={broken!r})\n")

    assert "ServerError: Cannot race all of these to the end: b: it answered with status" in told
    assert len(kept(pytester.path / ".rowpath/runs")) == 1


ONE = "def test_it(race):\n    race(a=short, b=short)\n"


def test_races_are_skipped_where_they_are_to_be(pytester: pytest.Pytester) -> None:
    """With the option as the reason; other tests run."""
    told = ran(pytester, f"{ONE}\ndef test_other():\n    pass\n", "--race-skip", "-rs")

    assert "1 passed, 1 skipped" in told
    assert "--race-skip" in told
    assert "rowpath: races" not in told


def test_a_race_beside_other_tests_is_an_error(pytester: pytest.Pytester) -> None:
    """Workers of pytest-xdist would slow one another."""
    told = ran(pytester, ONE, "-n", "1")

    assert "1 error" in told
    assert "Cannot race beside other tests: this is a worker of pytest-xdist." in told


def test_the_ini_file_chooses_profile_and_folder(pytester: pytest.Pytester) -> None:
    """Relative to itself; the command line has the last word."""
    pytester.makeini("[pytest]\nrace_profile = thorough\nrace_runs_dir = kept/here\n")
    told = ran(pytester, ONE)
    again = ran(pytester, ONE, "--race-profile", "quick", "--race-runs-dir", "there")

    assert "1 passed" in told
    assert "1 passed" in again
    [path], [other] = kept(pytester.path / "kept/here"), kept(pytester.path / "there")
    assert from_json(path.read_bytes()).profile == "thorough"
    assert from_json(other.read_bytes()).profile == "quick"


def test_a_folder_that_cannot_be_written_is_a_warning(pytester: pytest.Pytester) -> None:
    """The race is told all the same."""
    (pytester.path / "file").write_text("")
    told = ran(pytester, ONE, "--race-runs-dir", "file/below")

    assert "1 passed, 1 warning" in told
    assert "RaceNotKeptWarning: Cannot keep the race of" in told
    assert "rowpath: races" in told


@pytest.mark.parametrize(
    ("options", "ini", "reason"),
    [
        (("--race-json", "nowhere/a.json"), "", "/nowhere/a.json: it is a folder, or in none."),
        ((), "race_profile = talk", "Cannot race with race_profile = talk: it is unknown."),
        (("--race-profile", "talk"), "", "argument --race-profile: invalid choice: 'talk'"),
    ],
)
def test_bad_options_are_told_before_any_test(
    pytester: pytest.Pytester, options: tuple[str, ...], ini: str, reason: str
) -> None:
    """On one line, and nothing has run."""
    pytester.makeini(f"[pytest]\n{ini}\n")
    told = ran(pytester, ONE, *options)

    assert reason in told
    assert "Traceback" not in told
    assert "passed" not in told


def test_without_the_plugin_there_is_no_fixture(pytester: pytest.Pytester) -> None:
    """`-p no:rowpath` leaves it out."""
    assert "fixture 'race' not found" in ran(pytester, ONE, "-p", "no:rowpath")


def test_the_plugin_itself_imports_nothing_heavy() -> None:
    """A session that races nothing pays for nothing."""
    program = (
        "import sys, pytest, argparse; old = set(sys.modules); import rowpath.pytest_plugin; "
        "print(sorted(set(sys.modules) - old))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "['rowpath', 'rowpath.pytest_plugin']"


def test_a_session_without_races_loads_nothing_of_the_lab(pytester: pytest.Pytester) -> None:
    """Not even at its end."""
    pytester.makeconftest(
        """
import sys

def test_nothing():
    pass

def pytest_unconfigure():
    print("loaded:", [name for name in sys.modules if name.startswith("rowpath.")])
"""
    )
    pytester.makepyfile(FUNCTIONS)
    told = pytester.runpytest_subprocess(*only("xdist")).stdout.str()

    assert "loaded: ['rowpath.pytest_plugin']" in told


@pytest.mark.parametrize("example", re.findall(r"```python\n(.*?)```", DOCUMENTATION, re.DOTALL))
def test_the_examples_of_the_documentation_run(pytester: pytest.Pytester, example: str) -> None:
    """As they stand there."""
    assert "1 passed" in ran(pytester, example)


def test_every_option_of_the_plugin_is_documented(pytester: pytest.Pytester) -> None:
    """On the command line and in the ini file."""
    helped = pytester.runpytest_subprocess("--help").stdout.str()
    options = set(re.findall(r"--(?:race|rowpath)-[a-z-]+", helped)) | set(
        re.findall(r"\brace_[a-z_]+|\browpath_growth[a-z_]*", helped)
    )

    assert len(options) == 10
    assert all(f"`{option}" in DOCUMENTATION for option in options)
