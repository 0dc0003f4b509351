"""Texts and documents that are made column by column."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowpath.lab.dataset.documents import DOCUMENT, LARGEST, NUMBERS
from rowpath.lab.dataset.draw import pick
from rowpath.lab.dataset.text import WORDS, compose, decimal, words
from rowpath.lab.dataset.wire import TEXT, encode


@given(numbers=st.lists(st.integers(0, 99_999), min_size=1), pad=st.sampled_from(["0", " "]))
def test_decimal_is_the_number_as_people_write_it(numbers: list[int], pad: str) -> None:
    """Each row has the number, with the padding before it."""
    made = decimal(np.array(numbers), 5, pad=pad.encode())

    assert [bytes(row).decode() for row in made] == [f"{number:{pad}>5}" for number in numbers]


@given(texts=st.lists(st.text("abcé", max_size=9), min_size=1))
def test_texts_of_any_length_are_sent_whole(texts: list[str]) -> None:
    """A text takes its own bytes on the wire, however long the longest is, and no NUL."""
    coded = [text.encode() for text in texts]

    wire = bytes(encode({"name": TEXT}, {"name": np.array(coded)}))

    assert wire == b"".join(b"\0\1" + len(text).to_bytes(4) + text for text in coded)


def test_composed_texts_leave_out_what_is_not_there() -> None:
    """The NULs before a number are no part of the text, wherever they are in it."""
    made = compose(2, b"a", decimal(np.array([5, 5432]), 4), b"z")

    assert bytes(encode({"name": TEXT}, {"name": made})) == (
        b"\0\1\0\0\0\3a5z" + b"\0\1\0\0\0\6a5432z"
    )


def test_words_are_all_different() -> None:
    """Each number has a word of its own: two syllables, the first letter a capital."""
    made = words(np.arange(WORDS)).view("S6").reshape(-1)

    assert len(np.unique(made)) == WORDS
    assert made[0] == b"Bakbak"


@given(numbers=st.lists(st.integers(1, LARGEST), min_size=NUMBERS, max_size=NUMBERS))
def test_document_is_json_of_its_numbers(numbers: list[int]) -> None:
    """A document is read back as targets of phases of seconds, in the order of the numbers."""
    sent = DOCUMENT.form(np.array(numbers).reshape(NUMBERS, 1)).tobytes()

    assert sent[:1] == b"\1"
    targets = json.loads(sent[1:])
    assert [len(targets), len(targets[0]), len(targets[0][0])] == [2, 2, 3]
    assert [second for target in targets for phase in target for second in phase] == numbers


@pytest.mark.parametrize("among", [1, 2, 40, 20_000, 2**31 - 1])
def test_pick_stays_within_its_bounds(among: int) -> None:
    """The smallest and the largest draws are still numbers below the bound."""
    ends = np.array([0, 2**16 - 1])

    made = pick(among, ends, ends, ends)

    assert made[0] == 0
    assert 0 <= made[1] < among
