from record_parts import HOSTILE, timed
from report_runs import experiment

from rowpath.lab.record import StatementRecord
from rowpath.report.source import python, sources, sql


def test_a_variant_stands_once_for_all_its_set_ups_and_sizes() -> None:
    """Code and SQL are shown once a variant, in the order of the experiment."""
    shown = sources(experiment("lists").variants)

    assert [each.name for each in shown][:3] == ["drf-objects", "drf-values", "drf-no-serializer"]
    assert len(shown) == 7


def test_a_statement_that_differs_in_its_limit_alone_stands_once() -> None:
    """Django writes the number of rows into the text; the report shows the smallest."""
    (statement,) = sources(experiment("lists").variants)[0].statements

    assert statement.sent.varies
    assert "1000" in statement.sql.striptags()
    assert [each.rows for each in statement.sent.sightings] == [
        1_000,
        1_000,
        10_000,
        10_000,
        100_000,
        100_000,
    ]


def test_a_statement_of_a_loop_stands_once_with_its_count() -> None:
    """A hundred similar statements are one text and a number."""
    _, only_one, _ = sources(experiment("fields").variants)

    assert [each.sent.sightings[0].count for each in only_one.statements] == [1, 100]


def test_sql_is_laid_out_in_lines() -> None:
    """A long statement is broken at its clauses and its keywords are capitals."""
    text = sql("select a, b from t where a = %s order by b").striptags()

    assert text == "SELECT a, b FROM t WHERE a = %s ORDER BY b"
    assert sql("select a from t where a = %s").count("\n") >= 3


def test_a_statement_too_long_to_lay_out_is_shown_as_sent() -> None:
    """Whatever the layouter refuses does not keep the report from being made."""
    text = "SELECT " + "a, " * 20_000 + "0"

    assert sql(text).striptags() == text


def test_a_layout_that_is_mostly_white_space_is_left_out() -> None:
    """A list that the layouter indents more at every item is shown as it was sent."""
    text = "COPY " + ", ".join(["(%s, now())"] * 250)

    assert len(sql(text)) < 30_000


def test_of_very_many_statements_some_are_shown() -> None:
    """A variant that never sends the same text twice does not fill the page."""
    statements = tuple(
        StatementRecord(text=f"SELECT column_{number}", count=1, duration_ms=1.0, rows=0)
        for number in range(400)
    )

    (shown,) = sources([timed("x", ms=1.0, statements=statements)])

    assert len(shown.statements) == 12
    assert shown.hidden == 388


def test_what_looks_like_html_is_escaped() -> None:
    """Code and SQL can hold any text."""
    for html in (python(f"# {HOSTILE}"), sql(f"SELECT 1 -- {HOSTILE}")):
        assert "<script" not in html
        assert "&lt;script&gt;" in html
