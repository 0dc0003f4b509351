"""The report in Debian's Chromium, opened as a file as a reader would."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from report_runs import HOSTILE, whole_run

from rowpath.report.charts import charts
from rowpath.report.html import render
from rowpath.report.layout import sizes

Scheme = Literal["light", "dark"]
DESKTOP, PHONE = 1200, 375
_ARGS = [
    "--no-sandbox",  # root, as in a container, has no sandbox
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]
_CONTRAST = Path(__file__).with_name("measure_contrast.js").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A page that has drawn its charts, with all that it said and asked for."""

    page: Page
    messages: list[str]
    requests: list[str]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Yield a headless Chromium."""
    executable = shutil.which("chromium")
    if executable is None:
        pytest.fail("Cannot test the report: no chromium on PATH. Run `apt-get install chromium`.")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=_ARGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file with the report of a whole run."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render(whole_run()), encoding="utf-8")
    return path


@contextmanager
def opened(
    browser: Browser, report: Path, *, width: int = DESKTOP, scheme: Scheme = "light"
) -> Iterator[Opened]:
    """Open the report and wait until all charts are drawn."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    view = Opened(page=page, messages=[], requests=[])
    page.on("console", lambda message: view.messages.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: view.messages.append(str(error)))
    page.on("request", lambda request: view.requests.append(request.url))
    try:
        page.goto(report.as_uri())
        page.wait_for_selector(f"html[data-drawn={scheme}]")
        yield view
    finally:
        context.close()


def open_all(page: Page) -> None:
    """Open every part of the page that is folded."""
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")


def number_of_charts() -> int:
    """Return how many charts the run has."""
    return sum(
        len(charts(part, record.baseline))
        for record in whole_run().experiments
        for part in sizes(record)
    )


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_console_stays_empty_and_the_network_unused(
    browser: Browser, report: Path, width: int, scheme: Scheme
) -> None:
    """The one request is for the file, and nothing is said, not even a warning."""
    with opened(browser, report, width=width, scheme=scheme) as view:
        open_all(view.page)

        assert view.messages == []
        assert view.requests == [report.as_uri()]


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_every_chart_is_drawn(browser: Browser, report: Path, width: int) -> None:
    """Every chart has points, intervals, and the names of its variants, inside its own box."""
    with opened(browser, report, width=width) as view:
        drawn = view.page.locator(".chart svg")

        assert drawn.count() == number_of_charts()
        for number in range(drawn.count()):
            chart = drawn.nth(number)
            assert chart.locator(".mark-symbol path").count() >= 2
            assert chart.locator(".mark-rule line").count() >= 2
            box = chart.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_no_text_of_a_chart_is_cut_off(browser: Browser, report: Path, width: int) -> None:
    """Labels, titles and legends lie inside their chart and have no ellipsis."""
    outside = """() => [...document.querySelectorAll(".chart svg")].flatMap((svg) => {
        const box = svg.getBoundingClientRect();
        return [...svg.querySelectorAll("text")]
            .filter((text) => getComputedStyle(text).opacity !== "0" && text.textContent)
            .filter((text) => {
                const own = text.getBoundingClientRect();
                return own.left < box.left - 1 || own.right > box.right + 1
                    || text.textContent.includes("\\u2026");
            }).map((text) => text.textContent);
    })"""

    with opened(browser, report, width=width) as view:
        assert view.page.evaluate(outside) == []


def test_a_chart_tells_its_figures_in_words(browser: Browser, report: Path) -> None:
    """A screen reader gets a text alternative with the figures."""
    with opened(browser, report) as view:
        label = view.page.locator(".chart").first.get_attribute("aria-label")

        assert "drf-objects (controlled) 28.1 ms" in (label or "")


