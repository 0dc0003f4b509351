"""A load's files: Locust's CSV, one page without network, and JSON with the fixed names."""

import base64
import csv
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from io import StringIO

import altair as alt
import pytest
from rich.console import Console

from load.made import AT, URL, result, target
from rowpath.lab.load.record import to_json
from rowpath.lab.load.results import LoadResult
from rowpath.report.charts.load import load_charts
from rowpath.report.load import csv as csv_files
from rowpath.report.load.html import render
from rowpath.report.load.terminal import summary

HOSTILE = "</script><script>alert(1)</script>\x1b[31m=1+1"
LOCUSTS_COLUMNS = """
import json
from locust.env import Environment
from locust.stats import PERCENTILES_TO_REPORT, StatsCSVFileWriter
import tempfile, os
base = os.path.join(tempfile.mkdtemp(), "x")
writer = StatsCSVFileWriter(Environment(), PERCENTILES_TO_REPORT, base)
print(json.dumps({
    "_stats.csv": writer.requests_csv_columns,
    "_stats_history.csv": writer.stats_history_csv_columns,
    "_failures.csv": writer.failures_columns,
    "_exceptions.csv": writer.exceptions_columns,
}))
"""


@pytest.fixture
def made() -> LoadResult:
    """Two targets, some requests of which failed."""
    times = [number / 10 for number in range(50)]
    return result(
        target(times, [0.1] * 50, reasons=["status 500", "status 500", "connection reset"]),
        target(times, [0.2] * 50, name=f"{URL}?page=2"),
        run_time_s=5.0,
    )


def rows_of(made: LoadResult, ending: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(dict(csv_files.files(made))[ending].decode())))


def test_the_csv_files_have_the_columns_of_locusts(made: LoadResult) -> None:
    """Whoever reads Locust's files reads these."""
    printed = subprocess.run(
        [sys.executable, "-c", LOCUSTS_COLUMNS], capture_output=True, text=True, check=True
    )
    columns = json.loads(printed.stdout)

    files = {ending: content.decode() for ending, content in csv_files.files(made)}

    assert {ending: next(csv.reader(StringIO(text))) for ending, text in files.items()} == columns


def test_the_csv_files_have_each_target_and_all(made: LoadResult) -> None:
    """The last line of the first file is of all; the history ends with the same counts."""
    first, second, total = rows_of(made, "_stats.csv")
    assert (first["Name"], first["Request Count"], first["Failure Count"]) == (URL, "50", "3")
    assert float(second["Median Response Time"]) == pytest.approx(200)
    assert (total["Name"], total["Request Count"]) == ("Aggregated", "100")
    assert first["99%"] == "N/A"
    assert float(first["100%"]) == pytest.approx(100)

    history = rows_of(made, "_stats_history.csv")
    assert [row["User Count"] for row in history] == ["2"] * 5
    assert [int(row["Timestamp"]) for row in history] == [int(AT) + each for each in range(1, 6)]
    ended = int((made.total.ended_s < 5.0).sum())
    assert int(history[-1]["Total Request Count"]) == ended

    reset, errors = sorted(rows_of(made, "_failures.csv"), key=lambda row: row["Error"])
    assert (reset["Error"], reset["Occurrences"]) == ("connection reset", "1")
    assert errors["Occurrences"] == "2"
    assert errors["First Seen"].startswith("2027-01-15T08:00:0")


def test_no_text_of_a_server_becomes_a_formula() -> None:
    """A spreadsheet is not told to compute what somebody else chose."""
    made = result(target([0.0], [0.1], reasons=["=cmd()"]))

    (row,) = rows_of(made, "_failures.csv")

    assert row["Error"] == "'=cmd()"


def test_the_json_has_the_fixed_names_for_each_url(made: LoadResult) -> None:
    """And says whether the figures hold."""
    content = json.loads(to_json(made, ["p95"]))

    assert [each["url"] for each in content["urls"]] == [URL, f"{URL}?page=2"]
    for each in content["urls"]:
        assert each["requests"] == 50
        assert each["requests_per_s"] == pytest.approx(10, rel=0.05)
        assert each["p50_ms"] <= each["p95_ms"]
        assert each["p99_ms"] is None
        assert each["generator_cpu_share"] == pytest.approx(0.1)
    assert [each["failures"] for each in content["urls"]] == [3, 0]
    assert content["failed_thresholds"] == ["p95"]
    assert content["holds"] is True
    bad = json.loads(to_json(result(target([0.0], [1.0]), cpu_share=0.9), []))
    assert bad["holds"] is False
    assert "90% of its core" in bad["refused"][0]


def test_a_load_without_any_request_has_its_files() -> None:
    """Nothing is divided by nothing."""
    made = result(target([], []))

    assert json.loads(to_json(made, []))["urls"][0]["p50_ms"] is None
    assert rows_of(made, "_stats.csv")[0]["Request Count"] == "0"
    assert "Figures" in render(made, [])
    Console(file=StringIO()).print(summary(made, []))


def test_the_page_needs_no_network_and_runs_nothing_but_its_own(made: LoadResult) -> None:
    """Its policy names its scripts by their hashes, and what a server says is only text."""
    made.total.failures[HOSTILE] = 1  # type: ignore[index]
    made.targets[0].failures[HOSTILE] = 1  # type: ignore[index]

    page = render(made, [HOSTILE])

    assert "<script>alert(1)" not in page
    scripts = re.findall(r'<script type="module">(.*?)</script>', page, re.DOTALL)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert digest in policy[1].replace("&#39;", "'")
    assert re.findall(r'(?:src|href)="', page.partition('<script type="module">')[0]) == []


def test_the_page_says_what_does_not_hold() -> None:
    """A figure that is refused is marked where it stands."""
    made = result(target([0.0], [1.0]), cpu_share=0.95, stopped="ended by hand")

    page = render(made, ["p95>1ms, it was 1,000 ms"])

    assert "These figures do not hold." in page
    assert "A threshold was not kept." in page
    assert "ended by hand" in page


def test_the_charts_are_those_of_locust_and_right_by_vega_lites_schema(made: LoadResult) -> None:
    """Requests, response times with two lines, users and failures over the seconds."""
    drawn = load_charts(made)

    assert [chart.title for chart in drawn] == [
        "Requests per second",
        "Response times in milliseconds",
        "Users",
        "Failures per second",
    ]
    for chart in drawn:
        alt.Chart.from_dict(chart.spec)
    times = next(iter(drawn[1].spec["datasets"].values()))
    assert {each["series"] for each in times} == {"median", "95th percentile"}
    assert [each["at"] for each in times[:5]] == [0.5, 1.5, 2.5, 3.5, 4.5]


@pytest.mark.parametrize("say", [lambda made: render(made, []), None])
def test_terminal_and_page_say_the_same_figures(
    made: LoadResult, say: Callable[[LoadResult], str] | None
) -> None:
    """What all URLs begin with is told once, and each has its own line."""
    if say is None:
        console = Console(file=(printed := StringIO()), width=100)
        console.print(summary(made, []))
        text = printed.getvalue()
    else:
        text = say(made)

    for expected in ("/rows", "/rows?page=2", "200 ms", "3 (6.0%)", "of http://127.0.0.1:8000"):
        assert expected in text
    assert "There is no p99 of fewer than 1,000 requests." in text
