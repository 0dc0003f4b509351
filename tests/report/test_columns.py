import dataclasses
import io
import re
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_parts import claimed, compared, ended, failing, group, seen_once, timed
from report_runs import experiment, whole_run
from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from rowpath.lab.record import ClaimRecord, ComparisonRecord, ExperimentRecord
from rowpath.report.claim_columns import COLUMNS
from rowpath.report.columns import columns
from rowpath.report.html import render
from rowpath.report.layout import Line, SetupPart, SizePart, groups, size_part
from rowpath.report.tables import Cell, Measured, Name, Stacked, Verdicts
from rowpath.report.terminal_table import SizeTable

WIDTHS = (80, 120)
MAY_BE_EMPTY = {"ratio", "talk", "verdict"}


def size(name: str, group_name: str, rows: int) -> SizePart:
    """Return a size of a group of the whole run."""
    record = experiment(name)
    return size_part(record, record.group(group_name), rows)


def sizes(*records: ExperimentRecord) -> list[SizePart]:
    """Return all sizes of experiments in the order in which they are reported."""
    return [each for record in records for part in groups(record) for each in part.sizes]


def keys(part: SizePart) -> list[str]:
    """Return the columns of a size."""
    return [column.key for column in columns(part)]


def texts(cell: Cell) -> tuple[str, ...]:
    """Return the texts of a cell that stand on one line each."""
    match cell:
        case Measured():
            return (cell.value, cell.note)
        case Stacked():
            return cell.texts
        case Verdicts():
            return tuple(each.word for each in cell.given)
        case Name():
            return tuple(cell.text.split("-"))
    return ()


def console(width: int) -> Console:
    """Return a console that prints into a string."""
    return Console(file=io.StringIO(), width=width)


def printed(table: SizeTable, width: int) -> str:
    """Return what a terminal of `width` columns shows of a table."""
    shown = console(width)
    shown.print(table)
    assert isinstance(shown.file, io.StringIO)
    return shown.file.getvalue()


def terminal_headers(part: SizePart, width: int) -> list[str]:
    """Return what stands above the columns of a size in a terminal, the same for each set-up."""
    shown = console(width)
    whole = SizeTable(title="", question="", baseline="", part=part)
    parts = whole.__rich_console__(shown, shown.options)
    tables = [each.renderable for each in parts if isinstance(each, Padding)]
    headers = [
        [str(column.header) for column in each.columns]
        for each in tables
        if isinstance(each, Table)
    ]
    assert headers == [headers[0]] * len(part.setups)
    return headers[0]


def html_tables(html: str, name: str) -> list[str]:
    """Return the tables of a class in a page."""
    return re.findall(rf'<table class="{name}">(.*?)</table>', html, re.DOTALL)