def test_the_page_does_not_scroll_sideways_on_a_phone(browser: Browser, report: Path) -> None:
    """The verdicts fit; wide tables and code scroll in their own boxes, with every part open."""
    with opened(browser, report, width=PHONE) as view:
        open_all(view.page)

        assert view.page.evaluate("document.documentElement.scrollWidth") == PHONE
        verdicts, *tables = view.page.locator(".scroll").all()
        assert verdicts.evaluate("each => each.scrollWidth") <= PHONE
        assert max(table.evaluate("each => each.scrollWidth") for table in tables) > PHONE


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_enough_contrast(browser: Browser, report: Path, scheme: Scheme) -> None:
    """Prose, tables, verdicts, code and charts meet WCAG's level AA in light and dark."""
    with opened(browser, report, scheme=scheme) as view:
        open_all(view.page)
        found = view.page.evaluate(_CONTRAST)

        assert found["low"] == []
        assert found["seen"] > 1_000


def test_dark_mode_is_dark_and_follows_the_system(browser: Browser, report: Path) -> None:
    """Page and charts change their colours when the system does, without a reload."""
    background = "getComputedStyle(document.body).backgroundColor"
    label = "getComputedStyle(document.querySelector('.chart svg text')).fill"

    with opened(browser, report) as view:
        light = (view.page.evaluate(background), view.page.evaluate(label))
        view.page.emulate_media(color_scheme="dark")
        view.page.wait_for_selector("html[data-drawn=dark]")
        dark = (view.page.evaluate(background), view.page.evaluate(label))

        assert light[0] == "rgb(255, 255, 255)"
        assert dark[0] == "rgb(15, 19, 26)"
        assert light[1] != dark[1]
        assert view.page.locator(".chart svg").count() == number_of_charts()


def test_hostile_text_is_shown_and_not_run(browser: Browser, report: Path) -> None:
    """Text that looks like a script appears as it is, in titles, code and SQL."""
    with opened(browser, report) as view:
        open_all(view.page)
        shown = " ".join(view.page.locator("body").inner_text().split())

        assert view.page.evaluate("window.hit") is None
        assert shown.count(" ".join(HOSTILE.split())) >= 3


@pytest.mark.parametrize(("width", "beside"), [(DESKTOP, True), (PHONE, False)])
def test_code_and_sql_stand_side_by_side_where_there_is_room(
    browser: Browser, report: Path, width: int, *, beside: bool
) -> None:
    """Two columns on a desktop, one above the other on a phone."""
    with opened(browser, report, width=width) as view:
        sides = view.page.locator(".sources details[open] .pair").first.locator(".side")
        code, sql = sides.nth(0).bounding_box(), sides.nth(1).bounding_box()

        assert code is not None
        assert sql is not None
        assert (sql["y"] == code["y"]) is beside
        assert (sql["x"] >= code["x"] + code["width"]) is beside
        assert (sql["y"] >= code["y"] + code["height"]) is not beside


def test_every_part_opens_at_once_and_closes(browser: Browser, report: Path) -> None:
    """One button shows the code and SQL of all variants of an experiment, from the keyboard."""
    with opened(browser, report) as view:
        parts = view.page.locator(".sources").first.locator(":scope > details")
        button = view.page.locator(".open-all").first

        button.press("Enter")
        assert view.page.locator(".sources").first.locator(":scope > details[open]").count() == 7

        button.press("Enter")
        assert parts.first.get_attribute("open") is None


def test_a_table_can_be_scrolled_with_the_keyboard(browser: Browser, report: Path) -> None:
    """The box of a wide table takes the focus and has a name."""
    with opened(browser, report, width=PHONE) as view:
        box = view.page.get_by_role("region", name="Figures of lists at 1,000 rows")
        box.focus()
        view.page.keyboard.press("ArrowRight")
        # A promise in the page: the page's policy forbids Playwright's own way to wait.
        scrolled = """each => new Promise((done) => {
            const look = (frames) => each.scrollLeft > 0 || frames === 0
                ? done(each.scrollLeft > 0) : requestAnimationFrame(() => look(frames - 1));
            look(600);
        })"""

        assert box.evaluate(scrolled)
