"""JSON as a run's file has it, and nothing that passes for it elsewhere.

A file was on a disk, in an editor, in somebody's script. Python's reader takes NaN, forgets the
first of two keys of one name, and makes infinity of 1e999; each of these would be a figure that
nobody measured. What is refused here needs no care in whatever reads the values later.
"""

import json
from collections.abc import Sequence
from pathlib import Path

MOST_BYTES = 1 << 28
"""A hundred times what the whole talk comes to."""
MOST_INTEGER = 1 << 63
MOST_NUMBER = 1e18
"""Of whatever unit: what is larger would only be infinity somewhere later."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class NotJsonError(ValueError):
    """Why a text is not what `parsed` asks for, as a clause without its full stop."""


def text_of(path: Path) -> bytes:
    """Return what a file holds, without a mark of its byte order; OSError where it has nothing.

    NotJsonError for more than MOST_BYTES, of which no more is read, so an endless pipe ends too.
    """
    with path.open("rb") as file:
        text = file.read(MOST_BYTES + 1)
    if len(text) > MOST_BYTES:
        raise NotJsonError(f"it has more than {MOST_BYTES >> 20} MiB, and no run has")
    return text.removeprefix(_BYTE_ORDER_MARK)


def parsed(text: bytes) -> dict[str, object]:
    """Return the JSON object that a UTF-8 text is; NotJsonError where it is none.

    None that has one key twice, a number that is not finite or larger than any run's, or deeper
    parts than Python reads.
    """
    if not text.strip():
        raise NotJsonError("it is empty")
    try:
        content = json.loads(
            text.decode(),
            object_pairs_hook=_once_each,
            parse_constant=_number,
            parse_float=_number,
            parse_int=_integer,
        )
    except UnicodeDecodeError as error:
        raise NotJsonError(
            f"it is no UTF-8 text (byte 0x{text[error.start]:02x} at {error.start:,})"
        ) from error
    except json.JSONDecodeError as error:
        raise NotJsonError(
            f"it is no JSON ({error.msg}, line {error.lineno:,} column {error.colno:,})"
        ) from error
    except RecursionError as error:
        raise NotJsonError("its parts are too deep in one another") from error
    if not isinstance(content, dict):
        raise NotJsonError("it is no JSON object")
    return content


def one_line(text: str) -> str:
    """Return text that may hold a file's on one line, without what a terminal would act on."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _once_each(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    content: dict[str, object] = {}
    for name, value in pairs:
        if name in content:
            raise NotJsonError(f"the key {name[:40]!r} stands twice in one object")
        content[name] = value
    return content


def _number(text: str) -> float:
    value = float(text)
    if not abs(value) <= MOST_NUMBER:  # NaN is no more and no less
        raise NotJsonError(f"it has the number {text[:20]}, which no run has")
    return value


def _integer(text: str) -> int:
    # Python refuses to read some thousand digits; a float cannot hold some hundred.
    if len(text) > len(str(MOST_INTEGER)) + 1 or abs(int(text)) > MOST_INTEGER:
        raise NotJsonError(f"it has a whole number of {len(text):,} digits, {text[:20]}...")
    return int(text)
