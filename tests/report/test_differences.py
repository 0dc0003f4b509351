import dataclasses

import pytest
from record_parts import timed
from report_runs import experiment

from rowpath.lab.record import NUMBER_OF_ROWS, DifferenceRecord, VariantRecord
from rowpath.report.differences import differing


def leaving(rows: int, *, differ: int = 0, own: str = "b") -> VariantRecord:
    """Return a variant that leaves a column otherwise in `differ` rows, by default in all."""
    difference = DifferenceRecord(column="label", rows=differ or rows, baseline="a", variant=own)
    return dataclasses.replace(timed("bulk", ms=1, rows=rows), differences=(difference,))


def test_a_column_stands_once_with_its_rows_at_every_size() -> None:
    """Sizes are put together, and set-ups that leave the same are told once."""
    variants = [leaving(300), leaving(300), leaving(1_000, differ=400)]

    (found,) = differing(variants)

    assert found.columns[0].rows == ("300 of 300 rows", "400 of 1,000 rows")
    assert str(found) == "bulk differs: label in 300 of 300 rows, 400 of 1,000 rows"


def test_a_row_of_totals_is_one_row_and_no_share() -> None:
    """An answer of one row, made from a thousand, does not differ in one of a thousand."""
    (found,) = differing([leaving(1_000, differ=1)])

    assert found.columns[0].rows == ("1 row",)


@pytest.mark.parametrize(("own", "told"), [("297", "3 fewer"), ("1200", "900 more")])
def test_another_number_of_rows_is_told_with_both_numbers(own: str, told: str) -> None:
    """It is no column, and not in some of the rows."""
    number = DifferenceRecord(
        column=NUMBER_OF_ROWS, rows=abs(int(own) - 300), baseline="300", variant=own
    )
    label = DifferenceRecord(column="label", rows=300, baseline="a", variant="b")
    variant = dataclasses.replace(timed("bulk", ms=1, rows=300), differences=(number, label))

    (found,) = differing([variant])

    assert str(found) == f"bulk differs: number of rows: {told}; label in 300 of 300 rows"
    first = found.columns[0]
    assert (first.rows, first.baseline, first.own) == ((told,), "300", own)


def test_a_long_example_is_cut() -> None:
    """The run's file has all of a value that fills a page."""
    (found,) = differing([leaving(10, own="x" * 5_000)])

    assert len(found.columns[0].own) < 100


def test_variants_and_columns_keep_their_order() -> None:
    """Differences stand in the order of the table above them."""
    update = [each for each in experiment("writes").variants if each.group == "update"]

    left = differing(update)

    assert [(each.variant, [column.name for column in each.columns]) for each in left] == [
        ("bulk-update", ["label_by_save", "updated_at"]),
        ("an-update", ["label_by_save", "updated_at", "changes"]),
    ]
