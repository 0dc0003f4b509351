"""The page of a race in a Chromium, opened as a file as a reader would."""

from dataclasses import dataclass, replace
from pathlib import Path

import altair as alt
import pytest
from playwright.sync_api import Browser

from browsing import CONTRAST, Scheme, opened
from race.made import results
from rowpath.lab.race.record import RaceRun
from rowpath.lab.race.session import Race
from rowpath.report.charts.race import race_charts
from rowpath.report.charts.scale import even_ticks
from rowpath.report.race.html import render

_CUT_OFF = """() => [...document.querySelectorAll(".chart svg")].flatMap((svg) => {
    const box = svg.getBoundingClientRect();
    return [...svg.querySelectorAll("text")]
        .filter((text) => getComputedStyle(text).opacity !== "0" && text.textContent)
        .filter((text) => {
            const own = text.getBoundingClientRect();
            return own.left < box.left - 1 || own.right > box.right + 1;
        }).map((text) => text.textContent);
})"""
HOSTILE = "</script><script>alert('x')</script> \\u2028`'\""[:40]


def run_of(*ratios: float, name: str = "B", clone: float = 1.0) -> RaceRun:
    """Return a race with these ratios, in which an entrant has a name of somebody's choice."""
    raced = results(*ratios, clone=clone)
    race = Race(raced.plan)
    race.results = raced
    run = race.run()
    renamed = tuple(replace(each, name=name) if each.name == "B" else each for each in run.entrants)
    compared = tuple(
        replace(each, variant=name) if each.variant == "B" else each for each in run.comparisons
    )
    return replace(run, entrants=renamed, comparisons=compared)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a page was, said and asked for."""

    messages: list[str]
    requests: list[str]
    width: int
    cut_off: list[str]
    low_contrast: list[object]
    marks: list[int]
    first_text: str


def looked_at(browser: Browser, path: Path, *, width: int, scheme: Scheme) -> Seen:
    with opened(browser, path, width=width, scheme=scheme) as view:
        charts = view.page.locator(".chart svg")
        marks = [
            charts.nth(number).locator(".mark-symbol path, .mark-rect path").count()
            for number in range(charts.count())
        ]
        return Seen(
            messages=view.messages,
            requests=view.requests,
            width=view.width(),
            cut_off=view.page.evaluate(_CUT_OFF),
            low_contrast=view.page.evaluate(CONTRAST)["low"],
            marks=marks,
            first_text=view.page.locator(".stopped, h2").first.inner_text(),
        )


@pytest.mark.parametrize("name", ["after the change that we made in autumn", HOSTILE])
@pytest.mark.parametrize(("width", "scheme"), [(1200, "light"), (375, "dark")])
def test_the_page_draws_its_charts_and_asks_for_nothing(
    browser: Browser, tmp_path: Path, name: str, width: int, scheme: Scheme
) -> None:
    """Whatever an entrant is called: all is legible, on a phone too, and nothing is said."""
    path = tmp_path / "race.html"
    path.write_text(render(run_of(0.62, 1.4, name=name)), encoding="utf-8")

    seen = looked_at(browser, path, width=width, scheme=scheme)

    assert seen.messages == []
    assert seen.requests == [path.as_uri()]
    assert seen.width == width
    assert seen.cut_off == []
    assert seen.low_contrast == []
    ratios, in_order, spread = seen.marks
    assert ratios == 5  # two entrants, the two controls, and the band
    assert in_order == 5 * 6
    assert spread >= 3
    assert seen.first_text == "Verdicts"


def test_what_failed_stands_first_on_the_page(browser: Browser, tmp_path: Path) -> None:
    """Above every figure."""
    path = tmp_path / "race.html"
    path.write_text(render(run_of(0.62, clone=1.2)), encoding="utf-8")

    seen = looked_at(browser, path, width=1200, scheme="light")

    assert seen.first_text.startswith("Not valid: The baseline, measured twice in each block")


def test_a_race_without_a_whole_block_has_a_page_without_charts(
    browser: Browser, tmp_path: Path
) -> None:
    """It is told what it is, and nothing fails."""
    raced = results(0.62, scatter=())
    race = Race(raced.plan)
    race.results = raced
    path = tmp_path / "race.html"
    path.write_text(render(race.run("It was ended by Ctrl-C.")), encoding="utf-8")

    seen = looked_at(browser, path, width=1200, scheme="light")

    assert (seen.messages, seen.marks) == ([], [])
    assert seen.first_text == "Not complete: It was ended by Ctrl-C."


@pytest.mark.parametrize("ratios", [(1.0,), (0.01, 40.0), tuple([0.9] * 6)])
def test_every_chart_keeps_to_the_schema_of_vega_lite(ratios: tuple[float, ...]) -> None:
    """However near to one another the times are, and each tells its figures in words."""
    for chart in race_charts(run_of(*ratios)):
        assert alt.Chart.from_dict(chart.spec, validate=True)
        assert "B " in chart.description


def test_a_block_is_drawn_as_what_it_counts_as() -> None:
    """Under load that is the time for each answer, the delay of the control with it."""
    raced = results(2.0, users=8)
    race = Race(raced.plan)
    race.results = raced
    run = race.run()

    _, in_order, spread = race_charts(run)

    [points] = in_order.spec["datasets"].values()
    drawn = [point["value"] for point in points]
    kept = [each.values_ms for each in run.entrants] + [each.values_ms for each in run.controls]
    assert drawn == [value for values in kept for value in values]
    assert drawn[:12] == pytest.approx([10 / 8] * 6 + [20 / 8] * 6, rel=0.01)
    assert in_order.description.startswith("The time per answer at 8 users in every block")
    assert "B from 20.0 ms" in spread.description


@pytest.mark.parametrize(("low", "high"), [(0.97, 1.07), (0.6, 2.3), (9.2, 9.9), (0.0011, 0.0012)])
def test_a_narrow_scale_has_two_to_seven_numbers_within(low: float, high: float) -> None:
    """Where a power of ten would be far off."""
    numbers = even_ticks(low, high)

    assert 2 <= len(numbers) <= 7
    assert low <= numbers[0] < numbers[-1] <= high


def test_the_page_is_small() -> None:
    """Drawing program and style are most of it."""
    assert len(render(run_of(0.62, 1.4)).encode()) < 1_500_000
