"""The toolbar in a Chromium, on the page of section 2.1 of the talk."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from rowpath.lab.applications import App
from rowpath.lab.apps.settings import AppSettings
from rowpath.lab.conditions import CONTROLLED
from rowpath.lab.database import Database
from rowpath.lab.servers.server import serving


@pytest.fixture(scope="module")
def url(products: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the application stands with its tools."""
    settings = AppSettings(dsn=products.dsn, conditions=CONTROLLED, trace_folder=None)
    with serving(App.TOOLS, settings, logs=tmp_path_factory.mktemp("logs")) as server:
        yield server.url


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    """Yield the start page in a window of a desktop; whatever fails on a page fails the test."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    opened = context.new_page()
    failures: list[str] = []
    opened.on("pageerror", lambda error: failures.append(str(error)))
    opened.on(
        "response",
        lambda answer: failures.append(answer.url) if answer.status >= 400 else None,
    )
    opened.goto(f"{url}/")
    yield opened
    context.close()
    # A browser asks every site for an icon.
    assert [each for each in failures if not each.endswith("/favicon.ico")] == []


def test_the_sql_panel_shows_101_queries_including_100_similar(page: Page) -> None:
    """From the start page by a click to the page, and by another to the panel of the talk."""
    page.get_by_role("link", name="/sql_debug_v2/", exact=True).click()
    page.locator("#djDebug a.SQLPanel").click()

    panel = page.locator("#SQLPanel")
    expect(panel).to_contain_text(re.compile(r"101 queries\s+including 100 similar"))
    expect(panel).to_contain_text("SQL queries from 1 connection")
    expect(panel.get_by_text("100 similar queries.")).to_have_count(100)
    panel.locator("button[data-toggle-id='2']").click()
    expect(panel).to_contain_text('out_data["high_price"].append(product.high_price)')


def test_a_query_is_explained_by_a_click(page: Page) -> None:
    """The panel's action Expl shows PostgreSQL's plan."""
    page.get_by_role("link", name="/sql_debug_v2/", exact=True).click()
    page.locator("#djDebug a.SQLPanel").click()
    page.locator("#SQLPanel button", has_text="Expl").nth(1).click()

    expect(page.locator("#djDebugWindow")).to_contain_text(re.compile("Index Scan|Seq Scan"))


def test_silk_shows_what_the_browser_asked_for(page: Page, url: str) -> None:
    """The page stands in silk's list, with its number of queries."""
    page.goto(f"{url}/sql_debug_v2/")
    page.goto(f"{url}/silk/requests/")

    expect(page.locator("body")).to_contain_text("/sql_debug_v2/")
    expect(page.locator("body")).to_contain_text("101")
