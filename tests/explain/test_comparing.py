"""When two answers are the same."""

import pytest

from rowpath.explain.comparing import Mask, mask_of, sameness
from rowpath.explain.values import Sameness

NOTHING = Mask()


def test_equal_bytes_are_the_same() -> None:
    """Equal answers are the same byte for byte."""
    assert sameness(b"a", b"a", NOTHING, has_order=True) is Sameness.BYTES


def test_what_changes_by_itself_is_masked() -> None:
    """A word that differs between two askings today may differ with a change too."""
    mask = mask_of([b'{"at": "10:01", "rows": [1]}', b'{"at": "10:02", "rows": [1]}'])
    before, after = b'{"at": "10:02", "rows": [1]}', b'{"at": "10:03", "rows": [1]}'

    assert sameness(before, after, mask, has_order=True) is Sameness.MASKED


def test_what_does_not_change_by_itself_is_not_masked() -> None:
    """A word beside the masked one is compared."""
    mask = mask_of([b'{"at": "10:01", "rows": [1]}', b'{"at": "10:02", "rows": [1]}'])
    before, after = b'{"at": "10:02", "rows": [1]}', b'{"at": "10:02", "rows": [2]}'

    assert sameness(before, after, mask, has_order=True) is Sameness.DIFFERENT


def test_answers_of_different_lengths_cannot_be_compared() -> None:
    """Where today's answers have different numbers of words, nothing is said of a change."""
    mask = mask_of([b"a b", b"a b c"])

    assert sameness(b"a b", b"a c", mask, has_order=True) is Sameness.UNKNOWN


@pytest.mark.parametrize(
    ("has_order", "same"), [(False, Sameness.ROWS), (True, Sameness.DIFFERENT)]
)
def test_rows_may_change_places_where_no_order_was_asked_for(
    has_order: bool,  # noqa: FBT001 an example
    same: Sameness,
) -> None:
    """The same rows in another order are the same only where the queryset has no order."""
    before, after = (
        b'{"n": 2, "rows": [{"a": 1}, {"a": 2}]}',
        b'{"n": 2, "rows": [{"a": 2}, {"a": 1}]}',
    )

    assert sameness(before, after, NOTHING, has_order=has_order) is same


def test_another_number_of_equal_rows_is_another_answer() -> None:
    """Rows are counted: a join that doubles one is seen."""
    assert sameness(b"[1, 2]", b"[1, 2, 2]", NOTHING, has_order=False) is Sameness.DIFFERENT


def test_text_without_structure_has_no_rows() -> None:
    """An answer that is no JSON is the same byte for byte, or another."""
    assert sameness(b"<p>1 2", b"<p>2 1", NOTHING, has_order=False) is Sameness.DIFFERENT
