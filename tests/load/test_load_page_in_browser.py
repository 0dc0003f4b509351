"""The page of a load in a Chromium, opened as a file as a reader would."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from browsing import opened
from load.made import URL, result, target
from rowpath.report.load.html import render


@pytest.mark.parametrize("width", [1200, 375])
def test_the_page_draws_four_charts_and_asks_for_nothing(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    """No chart fails under the page's policy, and the page is no wider than the screen."""
    times = [number / 10 for number in range(50)]
    made = result(
        target(times, [0.1] * 50, reasons=["status 500"]),
        target(times, [0.2] * 50, name=f"{URL}?{'long=' * 40}"),
        run_time_s=5.0,
    )
    path = tmp_path / "load.html"
    path.write_text(render(made, ["p95>1ms, it was 100 ms"]), encoding="utf-8")
    with opened(browser, path, width=width) as view:
        drawn = view.page.locator(".chart svg").count()
        page_width = view.width()

    assert view.messages == []
    assert view.requests == [path.as_uri()]
    assert drawn == 4
    assert page_width == width
