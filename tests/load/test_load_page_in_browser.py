"""The page of a load in a Chromium, opened as a file as a reader would."""

from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from load.made import URL, result, target
from rowpath.report.load.html import render
from system import found_browser

_ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.mark.parametrize("width", [1200, 375])
def test_the_page_draws_four_charts_and_asks_for_nothing(tmp_path: Path, width: int) -> None:
    """No chart fails under the page's policy, and the page is no wider than the screen."""
    times = [number / 10 for number in range(50)]
    made = result(
        target(times, [0.1] * 50, reasons=["status 500"]),
        target(times, [0.2] * 50, name=f"{URL}?{'long=' * 40}"),
        run_time_s=5.0,
    )
    path = tmp_path / "load.html"
    path.write_text(render(made, ["p95>1ms, it was 100 ms"]), encoding="utf-8")
    executable = found_browser()
    assert executable is not None, "no browser is installed: python tests/system.py"
    messages: list[str] = []
    requests: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=_ARGS)
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.on("console", lambda message: messages.append(message.text))
        page.on("pageerror", lambda error: messages.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(path.as_uri())
        page.wait_for_function("document.documentElement.dataset.drawn")
        drawn = page.locator(".chart svg").count()
        page_width = page.evaluate("document.documentElement.scrollWidth")
        browser.close()

    assert messages == []
    assert requests == [path.as_uri()]
    assert drawn == 4
    assert page_width == width
