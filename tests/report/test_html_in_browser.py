"""The report in a Chromium, opened as a file as a reader would."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from record_parts import HOSTILE
from report_runs import whole_run

from browsing import CONTRAST, DESKTOP, Scheme, opened
from rowpath.report.charts import charts
from rowpath.report.html import render
from rowpath.report.layout import groups

Drawn = Callable[[int, Scheme], Page]
WIDE, PHONE = 1400, 375


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file with the report of a whole run."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render(whole_run()), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def drawn(browser: Browser, report: Path) -> Iterator[Drawn]:
    """Yield a function that returns the page of a width and scheme, for looking only."""
    with ExitStack() as stack:

        @cache
        def page(width: int, scheme: Scheme) -> Page:
            return stack.enter_context(opened(browser, report, width=width, scheme=scheme)).page

        yield page


def number_of_charts() -> int:
    """Return how many charts the run has."""
    return sum(
        len(charts(size))
        for record in whole_run().experiments
        for part in groups(record)
        for size in part.sizes
    )


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_console_stays_empty_and_the_network_unused(
    browser: Browser, report: Path, width: int, scheme: Scheme
) -> None:
    """The one request is for the file, and nothing is said, not even a warning."""
    with opened(browser, report, width=width, scheme=scheme) as view:
        view.open_all()

        assert view.messages == []
        assert view.requests == [report.as_uri()]


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_every_chart_is_drawn(drawn: Drawn, width: int) -> None:
    """Every chart has its marks inside its own box: points and intervals, bars, or lines."""
    page = drawn(width, "light")
    charts_ = page.locator(".chart svg")

    assert charts_.count() == number_of_charts()
    for number in range(charts_.count()):
        chart = charts_.nth(number)
        points, bars, lines = (
            chart.locator(f".mark-{mark} path").count() for mark in ("symbol", "rect", "line")
        )
        intervals = chart.locator(".mark-rule line").count()
        assert (points >= 1 and intervals >= 2) or bars >= 4 or lines == 3
        box = chart.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_no_text_of_a_chart_is_cut_off(drawn: Drawn, width: int) -> None:
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

    page = drawn(width, "light")
    assert page.evaluate(outside) == []


def test_a_chart_tells_its_figures_in_words(drawn: Drawn) -> None:
    """A screen reader gets a text alternative with the figures."""
    page = drawn(DESKTOP, "light")
    label = page.locator(".chart").first.get_attribute("aria-label")

    assert "drf-objects (controlled) 28.1 ms" in (label or "")


def test_the_page_does_not_scroll_sideways_on_a_phone(browser: Browser, report: Path) -> None:
    """The verdicts fit; wide tables and code scroll in their own boxes, with every part open."""
    with opened(browser, report, width=PHONE) as view:
        view.open_all()

        assert view.page.evaluate("document.documentElement.scrollWidth") == PHONE
        verdicts, *tables = view.page.locator(".scroll").all()
        assert verdicts.evaluate("each => each.scrollWidth") <= PHONE
        assert max(table.evaluate("each => each.scrollWidth") for table in tables) > PHONE


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_enough_contrast(browser: Browser, report: Path, scheme: Scheme) -> None:
    """Prose, tables, verdicts, code and charts meet WCAG's level AA in light and dark."""
    with opened(browser, report, scheme=scheme) as view:
        view.open_all()
        found = view.page.evaluate(CONTRAST)

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
        view.open_all()
        shown = " ".join(view.page.locator("body").inner_text().split())

        assert view.page.evaluate("window.hit") is None
        assert shown.count(" ".join(HOSTILE.split())) >= 3


