import dataclasses
import json
from collections.abc import Iterator

import altair as alt
import pytest
from record_parts import timed
from report_runs import experiment, whole_run

from rowpath.lab.record import ExperimentRecord
from rowpath.report.charts import Chart, charts
from rowpath.report.charts.drawing import TALK
from rowpath.report.layout import groups, size_part


def every_chart() -> Iterator[Chart]:
    """Yield all charts of the whole run."""
    for record in whole_run().experiments:
        for part in groups(record):
            for size in part.sizes:
                yield from charts(size)


def drawn(record: ExperimentRecord, rows: int, group: int = 0) -> tuple[Chart, ...]:
    """Return the charts of a group at one size."""
    return charts(size_part(record, record.groups[group], rows))


def points(chart: Chart) -> list[dict[str, object]]:
    """Return all data of a chart that stands for a variant."""
    found = [value for values in chart.spec["datasets"].values() for value in values]
    unique = {json.dumps(value, sort_keys=True): value for value in found if "variant" in value}
    return list(unique.values())


def test_a_size_has_a_chart_of_times_and_one_of_ratios() -> None:
    """Both charts say what they show."""
    titles = [chart.title for chart in drawn(whole_run().experiments[0], 1_000)]

    assert titles == ["Time per request", "Time relative to drf-objects"]


def test_times_stand_on_a_logarithmic_scale_with_their_intervals() -> None:
    """Every variant has a point and an interval in each set-up."""
    chart, _ = drawn(whole_run().experiments[0], 10_000)

    scales = [layer["encoding"]["x"].get("scale", {}) for layer in chart.spec["layer"]]
    measured = [point for point in points(chart) if point["series"] != TALK]

    assert {scale["type"] for scale in scales if scale} == {"log"}
    assert len(measured) == 14
    assert all(point["low"] < point["value"] < point["high"] for point in measured)  # type: ignore[operator] # numbers, as JSON has them


def test_the_talk_stands_beside_what_was_measured() -> None:
    """The talk's times and claimed ratios are in the charts, each once for both set-ups."""
    times, ratios = drawn(whole_run().experiments[0], 1_000)

    told = [
        [point["value"] for point in points(chart) if point["series"] == TALK]
        for chart in (times, ratios)
    ]

    assert sorted(told[0]) == [570.0, 900.0, 1060.0]  # type: ignore[type-var] # numbers
    assert sorted(told[1]) == [1 / 14, 0.57 / 0.9, 1.17]  # type: ignore[type-var] # numbers


def test_every_figure_is_in_the_text_alternative() -> None:
    """Who cannot see the chart hears the same figures."""
    chart, _ = drawn(whole_run().experiments[0], 1_000)

    assert "drf-no-serializer (controlled) 9.83 ms (9.54\N{EN DASH}10.2)" in chart.description
    assert "drf-objects (the talk) 900 ms" in chart.description


def ticks(chart: Chart) -> list[float]:
    """Return the numbers along the axis of a chart."""
    axes = [layer["encoding"]["x"].get("axis") for layer in chart.spec["layer"]]
    (values,) = {tuple(axis["values"]) for axis in axes if axis}
    return list(values)


def test_one_variant_alone_has_no_chart() -> None:
    """Where a single time was seen, its table says all."""
    lazy = whole_run().experiments[2]
    alone = dataclasses.replace(lazy, variants=lazy.variants[2:], comparisons=())

    assert drawn(alone, 10_000_000) == ()


def test_what_was_seen_once_has_a_point_without_an_interval() -> None:
    """An observation stands beside what was timed, with no range to draw."""
    chart, _ = drawn(whole_run().experiments[2], 10_000_000)

    seen = {point["variant"]: point for point in points(chart)}

    assert seen["iterator"]["value"] == 41_200
    assert seen["iterator"]["low"] is None
    assert seen["iterator"]["figure"] == "41.2 s (once)"
    assert "list" not in seen


def test_a_narrow_range_still_has_an_axis_with_numbers() -> None:
    """An axis has at least two ticks."""
    lazy = whole_run().experiments[2]
    variants = tuple(timed(name, ms=3.0) for name in ("never-read", "b"))
    narrow = dataclasses.replace(lazy, variants=variants, comparisons=())

    (chart,) = drawn(narrow, 1_000)

    assert ticks(chart) == [2.0, 5.0]


