"""Texts made as matrices of bytes, a row each, in which a NUL is no part of the text."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rowpath.lab.dataset.draw import Lanes
from rowpath.lab.dataset.wire import Values

Bytes = NDArray[np.uint8]
"""A matrix of bytes with a row for each text, or one row for all."""

_CONSONANTS = b"bdfgklmnprstvwxz"
_VOWELS = b"aeiou"
_ENDS = b"klmnrstx"
_SYLLABLES = (_CONSONANTS, _VOWELS, _ENDS)
_LETTERS = 2 * _SYLLABLES
WORDS = (len(_CONSONANTS) * len(_VOWELS) * len(_ENDS)) ** 2
"""How many words there are: 409,600."""


def compose(count: int, *parts: bytes | Bytes) -> Values:
    """Return `count` texts of equally many bytes: the parts, one after the other."""
    matrices = [
        np.frombuffer(part, np.uint8)[None] if isinstance(part, bytes) else part for part in parts
    ]
    width = sum(matrix.shape[1] for matrix in matrices)
    text = np.empty((count, width), np.uint8)
    end = 0
    for matrix in matrices:
        start, end = end, end + matrix.shape[1]
        text[:, start:end] = matrix
    return text.view(f"S{width}").reshape(count)


def words(numbers: Lanes) -> Bytes:
    """Return the word of six letters for each number below WORDS, such as Tarvok."""
    text = np.empty((len(numbers), len(_LETTERS)), np.uint8)
    for place, letters in enumerate(_LETTERS):
        numbers, letter = np.divmod(numbers, len(letters))
        text[:, place] = np.frombuffer(letters, np.uint8)[letter]
    text[:, 0] -= ord("a") - ord("A")
    return text


def decimal(numbers: Lanes, width: int, *, pad: bytes = b"\0") -> Bytes:
    """Return whole numbers from 0 on, with `pad` before them as far as `width` has room."""
    text = np.empty((len(numbers), width), np.uint8)
    for place in reversed(range(width)):
        rest, digit = np.divmod(numbers, 10)
        text[:, place] = digit + ord("0")
        if place < width - 1:
            text[numbers == 0, place] = ord(pad)
        numbers = rest
    return text


def chosen(texts: Sequence[str], numbers: Lanes) -> Values:
    """Return for each number the text at that place."""
    return np.array([text.encode() for text in texts])[numbers]
