"""The page of a trend in a Chromium, opened as a file as a reader would."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from browsing import Scheme, opened
from kept.made import AT, lab_run, race_run
from rowpath.lab.race.record import RaceRun
from rowpath.lab.race.record import to_json as race_json
from rowpath.lab.record import Run, to_json
from rowpath.lab.rereading import Kept, read_back
from rowpath.report.trend.html import render
from rowpath.report.trend.series import trend


def kept(folder: Path, *runs: Run | RaceRun) -> list[Kept]:
    """Return runs as they are read back, the first of them edited by hand."""
    files = []
    for number, run in enumerate(runs):
        text = to_json(run) if isinstance(run, Run) else race_json(run)
        path = folder / f"{number}.json"
        path.write_bytes(text.replace(b'"valid": true', b'"valid": false') if not number else text)
        files.append(read_back(path))
    return files


@pytest.mark.parametrize("width", [1200, 375])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("made", [lab_run, race_run])
def test_the_page_draws_a_chart_for_each_comparison_and_asks_for_nothing(
    browser: Browser, tmp_path: Path, width: int, scheme: Scheme, made: type
) -> None:
    """No chart fails under the page's policy, and the page is no wider than the screen."""
    runs = kept(tmp_path, *(made(started_at=AT + timedelta(days=day)) for day in range(3)))
    seen = trend(runs)
    path = tmp_path / "trend.html"
    path.write_text(render(seen), encoding="utf-8")
    with opened(browser, path, width=width, scheme=scheme) as view:
        drawn = view.page.locator(".chart svg").count()
        told = view.page.locator("[role=status]").first.inner_text()
        page_width = view.width()

    assert view.messages == []
    assert view.requests == [path.as_uri()]
    assert drawn == len(seen.series) > 1
    assert told.startswith("Run 1 is not valid. This file says what does not follow")
    assert page_width == width
