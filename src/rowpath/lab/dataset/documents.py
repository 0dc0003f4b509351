"""Documents of JSON: twelve numbers by target, phase and second, `[[[1,2,3],[4,5,6]],[[...`.

Documents of numbers from 1 to 9,999 differ in their numbers alone, as JSON that is brought to one
length with blanks, and as PostgreSQL stores a jsonb, where such a number is two bytes, one digit
of base 10,000. So a document is a template with twelve numbers put in.

Parsing JSON is four fifths of what a server does to take in such rows. A server of our own gets
them as it stores them instead. Nothing of that form is written down here: the server is asked for
its form of one document, in which the numbers are replaced, and of another one, as the proof.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache

import numpy as np
from numpy.typing import NDArray
from psycopg import Cursor
from psycopg.sql import SQL, Composed, Identifier

from rowpath.lab.dataset.text import decimal
from rowpath.lab.dataset.wire import Kind, Values

TARGETS = PHASES = 2
SECONDS = 3
NUMBERS = TARGETS * PHASES * SECONDS
OF_A_TARGET = PHASES * SECONDS
LARGEST = 9_999

_PLACE = b"####"
_OF_A_PHASE = b"[" + b",".join([_PLACE] * SECONDS) + b"]"
_OF_A_TARGET = b"[" + b",".join([_OF_A_PHASE] * PHASES) + b"]"
_JSON = b"[" + b",".join([_OF_A_TARGET] * TARGETS) + b"]"
_VERSION = b"\x01"  # jsonb_recv in jsonb.c wants it before the JSON
_SENT = _VERSION + _JSON

# Types that are stored alike may be taken for one another, by whoever may make such a cast.
_CASTS = (SQL("CAST (jsonb AS bytea)"), SQL("CAST (bytea AS jsonb)"))
_SAMPLE = np.arange(1_001, 1_001 + NUMBERS).reshape(NUMBERS, 1)
_PROOF = np.linspace(1, LARGEST, NUMBERS, dtype=np.int64).reshape(NUMBERS, 1)


def _sent(numbers: Values) -> Values:
    places = [place for place in range(len(_SENT)) if _SENT.startswith(_PLACE, place)]
    return _put(_SENT, places, _texts()[numbers])


DOCUMENT = Kind(sql="jsonb", form=_sent)
"""Values are a column a row, of twelve numbers from 1 to 9,999."""


@contextmanager
def stored_documents(cursor: Cursor, *, own: bool) -> Iterator[Kind | None]:
    """Within a transaction, yield the kind of columns that `as_jsonb` can make documents of.

    None where the server is not our `own`, or stores documents in another way than is known here.
    """
    if not own:
        yield None
        return
    for cast in _CASTS:
        cursor.execute(SQL("CREATE {} WITHOUT FUNCTION").format(cast))
    yield _stored(cursor)
    for cast in _CASTS:
        cursor.execute(SQL("DROP {}").format(cast))


def as_jsonb(table: Identifier, column: str) -> Composed:
    """Return the statement that makes documents of a column as they are stored, in no time."""
    return SQL("ALTER TABLE {0} ALTER {1} TYPE jsonb USING {1}::jsonb").format(
        table, Identifier(column)
    )


def with_stored(kinds: Mapping[str, Kind], stored: Kind | None) -> Mapping[str, Kind]:
    """Return the kinds with that of stored documents in the place of documents, if there is one."""
    return {name: stored if stored and kind is DOCUMENT else kind for name, kind in kinds.items()}


def _stored(cursor: Cursor) -> Kind | None:
    template = _as_stored(cursor, _SAMPLE)
    places = [template.find(number.tobytes()) for number in _SAMPLE.astype(np.int16)]

    def form(numbers: Values) -> Values:
        return _put(template, places, numbers.astype(np.int16))

    if -1 in places or form(_PROOF).tobytes() != _as_stored(cursor, _PROOF):
        return None
    return Kind(sql="bytea", form=form)


def _as_stored(cursor: Cursor, numbers: Values) -> bytes:
    """Return the bytes in which the server stores one document."""
    text = _sent(numbers).tobytes().removeprefix(_VERSION).decode()
    row = cursor.execute("SELECT %s::text::jsonb::bytea", [text]).fetchone()
    return bytes(row[0]) if row else b""


def _put(template: bytes, places: Sequence[int], cells: Values) -> Values:
    """Return the template once for each column of `cells`, with its values at the places."""
    names = [f"at {place}" for place in places]
    form = np.dtype(
        {
            "names": names,
            "formats": [cells.dtype] * len(names),
            "offsets": list(places),
            "itemsize": len(template),
        }
    )
    documents = np.array([template], f"V{len(template)}").repeat(cells.shape[1])
    for name, cell in zip(names, cells, strict=True):
        documents.view(form)[name] = cell
    return documents


@cache
def _texts() -> NDArray[np.uint32]:
    """Return the four bytes of each number's text, which to look up takes less than to divide."""
    return decimal(np.arange(LARGEST + 1), len(_PLACE), pad=b" ").view(np.uint32).reshape(-1)