def html_headers(table: str) -> list[str]:
    """Return what stands above the columns of a table of a page."""
    head, _ = table.split("</thead>")
    cells = re.findall(r"<th [^>]*>(.*?)</th>", head, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", cell) for cell in cells]


def cells(part: SizePart) -> list[tuple[str, Cell]]:
    """Return what stands in every column of every line, with the column's key."""
    return [(each.key, each.cell(line)) for line in part.lines for each in columns(part)]


def test_a_group_about_time_has_it_first() -> None:
    """Time and ratio, then what explains them, then what the talk said and what came of it."""
    assert keys(size("lists", "lists", 1_000)) == [
        "variant",
        "time",
        "ratio",
        "bytes",
        "statements",
        "sql-time",
        "cpu",
        "memory",
        "talk",
        "verdict",
    ]


def test_a_group_about_memory_has_it_first() -> None:
    """The same columns stand in the same order, but for the one that leads."""
    assert keys(size("loops", "list-or-iterator", 20_000)) == [
        "variant",
        "memory",
        "time",
        "ratio",
        "bytes",
        "statements",
        "sql-time",
        "cpu",
    ]


def test_the_page_has_a_title_for_every_column() -> None:
    """A page has room for a column each, with what stands below its figures."""
    lists, *_ = html_tables(render(whole_run()), "figures")

    assert html_headers(lists) == [
        "Variant",
        "Time 95% range",
        "Relative to drf-objects 95% range",
        "Bytes gzip",
        "SQL statements",
        "SQL time",
        "CPU",
        "Peak memory added",
        "The talk",
        "Verdict",
    ]


@pytest.mark.parametrize(
    ("width", "headers"),
    [
        (
            120,
            [
                "variant",
                "time (95% range)",
                "ratio (95% range)",
                "bytes\ngzip",
                "SQL\ntime",
                "CPU\npeak\nadded",
                "talk",
                "verdict",
            ],
        ),
        (
            80,
            [
                "variant\nverdict",
                "time\n95% range",
                "ratio\n95% range",
                "bytes\ngzip",
                "SQL\ntime",
                "CPU\npeak\nadded",
                "talk",
            ],
        ),
    ],
)
def test_the_terminal_stacks_columns(width: int, headers: list[str]) -> None:
    """Where a terminal has no room for a column each, some stand one below the other."""
    assert terminal_headers(size("lists", "lists", 1_000), width) == headers


def test_terminal_and_page_have_the_same_columns_in_the_same_order() -> None:
    """Every table of a run has the columns of its size, in both and in every line."""
    run = whole_run()
    parts, tables = sizes(*run.experiments), html_tables(render(run), "figures")

    for part, table in zip(parts, tables, strict=True):
        own = columns(part)
        titles = [f"{each.header.title} {each.header.detail}".strip() for each in own]
        words = " ".join(f"{each.header.short} {each.header.detail}" for each in own).split()
        wide, narrow = (" ".join(terminal_headers(part, width)) for width in (120, 80))
        lines = table.split('<th scope="row">')[1:]

        assert html_headers(table) == titles
        assert re.findall(r"[\w%]+", wide) == re.findall(r"[\w%]+", " ".join(words))
        assert sorted(re.findall(r"[\w%]+", narrow)) == sorted(re.findall(r"[\w%]+", wide))
        assert len(lines) == len(part.lines)
        assert {tuple(re.findall(r'<td data-column="([^"]+)"', line)) for line in lines} == {
            tuple(each.key for each in own[1:])
        }


def test_terminal_and_page_have_the_same_columns_of_verdicts() -> None:
    """The claim comes first, then what came of it."""
    table, *others = html_tables(render(whole_run()), "claims")

    assert [column.key for column in COLUMNS] == [
        "claim",
        "verdict",
        "set-up",
        "claimed",
        "measured",
    ]
    assert html_headers(table) == [
        "Claim",
        "Verdict",
        "Set-up",
        "Claimed",
        "Measured 95% range",
    ]
    assert {tuple(html_headers(each)) for each in others} <= {tuple(html_headers(table))}


@pytest.mark.parametrize("width", WIDTHS)
def test_a_terminal_has_room_for_every_column(width: int) -> None:
    """Every text of every cell is printed in whole, at the widths that tables are made for."""
    for part in sizes(*whole_run().experiments):
        shown = printed(SizeTable(title="", question="", baseline="", part=part), width)

        assert [text for _, cell in cells(part) for text in texts(cell) if text not in shown] == []


def test_what_nothing_is_said_of_has_no_column() -> None:
    """The talk's figures and verdicts have a column at the sizes that have some, and only there."""
    assert {"talk", "verdict"} <= set(keys(size("relations", "foreign-keys", 300)))
    assert not {"talk", "verdict"} & set(keys(size("relations", "foreign-keys", 1_000)))


@pytest.mark.parametrize("width", WIDTHS)
def test_a_table_without_verdicts_has_no_header_for_them(width: int) -> None:
    """Terminal and page are alike in this too."""
    (first, *_) = terminal_headers(size("fields", "all", 100), width)

    assert first == "variant"


def test_every_kind_of_cell_is_in_the_run_of_these_tests() -> None:
    """So the page and the terminal, which are made of it, have shown each kind."""
    run = whole_run()
    claims = [claim for record in run.experiments for claim in record.claims]
    seen = [cell for part in sizes(*run.experiments) for _, cell in cells(part)]
    seen += [column.cell(claim) for column in COLUMNS for claim in claims]

    assert {type(cell) for cell in seen} == set(get_args(Cell))


def test_only_what_may_be_missing_is_empty() -> None:
    """A figure that is not there is a dash; the talk's, a ratio or a verdict may be nothing."""
    for part in sizes(*whole_run().experiments):
        for key, cell in cells(part):
            empty = not any(getattr(cell, field.name) for field in dataclasses.fields(cell))
            assert key in MAY_BE_EMPTY or not empty


def _comparison(value: float | None) -> ComparisonRecord:
    return compared("any", "first", rows=1_000, value=value)


def _claim(baseline: str, outcome: tuple[float, str] | None) -> ClaimRecord:
    return claimed("It is faster", "1", "any", 0.5, outcome, baseline=baseline)


_variants = st.builds(
    lambda made, name: dataclasses.replace(made, name=name),
    st.sampled_from(
        (
            timed("any", ms=3.2),
            timed("any", ms=0.004, statements=(), told_ms=4.0),
            seen_once("any", ms=41_200.0, rows=1_000, group="all"),
            ended("any", rows=1_000, group="all"),
            failing("any", rows=1_000, group="all"),
            dataclasses.replace(timed("any", ms=1.0), time_ms=None, samples_ms=(), cpu_ms=None),
        )
    ),
    st.text(min_size=1),
)
_lines = st.builds(
    Line,
    variant=_variants,
    is_baseline=st.booleans(),
    comparison=st.none() | st.builds(_comparison, st.none() | st.floats(0.001, 1_000)),
    claims=st.lists(
        st.builds(
            _claim,
            st.sampled_from(("first", "other")),
            st.sampled_from((None, (0.5, "confirmed"), (2.0, "a verdict to come"))),
        ),
        max_size=2,
    ).map(tuple),
)
_parts = st.builds(
    lambda leads, lines: SizePart(
        group=group("all", "first", leads=leads),
        rows=1_000,
        setups=(SetupPart(setup="controlled", lines=tuple(lines)),),
        names_setups=False,
    ),
    st.sampled_from(("time", "memory", "a figure to come")),
    st.lists(_lines, min_size=1, max_size=3),
)


@given(_parts)
def test_every_column_has_a_cell_for_every_line(part: SizePart) -> None:
    """Whatever was measured, each column says something of each line that can be laid out."""
    assert all(isinstance(cell, get_args(Cell)) for _, cell in cells(part))
    for width in WIDTHS:
        assert printed(SizeTable(title="", question="", baseline="", part=part), width)


@given(_parts)
def test_what_leads_stands_first_after_the_variant(part: SizePart) -> None:
    """Each column is there once, and one leads where the group says which."""
    shown = columns(part)
    leading = [column.key for column in shown if column.leads]

    assert len(set(keys(part))) == len(shown)
    assert shown[0].key == "variant"
    assert leading == [key for key in keys(part)[1:2] if key == part.group.leads]
