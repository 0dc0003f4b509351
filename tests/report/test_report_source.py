from report_runs import HOSTILE, timed, whole_run

from rowpath.lab.record import ExperimentRecord, StatementRecord, VariantRecord
from rowpath.report.source import python, sources, sql


def experiment(*variants: VariantRecord) -> ExperimentRecord:
    """Return an experiment of these variants."""
    return ExperimentRecord(
        name="one",
        section="1",
        question="?",
        baseline=variants[0].name,
        variants=variants,
        comparisons=(),
        claims=(),
    )


def test_a_variant_stands_once_for_all_its_set_ups_and_sizes() -> None:
    """Code and SQL are shown once a variant, in the order of the experiment."""
    shown = sources(whole_run().experiments[0])

    assert [each.name for each in shown][:3] == ["drf-objects", "drf-values", "drf-no-serializer"]
    assert len(shown) == 7


def test_a_statement_that_differs_in_its_limit_alone_stands_once() -> None:
    """Django writes the number of rows into the text; the report shows the smallest."""
    (statement,) = sources(whole_run().experiments[0])[0].statements

    assert statement.limits_differ
    assert "1000" in statement.sql.striptags()
    assert [each.rows for each in statement.sightings] == [
        1_000,
        1_000,
        10_000,
        10_000,
        100_000,
        100_000,
    ]


def test_a_statement_of_a_loop_stands_once_with_its_count() -> None:
    """A hundred similar statements are one text and a number."""
    _, only_one, _ = sources(whole_run().experiments[1])

    assert [each.sightings[0].statement.count for each in only_one.statements] == [1, 100]


def test_sql_is_laid_out_in_lines() -> None:
    """A long statement is broken at its clauses and its keywords are capitals."""
    text = sql("select a, b from t where a = %s order by b").striptags()

    assert text == "SELECT a, b FROM t WHERE a = %s ORDER BY b"
    assert sql("select a from t where a = %s").count("\n") >= 3


def test_a_statement_too_long_to_lay_out_is_shown_as_sent() -> None:
    """A statement with thousands of parameters does not keep the report from being made."""
    text = "SELECT a FROM t WHERE a IN (" + "%s, " * 20_000 + "0)"
    statement = StatementRecord(text=text, count=1, duration_ms=1.0, rows=0)

    (shown,) = sources(experiment(timed("x", ms=1.0, statements=(statement,))))

    assert shown.statements[0].sql.striptags() == text


def test_what_looks_like_html_is_escaped() -> None:
    """Code and SQL can hold any text."""
    for html in (python(f"# {HOSTILE}"), sql(f"SELECT 1 -- {HOSTILE}")):
        assert "<script" not in html
        assert "&lt;script&gt;" in html
