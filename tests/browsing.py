"""A real browser, and a file of ours as it stands in it once its charts are drawn."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from system import found_browser

Scheme = Literal["light", "dark"]
DESKTOP = 1200
CONTRAST = (Path(__file__).with_name("measure_contrast.js")).read_text(encoding="utf-8")
_ARGS = [
    "--no-sandbox",  # root, as in a container, has no sandbox
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A page that has drawn its charts, with all that it said and asked for."""

    page: Page
    messages: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def width(self) -> int:
        """Return the width of the page, which is more than the window's if something sticks out."""
        return int(self.page.evaluate("document.documentElement.scrollWidth"))

    def open_all(self) -> None:
        """Open every part of the page that is folded."""
        self.page.evaluate(
            "document.querySelectorAll('details').forEach((each) => { each.open = true })"
        )


@contextmanager
def running_browser() -> Iterator[Browser]:
    """A headless Chromium. While it runs, its thread has a running event loop."""
    executable = found_browser()
    assert executable is not None, "no browser is installed: python tests/system.py"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=_ARGS)
        yield started
        started.close()


@contextmanager
def opened(
    browser: Browser, file: Path, *, width: int = DESKTOP, scheme: Scheme = "light"
) -> Iterator[Opened]:
    """Open `file` in a window of this width, and wait until all its charts are drawn."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    view = Opened(page=page)
    page.on("console", lambda message: view.messages.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: view.messages.append(str(error)))
    page.on("request", lambda request: view.requests.append(request.url))
    try:
        page.goto(file.as_uri())
        page.wait_for_selector(f"html[data-drawn={scheme}]")
        yield view
    finally:
        context.close()