@pytest.mark.parametrize(("width", "beside"), [(DESKTOP, True), (PHONE, False)])
def test_code_and_sql_stand_side_by_side_where_there_is_room(
    drawn: Drawn, width: int, *, beside: bool
) -> None:
    """Two columns on a desktop, one above the other on a phone."""
    page = drawn(width, "light")
    sides = page.locator(".sources details[open] .pair").first.locator(".side")
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_chart_has_the_colours_of_the_page(drawn: Drawn, scheme: Scheme) -> None:
    """Bars and lines are drawn in the page's palette, each process in a colour of its own."""
    strokes = """(chart) => [...chart.querySelectorAll(".mark-line path")]
        .map((path) => getComputedStyle(path).stroke)"""
    palette = """(names) => names.map((name) => {
        const probe = document.body.appendChild(document.createElement("i"));
        probe.style.color = getComputedStyle(document.documentElement).getPropertyValue(name);
        const colour = getComputedStyle(probe).color;
        probe.remove();
        return colour;
    })"""
    names = ["--series-controlled", "--series-as-told", "--series-database"]

    page = drawn(DESKTOP, scheme)
    chart = page.locator(".chart", has=page.locator(".mark-line")).first
    colours = page.evaluate(palette, names)

    assert chart.evaluate(strokes) == colours
    assert len(set(colours)) == 3


def test_before_and_after_are_drawn_alike(drawn: Drawn) -> None:
    """The charts of CPU stand side by side with axes of the same length and the same numbers."""
    numbers = """(chart) => [...chart.querySelectorAll(".role-axis-label text")]
        .map((text) => text.textContent)"""

    page = drawn(DESKTOP, "light")
    charts_ = page.locator(".chart", has=page.locator(".mark-line"))
    before, after = charts_.nth(0), charts_.nth(1)
    boxes = before.bounding_box(), after.bounding_box()

    assert before.evaluate(numbers) == after.evaluate(numbers) != []
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert (boxes[0]["y"], boxes[0]["height"]) == (boxes[1]["y"], boxes[1]["height"])


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_a_long_name_does_not_touch_its_neighbours(drawn: Drawn, width: int) -> None:
    """Names in one line or in two stand apart, each within its row."""
    overlapping = """() => [...document.querySelectorAll(".chart svg")].flatMap((svg) => {
        const boxes = [...svg.querySelectorAll(".role-axis-label text")]
            .filter((text) => /[a-z]-/.test(text.textContent))
            .map((text) => text.getBoundingClientRect()).sort((a, b) => a.top - b.top);
        return boxes.slice(1).filter((box, place) => box.top < boxes[place].bottom - 1)
            .map((box) => box.top);
    })"""

    page = drawn(width, "light")
    assert page.evaluate(overlapping) == []


def test_a_plan_scrolls_in_its_own_box_on_a_phone(browser: Browser, report: Path) -> None:
    """A plan's long lines are not broken, and the page stays as wide as the phone."""
    with opened(browser, report, width=PHONE) as view:
        view.open_all()
        plan = view.page.locator(".scroll", has=view.page.locator(".plan")).first

        assert plan.evaluate("each => each.scrollWidth > each.clientWidth")
        assert plan.bounding_box()["width"] <= PHONE  # type: ignore[index] # it is visible


def test_the_parts_of_the_page_can_be_hit_with_a_thumb(browser: Browser, report: Path) -> None:
    """Every link of the navigation is as large as WCAG 2.2 asks for (2.5.8), on a phone too."""
    with opened(browser, report, width=PHONE) as view:
        view.page.locator(".contents summary").click()
        links = view.page.locator("nav a, nav summary, nav select, .parts a")
        boxes = [link.bounding_box() for link in links.all()]

    assert len(boxes) > 20
    assert all(box is not None and min(box["width"], box["height"]) >= 24 for box in boxes)


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_the_contents_stay_in_sight_and_lead_to_every_part(
    browser: Browser, report: Path, width: int
) -> None:
    """Deep in the page they are still there, and the part that they lead to is not below them."""
    with opened(browser, report, width=width) as view:
        page = view.page
        page.emulate_media(reduced_motion="reduce")
        page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight / 2)")
        summary = page.locator(".contents summary")
        assert summary.bounding_box()["y"] >= 0  # type: ignore[index] # it is visible
        if width == PHONE:
            summary.click()

        page.locator(".contents a", has_text="Where it was measured").click()

        box = page.locator("#where-title").bounding_box()
        bar = summary.bounding_box()
        assert box is not None
        assert bar is not None
        assert 0 <= box["y"] < 450
        if width == PHONE:
            assert page.locator(".contents details").get_attribute("open") is None
            assert box["y"] >= bar["y"] + bar["height"]
        assert view.messages == []


