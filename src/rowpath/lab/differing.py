"""Where what a file says is not what follows from its samples. Pure."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from math import isclose
from typing import Any

from rowpath.lab.strict_json import one_line

TOLERANCE = 1e-9
"""Relative: what a file's numbers may be off by, since they are written in decimals."""
LEAST = 1e-12
WORDING = frozenset({"text", "why", "withheld", "differs"})
"""What a later rowpath may word otherwise: sentences that say no more than the values do."""
_NAMED_BY = ("name", "kind", "slot", "variant", "baseline", "setup", "rows", "quantity", "stage")


def first_difference(said: object, found: object) -> str:
    """Return the first place where two values of one type differ, and how; empty where none does.

    As `experiments.lists.comparisons.b, a.ratio.low: the file has 0.5, its samples give 0.8`.
    """
    return one_line(next(_differences(said, found, ()), ""))


def _differences(said: Any, found: Any, place: tuple[str, ...]) -> Iterator[str]:  # noqa: ANN401 any value
    if is_dataclass(said) and type(said) is type(found):
        for field in fields(said):
            if field.name not in WORDING:
                own = (*place, field.name)
                yield from _differences(getattr(said, field.name), getattr(found, field.name), own)
    elif isinstance(said, tuple) and isinstance(found, tuple):
        if len(said) != len(found):
            yield _told((*place, "number"), len(said), len(found))
        for index, (old, new) in enumerate(zip(said, found, strict=False)):
            yield from _differences(old, new, (*place, _label(index, old)))
    elif not _same(said, found):
        yield _told(place, said, found)


def _same(said: object, found: object) -> bool:
    if isinstance(said, float) and isinstance(found, float):
        return isclose(said, found, rel_tol=TOLERANCE, abs_tol=LEAST)
    return said == found


def _label(index: int, value: object) -> str:
    """Return what tells a part from its neighbours: its names, or its number from 1 on."""
    known = [getattr(value, name, None) for name in _NAMED_BY]
    return ", ".join(f"{each}" for each in known if each not in (None, "")) or f"{index + 1}"


def _told(place: tuple[str, ...], said: object, found: object) -> str:
    return f"{'.'.join(place)}: the file has {_short(said)}, its samples give {_short(found)}"


def _short(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    if is_dataclass(value):
        return "one"
    return "none" if value is None else f"{value}"
