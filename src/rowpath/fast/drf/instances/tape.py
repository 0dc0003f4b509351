"""The data of rows that were written, of the tape on which their values were kept.

A row is a Program and a value for each of its members, or DATA and what the serializer made of it.
A value is itself; SKIPPED; RAW and what was written as text; a row; or LIST, rows, and END.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID

from rowpath.fast.encoding.objects import compiled_objects

_UTC = "+00:00"


def restored(tape: Sequence[Any], begin: int) -> Any:
    """Return the data of the row that begins at `begin` of a tape, as far as it goes."""
    return _row(islice(tape, begin, None))


def all_restored(tape: Sequence[Any]) -> list[Any]:
    """Return the data of all rows of a tape."""
    ended = object()
    values = iter(tape)
    return [_value(first, values) for first in iter(partial(next, values, ended), ended)]


def _row(values: Iterator[Any]) -> Any:
    return _value(next(values), values)


def _value(value: Any, values: Iterator[Any]) -> Any:
    marks = compiled_objects()
    if type(value) is marks.Program:
        return _members(value, values)
    if value is marks.DATA:
        return next(values)
    if value is marks.RAW:
        return _raw(next(values))
    if value is marks.LIST:
        found = iter(partial(next, values), marks.END)
        return [_value(first, values) for first in found]
    return value


def _raw(value: Any) -> str:
    """Return the text of a UUID, or of a time, which is one of UTC if it has a zone."""
    if isinstance(value, UUID):
        return str(value)
    text: str = value.isoformat()
    return text[: -len(_UTC)] + "Z" if text.endswith(_UTC) else text


def _members(program: Any, values: Iterator[Any]) -> dict[str, Any]:
    skipped, ended = compiled_objects().SKIPPED, object()
    data = {}
    for member in program.members:
        value = next(values, ended)
        if value is ended:
            break
        if value is not skipped:
            data[member.name] = _value(value, values)
    return data
