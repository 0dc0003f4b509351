import dataclasses
import json

from report_runs import timed, whole_run

from rowpath.lab.record import ExperimentRecord
from rowpath.report.charts import TALK, Chart, charts
from rowpath.report.layout import size_part


def drawn(record: ExperimentRecord, rows: int) -> tuple[Chart, ...]:
    """Return the charts of one size."""
    return charts(size_part(record, rows), record.baseline)


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
    for record in whole_run().experiments:
        for rows in {variant.rows for variant in record.variants}:
            for chart in drawn(record, rows):
                assert json.loads(json.dumps(chart.spec, allow_nan=False)) == chart.spec