def test_a_wide_range_has_powers_of_ten() -> None:
    """An axis over five decades has a number each, not fifteen."""
    chart, _ = drawn(whole_run().experiments[2], 10_000_000)

    assert ticks(chart) == [1.0, 10.0, 100.0, 1_000.0, 10_000.0]


def test_the_specification_is_plain_json() -> None:
    """A browser gets it as it is: no NaN, no object of ours."""
    for chart in every_chart():
        assert json.loads(json.dumps(chart.spec, allow_nan=False)) == chart.spec


def test_the_specification_is_what_vega_lite_calls_one() -> None:
    """Every kind of chart keeps to Vega-Lite's own schema."""
    memory, times, ratios = drawn(experiment("loops"), 20_000, group=1)
    *_, cpu = drawn(experiment("loops"), 2_000)

    for chart in (memory, times, ratios, cpu):
        assert alt.Chart.from_dict(chart.spec, validate=True)


def test_a_group_about_memory_shows_memory_first() -> None:
    """Bars of what a request added stand before its times, from zero, with their figures."""
    memory, times, _ = drawn(experiment("loops"), 20_000, group=1)
    bars, labels = memory.spec["layer"]

    assert memory.leads
    assert not times.leads
    assert bars["encoding"]["x"]["scale"]["domain"] == [0, 148.2]
    assert "type" not in bars["encoding"]["x"]["scale"]
    assert labels["encoding"]["text"]["field"] == "added"
    assert "iterator-2000 (controlled) +11 MiB to a peak of 94 MiB" in memory.description


def test_a_variant_that_added_no_memory_is_in_the_chart() -> None:
    """Nothing is a figure too; what gave no answer has none."""
    memory, *_ = drawn(experiment("loops"), 50_000, group=1)

    added = {point["variant"]: point["added"] for point in points(memory)}

    assert added["iterator-chunk-100"] == "+0 MiB"
    assert "list-everything" not in added


def test_growth_that_is_noise_does_not_fill_the_chart() -> None:
    """A scale is a MiB long at least."""
    record = dataclasses.replace(
        experiment("loops"),
        variants=(timed("one", ms=1, group="list-or-iterator", grown_mib=0.1),),
    )

    (memory,) = drawn(record, 1_000, group=1)

    assert memory.spec["layer"][0]["encoding"]["x"]["scale"]["domain"] == [0, 1]


def cpu_charts() -> tuple[Chart, ...]:
    """Return the two charts of CPU of the whole run."""
    return tuple(each for each in drawn(experiment("loops"), 2_000) if each.notes)


def test_each_watched_variant_has_a_chart_of_its_cpu() -> None:
    """The title names what ran at once, and words say what each process used."""
    before, after = cpu_charts()

    assert before.title == "CPU while t1-loop and t2-loop run at once"
    assert after.title == "CPU while t1-annotated and t2-annotated run at once"
    assert before.notes[0] == "t1-loop: 31% of a core, busy 9.60 s of 9.60 s"
    assert all(note in before.description for note in before.notes)


def test_before_and_after_share_their_scales() -> None:
    """The charts of a group at a size have the same axes, as long as the longest."""
    before, after = (chart.spec["encoding"] for chart in cpu_charts())

    for axis in ("x", "y"):
        assert before[axis]["scale"] == after[axis]["scale"]
    assert before["x"]["scale"]["domain"][1] == pytest.approx(9.6)
    assert before["y"]["scale"]["domain"][1] == pytest.approx(0.6)


def test_a_process_has_the_colour_of_its_part() -> None:
    """The task, the one beside it and the database look the same before and after."""
    for chart in cpu_charts():
        assert chart.spec["usermeta"]["colours"] == ["controlled", "as-told", "database"]


def test_a_claim_against_another_baseline_is_not_in_the_chart_of_ratios() -> None:
    """The talk's mark stands on the scale of the group's own baseline alone."""
    _, ratios = drawn(experiment("relations"), 300)

    told = [point["variant"] for point in points(ratios) if point["series"] == TALK]

    assert told == ["foreign-keys-selected"]
