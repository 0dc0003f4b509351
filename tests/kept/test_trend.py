"""Runs side by side: what is the same in them, in the order of their time."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from string import ascii_uppercase

import pytest
from altair import Chart

from kept.made import AT, DATA, HERE, lab_run, race_run
from rowpath.lab.race.record import RaceRun
from rowpath.lab.record import Run
from rowpath.lab.rereading import Kept
from rowpath.report.charts.trend import trend_chart
from rowpath.report.trend.series import trend

RUN = lab_run("lists")


def kept(*runs: Run | RaceRun) -> list[Kept]:
    return [
        Kept(path=Path(f"{number}.json"), run=run, verdicts=0, doubt="")
        for number, run in enumerate(runs)
    ]


def test_runs_stand_in_the_order_of_their_time() -> None:
    """However they are named, each comparison has a point of each."""
    runs = [replace(RUN, started_at=AT + timedelta(hours=hour)) for hour in (2, 0, 1)]

    seen = trend(kept(*runs))

    assert [run.name for run in seen.runs] == ["1.json", "2.json", "0.json"]
    assert len(seen.series) == len(RUN.experiments[0].comparisons)
    for each in seen.series:
        assert [point.run.number for point in each.points] == [1, 2, 3]
    assert [name for name, _ in seen.parts] == ["lists, 10,000,000 rows of products (5f2b9c0d)"]


def test_machines_and_versions_are_told_apart() -> None:
    """By letters, of which each says in what it differs from the one before; load is none."""
    other = replace(HERE, packages={"django": "6.1.3"}, load_average=(9.0, 9.0, 9.0))
    busy = replace(HERE, load_average=(5.0, 5.0, 5.0), memory_bytes=1)
    runs = [replace(RUN, environment=each) for each in (HERE, busy, other)]

    seen = trend(kept(*runs))

    assert [run.surroundings for run in seen.runs] == ["A", "A", "B"]
    (_, first), (_, second) = seen.surroundings
    assert "processor a processor, cores 2" in first
    assert second == "as the one before, but django 6.1.3 (was 5.2.19)"


def test_after_the_last_letter_they_begin_again_with_a_number() -> None:
    """Twenty-eight versions of Django are A to Z, A1 and B1, in the order of their time."""
    runs = [
        replace(
            RUN,
            started_at=AT + timedelta(hours=hour),
            environment=replace(HERE, packages={"django": f"6.{hour}"}),
        )
        for hour in range(28)
    ]

    letters = [run.surroundings for run in trend(kept(*runs)).runs]

    assert "".join(letters[:26]) == ascii_uppercase
    assert letters[26:] == ["A1", "B1"]


@pytest.mark.parametrize(("differing", "more"), [(6, ""), (8, " and 2 more")])
def test_of_many_differences_six_are_named(differing: int, more: str) -> None:
    """The others are counted."""
    before, now = (
        replace(HERE, packages={f"p{number}": version for number in range(differing)})
        for version in ("1", "2")
    )
    runs = [replace(RUN, environment=each) for each in (before, now)]

    _, (_, told) = trend(kept(*runs)).surroundings

    named = ", ".join(f"p{number} 2 (was 1)" for number in range(6))
    assert told == f"as the one before, but {named}{more}"


def test_what_is_not_the_same_is_another_series() -> None:
    """Other rows in the table, other worker processes."""
    small = replace(DATA["products"], rows=20_000, checksum="0badc0de")
    runs = [RUN, replace(RUN, datasets=(small,)), replace(RUN, workers=4)]

    seen = trend(kept(*runs))

    assert {len(each.points) for each in seen.series} == {1}
    assert [{each.part for each in series} for _, series in seen.parts] == [
        {name} for name, _ in seen.parts
    ]
    assert [name for name, _ in seen.parts] == [
        "lists, 10,000,000 rows of products (5f2b9c0d)",
        "lists, 20,000 rows of products (0badc0de)",
        "lists, 10,000,000 rows of products (5f2b9c0d), 4 workers",
    ]


def test_a_comparison_without_a_ratio_is_a_point_of_no_series() -> None:
    """Of a race that ended before its sixth block one has none, another may have."""
    whole = race_run(0.5, 2.0)
    first, second = whole.comparisons
    cut = replace(whole, comparisons=(replace(first, ratio=None), second))

    seen = trend(kept(whole, cut))

    assert {each.title: len(each.points) for each in seen.series} == {
        "B against A": 1,
        "C against A": 2,
    }


def test_a_table_is_told_by_its_rows_and_the_start_of_its_checksum() -> None:
    """Eight signs of it, as a revision of git has seven."""
    checksum = "0123456789abcdef"
    run = replace(RUN, datasets=(replace(DATA["products"], checksum=checksum),))

    [(name, _)] = trend(kept(run)).parts

    assert name == "lists, 10,000,000 rows of products (01234567)"


def test_a_run_that_is_not_valid_or_not_complete_is_marked() -> None:
    """With its reason."""
    invalid = race_run(0.5, clone=1.2)
    cut = replace(race_run(0.5), stopped="It was ended by Ctrl-C.")

    seen = trend(kept(invalid, cut))

    first, second = sorted(seen.runs, key=lambda run: run.name)
    assert first.failed.startswith("The baseline, measured twice in each block, came to")
    assert (second.failed, second.ended) == ("", "It was ended by Ctrl-C.")


def test_a_chart_is_what_the_schema_of_vega_lite_allows() -> None:
    """And has a point for each run, its interval, machine and state."""
    runs = [
        replace(RUN, started_at=AT + timedelta(days=day), environment=replace(HERE, cores=2 + day))
        for day in range(3)
    ]
    seen = trend(kept(*runs))

    chart = trend_chart(seen, seen.series[0])

    Chart.from_dict({**chart.spec, "width": 100})
    values = chart.spec["datasets"][chart.spec["layer"][2]["data"]["name"]]
    assert [each["run"] for each in values] == ["1: 2026-03-14", "2: 2026-03-15", "3: 2026-03-16"]
    assert [each["on"] for each in values] == ["A", "B", "C"]
    assert all(each["low"] <= each["value"] <= each["high"] for each in values)
    assert "2: 2026-03-15" in chart.description
