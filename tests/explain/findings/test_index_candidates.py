"""Which indexes are tried for what a SELECT reads."""

from pathlib import Path

from explain.findings.test_meta_edits import table
from rowpath.explain.findings.index_candidates import candidates
from rowpath.explain.selected import Scan

Plain = tuple[tuple[str, bool | None], ...]


def tried(
    *,
    equal: tuple[str, ...] = (),
    plain: Plain = (),
    ranged: tuple[str, ...] = (),
    order: tuple[str, ...] = (),
    indexed: tuple[tuple[str, ...], ...] = (),
) -> list[tuple[tuple[str, ...], Plain]]:
    """The fields and conditions of the indexes for a scan."""
    scan = Scan(
        table=table(Path("models.py"), indexed=indexed),
        equal=equal,
        plain=plain,
        ranged=ranged,
        order=order,
        read_rows=5000,
        kept_rows=5,
    )
    return [(index.fields, index.condition) for index in candidates(scan)]


def test_equal_columns_come_first_and_then_the_order() -> None:
    """Of which a shorter one may do."""
    found = tried(equal=("kind",), order=("-day", "id"))

    assert found == [(("kind", "-day", "id"), ()), (("kind",), ())]


def test_bounds_come_behind_equal_columns() -> None:
    """One of them, since what is behind a bound is not looked up."""
    found = tried(equal=("kind",), ranged=("day", "number"))

    assert found == [(("kind", "day"), ()), (("kind",), ())]


def test_the_order_goes_before_bounds() -> None:
    """Both are tried."""
    assert tried(ranged=("number",), order=("-day",)) == [(("-day",), ()), (("number",), ())]


def test_a_plain_value_may_be_a_condition() -> None:
    """A column of two values stands last, or says which rows are in the index."""
    found = tried(equal=("is_paid", "kind"), plain=(("is_paid", False),))

    assert found == [(("kind", "is_paid"), ()), (("kind",), (("is_paid", False),))]


def test_what_the_model_says_already_is_not_tried() -> None:
    """PostgreSQL saw that index, or its migration is due."""
    found = tried(equal=("kind",), order=("-day",), indexed=(("kind", "number"),))

    assert found == [(("kind", "-day"), ())]
