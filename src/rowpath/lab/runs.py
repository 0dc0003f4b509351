"""Runs that were kept, read back: what kind of run a file holds, of which schema, and the value."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import ValidationError

from rowpath.errors import UsageError
from rowpath.lab import integrity
from rowpath.lab.record import SCHEMA_VERSION, Run, from_json
from rowpath.lab.strict_json import one_line, parsed, text_of

RunType = TypeVar("RunType")


class Kind(StrEnum):
    """What a file of rowpath's can hold, as it is told."""

    LAB = "a run of the lab"
    RACE = "a race"
    LOAD = "the result of a load"


_MARKS = {"experiments": Kind.LAB, "entrants": Kind.RACE, "urls": Kind.LOAD}
"""The key that a file of each kind has, and none of the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form(Generic[RunType]):
    """How runs of a kind are read: those of the schemas from `oldest` to `newest`.

    `value` makes a run of a text, or raises pydantic's ValidationError. `flaw` returns what is
    wrong with a run whose parts do not fit together, as a clause, empty where nothing is.
    """

    kind: Kind
    oldest: int
    newest: int
    value: Callable[[bytes], RunType]
    flaw: Callable[[RunType], str]


LAB = Form(
    kind=Kind.LAB,
    # What came later has a default: schema 3 added each variant's `figures` and what is compared,
    # schema 4 the tests by which a run tests itself.
    oldest=2,
    newest=SCHEMA_VERSION,
    value=from_json,
    flaw=integrity.flaw,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The text of a file that holds JSON of rowpath's."""

    path: Path
    text: bytes
    kind: Kind
    schema: int


def opened(path: Path) -> Opened:
    """Return what a file holds; UsageError where there is none, or none of rowpath's."""
    try:
        text = text_of(path)
        content = parsed(text)
    except OSError as error:
        raise not_a_run(path, error.strerror or f"{error}") from error
    except ValueError as error:  # a path with a NUL in it is no path
        raise not_a_run(path, f"{error}") from error
    kinds = [kind for mark, kind in _MARKS.items() if mark in content]
    version = content.get("schema_version")
    if not isinstance(version, int) or isinstance(version, bool):
        raise not_a_run(path, "it has no schema_version that is a whole number")
    return Opened(path=path, text=text, kind=kinds[0] if kinds else Kind.LAB, schema=version)


def read(file: Opened, form: Form[RunType]) -> RunType:
    """Return the run in a file; UsageError where it is none that `form` reads."""
    path, schema = file.path, file.schema
    if file.kind is not form.kind:
        raise not_a_run(path, f"it is {file.kind}, not {form.kind}")
    if schema > form.newest:
        raise UsageError(
            f"Cannot read the run {path}: it has the schema {schema}, and this rowpath knows "
            f"those up to {form.newest}. Read it with the rowpath that wrote it, or a later one."
        )
    if schema < form.oldest:
        raise UsageError(
            f"Cannot read the run {path}: it has the schema {schema}, and this rowpath knows "
            f"those from {form.oldest} on. Measure it again."
        )
    try:
        run = form.value(file.text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise not_a_run(path, f"{place or 'it'}: {first['msg']}") from error
    flaw = form.flaw(run)
    if flaw:
        raise not_a_run(path, flaw)
    return run


def read_run(path: Path) -> Run:
    """Return the run of the lab that is kept in a file, as it stands there.

    UsageError where there is none, or none of ours.
    """
    return read(opened(path), LAB)


def not_a_run(path: Path, reason: str) -> UsageError:
    """Return the error that a file holds no run, for a reason that is a clause."""
    told = one_line(reason).rstrip(".")
    return UsageError(f"Cannot read the run {path}: {told}. Give the JSON file of a run.")