def test_the_contents_tell_what_is_in_sight(browser: Browser, report: Path) -> None:
    """The chapter that is being read is marked, for a screen reader too."""
    with opened(browser, report, width=WIDE) as view:
        view.page.evaluate("document.querySelector('#where').scrollIntoView({behavior: 'instant'})")

        view.page.wait_for_selector(".contents a[href='#where'][aria-current=true]")


def test_the_filter_shows_the_claims_of_a_section(browser: Browser, report: Path) -> None:
    """Chapters and experiments of other sections are hidden, with their links."""
    with opened(browser, report, width=WIDE) as view:
        page = view.page
        page.get_by_role("combobox", name="Section", exact=True).select_option("1.4")

        shown = page.locator(".chapter:visible")
        assert [each.get_attribute("id") for each in shown.all()] == ["section-1.4"]
        assert page.locator("#experiment-lists").is_visible()
        assert page.locator("#experiment-fields").is_hidden()
        assert page.locator(".contents a[href='#experiment-fields']").is_hidden()
        page.get_by_role("combobox", name="Section", exact=True).select_option("")
        assert page.locator("#experiment-fields").is_visible()


def test_the_filter_shows_the_claims_with_a_verdict(browser: Browser, report: Path) -> None:
    """A claim stays with all its set-ups where one of them has the verdict; the number is told."""
    with opened(browser, report, width=WIDE) as view:
        page = view.page
        page.get_by_role("combobox", name="Verdict", exact=True).select_option("refuted")

        claims = page.locator(".claims tbody")
        shown = [each for each in claims.all() if each.is_visible()]
        assert 0 < len(shown) < claims.count()
        assert all("refuted" in each.inner_text() for each in shown)
        status = page.locator(".filter [role=status]").inner_text()
        assert status == f"{len(shown)} of {claims.count()} claims shown"
        assert not [
            each
            for each in page.locator(".chapter:visible").all()
            if "refuted" not in each.inner_text()
        ]


def test_contents_and_filter_need_no_mouse(browser: Browser, report: Path) -> None:
    """On a phone with a keyboard: opened, filtered and closed by keys alone."""
    with opened(browser, report, width=PHONE) as view:
        page = view.page
        page.locator(".contents summary").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "filter-section"
        page.keyboard.press("ArrowDown")
        page.wait_for_function("document.querySelectorAll('.chapter[hidden]').length > 0")
        page.keyboard.press("Escape")

        assert page.locator(".contents details").get_attribute("open") is None
        assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_without_scripts_everything_is_shown_and_the_contents_open(
    browser: Browser, report: Path
) -> None:
    """The filter is not there, all chapters are, and the contents are a native disclosure."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 375, "height": 900})
    page = context.new_page()
    page.goto(report.as_uri())

    assert page.locator(".chapter").count() == page.locator(".chapter:visible").count() > 0
    page.locator(".contents summary").click()
    assert page.locator(".contents a").first.is_visible()
    assert page.locator(".filter").is_hidden()
    context.close()


def test_the_variant_stays_in_sight_while_its_figures_scroll(
    browser: Browser, report: Path
) -> None:
    """On a phone the first column of a table does not scroll away."""
    with opened(browser, report, width=PHONE) as view:
        name = view.page.locator("table.figures tbody th").nth(1)
        box = view.page.locator(".scroll", has=view.page.locator("table.figures")).first
        before = name.bounding_box()
        box.evaluate("each => { each.scrollLeft = 200; }")
        after = name.bounding_box()

        assert before is not None
        assert after is not None
        assert after["x"] == before["x"]
