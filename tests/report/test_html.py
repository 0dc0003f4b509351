import base64
import dataclasses
import hashlib
import re
from html.parser import HTMLParser

import pytest
from record_parts import HOSTILE
from report_runs import experiment, whole_run

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
    """Dozens of charts share one copy, so the file stays near one megabyte."""
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


def test_an_experiment_of_one_group_has_no_heading_for_it(html: str) -> None:
    """A group is named where there is another, with its question."""
    assert html.count('class="group-title"') == sum(
        len(record.groups) for record in whole_run().experiments if len(record.groups) > 1
    )
    assert "A thousand rows changed: one at a time?" in html


def test_ratios_are_headed_by_the_baseline_of_their_group(html: str) -> None:
    """Every table says what its ratios are relative to."""
    for record in whole_run().experiments:
        for group in record.groups:
            assert f">Relative to {group.baseline} <span>95% range</span></th>" in html


def test_set_ups_are_named_where_there_are_two(html: str) -> None:
    """An experiment that ran controlled alone needs no row that says so."""
    _, lists = html.split('id="experiment-lists"')
    lists, rest = lists.split('id="experiment-fields"')

    assert lists.count('<tr class="setup">') == 6
    assert rest.count('<tr class="setup">') == 0


def test_the_first_line_has_the_rows_of_every_dataset(html: str) -> None:
    """No one number stands for datasets of different sizes."""
    lead = html[html.index('class="lead"') :]

    assert "10,000,000 products and 1,000,000 player fights in embedded" in lead[:200]


def test_a_known_error_is_shown_once_with_its_reason(html: str) -> None:
    """It stands at the head of its group, for all sizes, and is not called a gap."""
    message = "Field PlayerFight.fight cannot be both deferred and traversed"
    _, gaps = html.split("Not measured in full")

    assert html.count(message) == 1
    assert message not in gaps[: gaps.index("</ul>")]


def test_what_was_left_out_is_told_where_it_would_have_been(html: str) -> None:
    """A variant that could not run here is named with its reason, in its experiment too."""
    assert html.count("it needs django 6.1, and this run has 5.2.19") == 2


def test_what_differs_is_told(html: str) -> None:
    """Variant, column, rows and an example of both values stand in the group's part."""
    part = html[html.index("What differs") :]
    text = " ".join(re.sub(r"<[^>]+>", " ", part[: part.index("</section>")]).split())

    assert (
        "bulk-update label_by_save 1,000 of 1,000 rows &#39;boss 3 spec 11 20417&#39; &#39;&#39; "
        "updated_at 400 of 1,000 rows" in text
    )


def test_plans_stand_under_their_statements(html: str) -> None:
    """A plan is there with where it was seen, alike ones once."""
    assert html.count("Index Scan using boss_pkey") == 1
    assert "300 and 1,000 rows (numbers from the first)" in html


def test_places_stand_under_their_statements(html: str) -> None:
    """The line that sent a statement is there with its text, and how often it was a duplicate."""
    text = " ".join(re.sub(r"<[^>]+>", " ", html).split())

    assert "sent 100 times a request, 30 of them with the values of another, 46.3 ms in all" in text
    assert (
        "Sent from 2 places shop/views.py:144 in SQLDebugV2.get, 98 times a request "
        "out_data[&#34;high_price&#34;].append(product.high_price)" in text
    )


def test_a_large_run_makes_a_page_that_a_phone_can_load() -> None:
    """Statements of hundreds of kilobytes, many variants and sizes stay below three megabytes."""
    run, writes = whole_run(), experiment("writes")
    statement = dataclasses.replace(
        writes.variants[0].statements[0],
        text="COPY " + ", ".join(["(%s, now())"] * 50_000),
        plan="x" * 500_000,
    )
    variants = tuple(
        dataclasses.replace(variant, statements=(statement, *variant.statements), rows=rows)
        for rows in range(1_000, 9_000, 1_000)
        for variant in writes.variants
    )
    many = tuple(
        dataclasses.replace(writes, name=f"writes-{number}", variants=variants)
        for number in range(3)
    )

    assert len(render(dataclasses.replace(run, experiments=many)).encode()) < 3_000_000


def shown(html: str) -> str:
    """Return a page without its scripts and its style."""
    return re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.DOTALL)


def test_what_no_run_of_ones_own_has_is_not_explained() -> None:
    """No instrument saw such applications, no talk claimed anything, no database was there."""
    run = whole_run()
    first, *_ = run.experiments
    unseen = tuple(
        dataclasses.replace(each, peak_mib=0.0, sql_statements=0) for each in first.variants
    )
    own = dataclasses.replace(
        run,
        dataset=None,
        datasets=(),
        environment=dataclasses.replace(run.environment, postgresql="no database", settings={}),
        experiments=(dataclasses.replace(first, dataset="", section="own", variants=unseen),),
    )

    of_talk, of_own = shown(render(run)), shown(render(own))

    for heading in (
        "<dt>Set-up</dt>",
        "<dt>Peak memory</dt>",
        "<dt>SQL and plan</dt>",
        "<dt>Database</dt>",
        "<h4>Settings of the database</h4>",
        "What the talk claimed",
        "the table is not the one that the claim is about",
    ):
        assert heading in of_talk, heading
        assert heading not in of_own, heading
    assert "<dt>Block</dt>" in of_own
    assert "What was asked, and what was measured" in of_own
