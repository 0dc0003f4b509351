"""Numbers of rows are read as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowpath.cli.counts import parse_count, parse_sizes
from rowpath.errors import UsageError


@given(st.integers(1, 10**12), st.sampled_from(["{}", "{:_}", "{:,}"]))
def test_every_way_to_write_a_number_is_read(number: int, form: str) -> None:
    """Plain, with underscores or with commas: the number is the same."""
    assert parse_count(form.format(number), "--rows") == number


@pytest.mark.parametrize(
    ("text", "number"), [("1k", 1_000), ("100K", 100_000), ("10M", 10_000_000), ("2m", 2_000_000)]
)
def test_thousands_and_millions_have_letters(text: str, number: int) -> None:
    """k is a thousand and M a million, in either case."""
    assert parse_count(text, "--rows") == number


@pytest.mark.parametrize(
    "text",
    [
        *("", "0", "-1", "1.5", "many", "1G", "1e6", "k", "\N{ARABIC-INDIC DIGIT ONE}", "0k"),
        *("9" * 5000, "99999999999999999999"),
    ],
)
def test_anything_else_is_refused_with_what_to_write(text: str) -> None:
    """What is no number of rows is told with the option and the text."""
    with pytest.raises(UsageError, match=r"Cannot read --rows .*: .*Write a whole number"):
        parse_count(text, "--rows")


def test_sizes_are_a_list_with_commas() -> None:
    """`--sizes 1k,10k` are two sizes; no option is none."""
    assert parse_sizes("1k, 10k") == (1_000, 10_000)
    assert parse_sizes(None) == ()
