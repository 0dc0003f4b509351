"""A trace in the terminal says what the toolbar's SQL panel says, and what the lab adds."""

import dataclasses
import io

from record_parts import HOSTILE, timed
from report_runs import whole_run
from rich.console import Console

from rowpath.lab.record import VariantRecord
from rowpath.report.terminal_trace import trace


def printed(variant: VariantRecord, width: int = 100) -> str:
    """Return what a pipe of `width` columns gets."""
    file = io.StringIO()
    Console(file=file, width=width).print(trace(variant))
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines())


def only_one() -> VariantRecord:
    """The variant of the sample run that sends a statement for each row."""
    (found,) = [
        variant
        for experiment in whole_run().experiments
        for variant in experiment.variants
        if variant.name == "only-one"
    ]
    return dataclasses.replace(found, sql_statements=101, sql_similar=100, sql_duplicates=30)


def test_a_trace_begins_with_the_whole_request() -> None:
    """How many statements in what time, how many of them similar, how many duplicates."""
    first, title, totals, *_ = printed(only_one()).splitlines()

    assert first == "only-one (controlled), 100 rows"
    assert title.startswith("only() of one field")
    assert totals.startswith("101 statements in ")
    assert ", 100 similar, 30 duplicates, " in totals


def test_each_statement_has_its_lines_and_its_plan() -> None:
    """Text, how often, where in the code, and EXPLAIN with its indentation."""
    text = printed(only_one(), width=140)

    assert (
        "2. sent 100 times a request, 30 of them with the values of another, 46.3 ms in all\n"
        '   SELECT "product"."id", "product"."high_price" FROM "product" WHERE "product"."id" = %s '
        "LIMIT 21\n"
        "   shop/views.py:144 in SQLDebugV2.get, 98 times a request\n"
        '      out_data["high_price"].append(product.high_price)\n'
    ) in text
    assert "   Limit\n     -> Index Scan using product_pkey on product" in text


def test_a_request_without_statements_is_told_so() -> None:
    """There is nothing similar about nothing."""
    none = dataclasses.replace(
        timed("unread", ms=1.0, rows=10), statements=(), sql_statements=0, sql_ms=0.0, sql_rows=0
    )

    assert "\n0 statements in 0 ms, 0 rows, peak " in printed(none)


def test_hostile_text_does_nothing_to_a_terminal() -> None:
    """No mark-up of rich's is obeyed, and nothing that a terminal acts on is printed."""
    variant = dataclasses.replace(only_one(), title=f"\x1b[31m{HOSTILE}", outcome=HOSTILE)

    text = printed(variant)

    assert "\x1b" not in text
    assert "[red]bold" in text
