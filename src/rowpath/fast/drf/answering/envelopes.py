"""What a paginator puts around rows that are written already."""

import math
from collections import OrderedDict
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from json.encoder import encode_basestring, encode_basestring_ascii
from secrets import token_hex
from typing import Any
from uuid import UUID

from rest_framework.utils.serializer_helpers import ReturnDict, ReturnList

from rowpath.fast.drf.answering.lazy import LazyList
from rowpath.fast.plan import JsonStyle

# Stands for the rows while what is around them is rendered. No client can know it.
_MARK = token_hex(16)
_MARK_AS_JSON = b'"' + _MARK.encode() + b'"'

# Of these the renderer's JSON encoder makes the same whenever it is asked.
_PLAIN = frozenset((str, int, bool, type(None), Decimal, datetime, date, time, timedelta, UUID))
_DICTS = frozenset((dict, OrderedDict, ReturnDict))
_STRINGS = frozenset((str,))
_LISTS = frozenset((list, tuple, ReturnList))


class NotPlainError(Exception):
    """An envelope with something in it that may look at the rows while it is rendered."""


def marked(envelope: Any, rows: LazyList) -> Any:
    """Return a copy of `envelope` with a mark for `rows` wherever they stand.

    Raises NotPlainError, which says what is not plain.
    """
    try:
        return _marked(envelope, rows)
    except RecursionError:
        raise NotPlainError("something that contains itself") from None


def _marked(value: Any, rows: LazyList) -> Any:
    if value is rows:
        return _MARK
    kind = type(value)
    if kind in _PLAIN or (kind is float and math.isfinite(value)):
        return value
    if kind in _DICTS:
        if not _STRINGS.issuperset(map(type, value)):
            raise NotPlainError("a key that is not a string")
        return {
            key: one if type(one) in _PLAIN else _marked(one, rows) for key, one in value.items()
        }
    if kind in _LISTS:
        return [_marked(one, rows) for one in value]
    raise NotPlainError(f"a {kind.__name__}")


def as_json(envelope: Any, style: JsonStyle) -> bytes | None:
    """Return `envelope`, which was marked, as JSONRenderer writes it with `style`.

    None if it is more than DRF's own are: a dict of texts, integers and nulls.
    """
    if type(envelope) is not dict:
        return None
    quoted = encode_basestring_ascii if style.ascii_only else encode_basestring
    comma, colon = (",", ":") if style.compact else (", ", ": ")
    members: list[str] = []
    for key, value in envelope.items():
        kind = type(value)
        if kind is str:
            text = quoted(value)
        elif kind is int:
            text = repr(value)
        elif value is None:
            text = "null"
        else:
            return None
        members.append(quoted(key) + colon + text)
    text = f"{{{comma.join(members)}}}"
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").encode()


def spliced(
    render: Callable[[Any], bytes], envelope: Any, array: bytes
) -> tuple[bytes, int | None]:
    """Return `envelope`, which was marked, as `render` writes it around `array`.

    Second comes where in it the array begins; None if it is not there.
    """
    if envelope is _MARK:
        return array, 0
    parts = render(envelope).split(_MARK_AS_JSON)
    return array.join(parts), len(parts[0]) if len(parts) > 1 else None
