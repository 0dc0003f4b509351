"""The page of an explanation in a Chromium, opened as a file as a reader would."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import altair as alt
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from explain.made_explanation import PHASES, explanation_of
from rowpath.explain.values import Finding, Phase
from rowpath.report.charts.explain import growth_chart, phase_parts, phases_chart
from rowpath.report.explain.html import render
from system import found_browser

_ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_CONTRAST = (Path(__file__).parents[1] / "report/measure_contrast.js").read_text(encoding="utf-8")
HOSTILE = "/a/?q=</script><script>alert('x')</script>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Yield a headless Chromium."""
    executable = found_browser()
    assert executable is not None, "no browser is installed: python tests/system.py"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=_ARGS)
        yield started
        started.close()


def opened(
    browser: Browser, path: Path, *, width: int, scheme: Literal["light", "dark"]
) -> tuple[Page, list[str], list[str]]:
    messages: list[str] = []
    requests: list[str] = []
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(path.as_uri())
    page.wait_for_selector(f"html[data-drawn={scheme}]")
    return page, messages, requests


@pytest.mark.parametrize("asked", ["/books/", HOSTILE])
@pytest.mark.parametrize(("width", "scheme"), [(1300, "light"), (375, "dark")])
def test_the_page_draws_its_charts_and_asks_for_nothing(
    browser: Browser, tmp_path: Path, asked: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    """Whatever was asked for: all is legible, on a phone too, and nothing is said."""
    path = tmp_path / "explain.html"
    path.write_text(render(explanation_of(tmp_path, path=asked)), encoding="utf-8")

    page, messages, requests = opened(browser, path, width=width, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")

    assert messages == []
    assert requests == [path.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate(_CONTRAST)["low"] == []
    assert page.locator(".explained h2").inner_text() == asked
    bar, growth = page.locator(".chart svg").all()
    assert bar.locator(".mark-rect path").count() == len(PHASES)
    assert growth.locator(".mark-symbol path").count() >= 6
    page.close()


def test_the_page_has_the_change_and_the_statements_of_both_forms(
    browser: Browser, tmp_path: Path
) -> None:
    """A finding shows its diff, and the request its SQL today and with the change."""
    path = tmp_path / "explain.html"
    path.write_text(render(explanation_of(tmp_path)), encoding="utf-8")

    page, _, _ = opened(browser, path, width=1300, scheme="light")
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")

    assert page.locator("article.finding .gi").first.inner_text().startswith("+")
    assert page.locator(".side h4").all_inner_texts() == [
        "Today 25 statements",
        "With all changes of the diff 1 statement",
    ]
    assert page.locator("pre.plan").all_inner_texts() == ["SCAN book"]
    assert page.locator("article.finding .verdict").all_inner_texts() == ["proved", "advice"]
    page.close()


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
