"""The page of an explanation in a Chromium, opened as a file as a reader would."""

from pathlib import Path

import altair as alt
import pytest
from playwright.sync_api import Browser

from browsing import CONTRAST, Scheme, opened
from explain.made_explanation import PHASES, explanation_of
from rowpath.explain.values import Finding, Phase
from rowpath.report.charts.explain import growth_chart, phase_parts, phases_chart
from rowpath.report.explain.html import render

HOSTILE = "/a/?q=</script><script>alert('x')</script>"


@pytest.mark.parametrize("asked", ["/books/", HOSTILE])
@pytest.mark.parametrize(("width", "scheme"), [(1300, "light"), (375, "dark")])
def test_the_page_draws_its_charts_and_asks_for_nothing(
    browser: Browser, tmp_path: Path, asked: str, width: int, scheme: Scheme
) -> None:
    """Whatever was asked for: all is legible, on a phone too, and nothing is said."""
    path = tmp_path / "explain.html"
    path.write_text(render(explanation_of(tmp_path, path=asked)), encoding="utf-8")

    with opened(browser, path, width=width, scheme=scheme) as view:
        view.open_all()

        assert view.messages == []
        assert view.requests == [path.as_uri()]
        assert view.width() == width
        assert view.page.evaluate(CONTRAST)["low"] == []
        assert view.page.locator(".explained h2").inner_text() == asked
        bar, growth = view.page.locator(".chart svg").all()
        assert bar.locator(".mark-rect path").count() == len(PHASES)
        assert growth.locator(".mark-symbol path").count() >= 6


def test_the_page_has_the_change_and_the_statements_of_both_forms(
    browser: Browser, tmp_path: Path
) -> None:
    """A finding shows its diff, and the request its SQL today and with the change."""
    path = tmp_path / "explain.html"
    path.write_text(render(explanation_of(tmp_path)), encoding="utf-8")

    with opened(browser, path) as view:
        view.open_all()

        page = view.page
        assert page.locator("article.finding .gi").first.inner_text().startswith("+")
        assert page.locator(".side h4").all_inner_texts() == [
            "Today 25 statements",
            "With all changes of the diff 1 statement",
        ]
        assert page.locator("pre.plan").all_inner_texts() == ["SCAN book"]
        assert page.locator("article.finding .verdict").all_inner_texts() == ["proved", "advice"]


def proved(folder: Path) -> Finding:
    return explanation_of(folder).requests[0].findings[0]


def test_every_chart_keeps_to_the_schema_of_vega_lite(tmp_path: Path) -> None:
    """The bar and the growth, each with its figures in words."""
    bar, growth = phases_chart(phase_parts(PHASES)), growth_chart(proved(tmp_path))

    assert bar is not None
    assert growth is not None
    assert alt.Chart.from_dict(bar.spec, validate=True)
    assert alt.Chart.from_dict(growth.spec, validate=True)
    assert "building SQL 60%" in bar.description
    assert "with the change 1 at 24 rows" in growth.description


def test_no_two_phases_of_a_bar_have_one_colour() -> None:
    """However many there are, and whatever they are called."""
    phases = [Phase(name=f"phase {number}", duration_s=1.0) for number in range(20)]
    parts = phase_parts([Phase(name="rendering", duration_s=9.0), *phases])

    assert len({part.colour for part in parts}) == len(parts)
    assert sum(part.share for part in parts) == pytest.approx(1)


def test_the_page_is_small(tmp_path: Path) -> None:
    """Drawing program and style are most of it."""
    assert len(render(explanation_of(tmp_path)).encode()) < 1_500_000
