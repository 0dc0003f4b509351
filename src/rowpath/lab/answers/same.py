"""Whether two endpoints answer the same: JSON by its values, all else by its bytes. Pure."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import Any

MOST_SHOWN = 60
"""Of a value that differs, so many characters are shown."""
MOST_PATH = 200


_NOTHING = object()
"""Stands for a field or an item that one of two answers does not have."""
_NO_JSON = object()
"""Stands for the value of a body that is no JSON whose values can be compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The first place at which two answers differ, and what stands there in each, as text.

    `field` is the name of the innermost field that it is in, None where it is in none.
    """

    path: str
    field: str | None
    first: str
    second: str


def difference(first: bytes, second: bytes, ignored: Collection[str] = ()) -> Difference | None:
    """Return the first place at which two answers differ, None if they are the same.

    Where both are JSON their values are compared, without the `ignored` fields at any depth: fields
    in the order of their names, items in their own. Numbers differ where their values do, so 1.0
    and 1.00 are the same. All else is compared byte by byte.
    """
    if first == second:
        return None
    values = [_read(body, ignored) for body in (first, second)]
    if any(value is _NO_JSON for value in values):
        return _of_bytes(first, second, [value is not _NO_JSON for value in values])
    return next(_differences(*values), None)


def _read(body: bytes, ignored: Collection[str]) -> Any:  # noqa: ANN401 whatever JSON has
    def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):  # which of two values is meant, nobody can say
            msg = "an object names a field twice"
            raise ValueError(msg)
        return {name: value for name, value in pairs if name not in ignored}

    try:
        return json.loads(
            body.decode(),
            object_pairs_hook=object_of,
            parse_float=Decimal,
            parse_int=Decimal,
            parse_constant=_no_number,
        )
    except (ValueError, ArithmeticError, RecursionError):  # no Decimal holds 1e9999999999999999999
        return _NO_JSON


def _no_number(text: str) -> None:
    msg = f"{text} is no number of JSON's"
    raise ValueError(msg)


def _differences(first: Any, second: Any) -> Iterator[Difference]:  # noqa: ANN401 whatever JSON has
    """Yield the differences, with a stack of its own: JSON is deeper than Python's can be."""
    places: list[tuple[str, str | None, Any, Any]] = [("$", None, first, second)]
    while places:
        path, field, one, other = places.pop()
        if isinstance(one, dict) and isinstance(other, dict):
            places += reversed(list(_fields(path, one, other)))
        elif isinstance(one, list) and isinstance(other, list):
            pairs = enumerate(zip_longest(one, other, fillvalue=_NOTHING))
            places += reversed([(f"{path}[{at}]", field, *pair) for at, pair in pairs])
        elif type(one) is not type(other) or one != other:
            place = path if len(path) <= MOST_PATH else f"...{path[-MOST_PATH:]}"
            yield Difference(path=place, field=field, first=_shown(one), second=_shown(other))


def _fields(
    path: str, one: Mapping[str, Any], other: Mapping[str, Any]
) -> Iterator[tuple[str, str, Any, Any]]:
    for name in sorted({*one, *other}):
        step = f".{name}" if name.isidentifier() else f"[{json.dumps(name)}]"
        yield f"{path}{step}", name, one.get(name, _NOTHING), other.get(name, _NOTHING)


def _shown(value: Any) -> str:  # noqa: ANN401 whatever JSON has
    """Return a value on one line, cut where it is long."""
    if value is _NOTHING:
        return "nothing"
    if isinstance(value, dict):
        return f"an object of {len(value):,} field{'' if len(value) == 1 else 's'}"
    if isinstance(value, list):
        return f"a list of {len(value):,}"
    return _cut(str(value) if isinstance(value, Decimal) else json.dumps(value))


def _cut(text: str) -> str:
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}..."


def _of_bytes(first: bytes, second: bytes, are_json: Sequence[bool]) -> Difference:
    """Return where bytes differ; at least one of the two is no JSON."""
    if any(are_json):
        shown = [
            f"{'JSON' if is_json else 'no JSON'} ({_piece(body, 0)})"
            for body, is_json in zip((first, second), are_json, strict=True)
        ]
        return Difference(path="its beginning", field=None, first=shown[0], second=shown[1])
    pairs = enumerate(zip(first, second, strict=False))
    shorter = min(len(first), len(second))
    at = next((place for place, (one, other) in pairs if one != other), shorter)
    return Difference(
        path=f"byte {at:,}", field=None, first=_piece(first, at), second=_piece(second, at)
    )


def _piece(body: bytes, at: int) -> str:
    piece = body[at : at + MOST_SHOWN // 3]
    return repr(piece) if piece else f"nothing (it has {len(body):,} bytes)"
