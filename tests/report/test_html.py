import base64
import dataclasses
import hashlib
import re
from html.parser import HTMLParser

import pytest
from report_runs import HOSTILE, whole_run

from rowpath.lab.record import from_json, to_json
from rowpath.report.html import render


class Page(HTMLParser):
    """A page's ids, addresses, and the text of its scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.policy = ""
        self.runnable: list[str] = []
        self._reading = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.addresses += [value for name, value in attrs if name in {"href", "src"} and value]
        if values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"] or ""
        self._reading = tag == "style" or (tag == "script" and values.get("type") == "module")

    def handle_endtag(self, tag: str) -> None:
        del tag
        self._reading = False

    def handle_data(self, data: str) -> None:
        if self._reading:
            self.runnable.append(data)


@pytest.fixture(scope="module")
def html() -> str:
    """Return the report of a whole run."""
    return render(whole_run())


def test_the_policy_allows_the_pages_own_scripts_and_style_alone(html: str) -> None:
    """Each is named by its hash, and nothing else may be loaded or run."""
    page = Page(html)

    digests = [hashlib.sha256(text.encode()).digest() for text in page.runnable]

    assert len(digests) == 3
    assert all(f"'sha256-{base64.b64encode(each).decode()}'" in page.policy for each in digests)
    assert page.policy.startswith("default-src 'none';")
    assert "unsafe" not in page.policy


def test_every_address_is_a_place_in_the_page(html: str) -> None:
    """There is no link to anything outside, and none that leads nowhere."""
    page = Page(html)

    assert page.addresses
    assert {f"#{each}" for each in page.ids} >= set(page.addresses)
    assert len(page.ids) == len(set(page.ids))


def test_hostile_text_opens_no_element(html: str) -> None:
    """Text of a run stays text, in the page and in the data of its charts."""
    assert "<script>window.hit" not in html
    assert "\u2028" not in "".join(re.findall(r'application/json">(.*?)</script>', html))
    assert "&lt;/script&gt;&lt;script&gt;window.hit" in html


def test_hostile_names_stay_inside_their_places() -> None:
    """A name that a run's file was given by hand cannot break out of an attribute or a chart."""
    text = to_json(whole_run()).decode().replace("drf-objects", HOSTILE.replace('"', '\\"'))

    page = Page(render(from_json(text.replace('"lists"', '"a \\" onload=x <b>"').encode())))

    assert len(page.runnable) == 3
    assert not any("window.hit" in script for script in page.runnable)


def test_a_run_read_from_its_file_looks_the_same(html: str) -> None:
    """The report is drawn from what is in the JSON file alone."""
    assert render(from_json(to_json(whole_run()))) == html


def test_the_verdicts_come_first(html: str) -> None:
    """Verdicts, how to read them, where they were measured, then the experiments."""
    order = [html.index(f'id="{each}"') for each in ("verdicts", "where", "experiment-lists")]

    assert order == sorted(order)


def test_a_run_that_stopped_says_so_above_everything() -> None:
    """One sentence before the verdicts says why a run is not complete."""
    html = render(whole_run(stopped="Ctrl-C after 3 of 6 blocks."))

    stopped = html.index("This run stopped before its end: Ctrl-C after 3 of 6 blocks.")

    assert stopped < html.index('id="verdicts"')


def test_the_libraries_are_there_once(html: str) -> None:
    """Eleven charts share one copy, so the file stays near one megabyte."""
    assert html.count("window.vegaEmbed=") == 1
    assert len(html.encode()) < 2_000_000


def test_a_run_that_measured_nothing_has_a_report() -> None:
    """A run stopped before its first block is reported with its reason and its environment."""
    run = dataclasses.replace(whole_run(stopped="Ctrl-C"), experiments=())

    html = render(run)

    assert "This run stopped before its end: Ctrl-C." in html
    assert 'id="where"' in html
    assert 'id="verdicts"' not in html


def test_an_experiment_without_variants_has_a_report() -> None:
    """An experiment that was about to start is shown with its question."""
    run = whole_run()
    empty = dataclasses.replace(run.experiments[0], variants=(), comparisons=(), claims=())

    html = render(dataclasses.replace(run, experiments=(empty,)))

    assert empty.question in html
