"""Gives the encoder broken cells, in a process that AddressSanitizer watches.

    python -m fast.encoding.fuzz.program EXTENSION CELLS CASES SEED

EXTENSION is the compiled half built with sanitizers, and CELLS the library of cells.cpp. It prints
how the cases ended; a sanitizer's report ends the process with an error.
"""

import ctypes
import importlib.util
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC
from types import ModuleType
from typing import Any, cast
from zoneinfo import ZoneInfo

from psycopg.pq.abc import PGresult

from fast.encoding.fuzz import wire
from rowpath.fast import forms
from rowpath.fast.encoding.compiled import Compiled
from rowpath.fast.encoding.encoder import Encoder
from rowpath.fast.encoding.errors import CannotEncodeError, WrongTypeError
from rowpath.fast.encoding.libpq import FUNCTIONS
from rowpath.fast.plan import Absent, Guard, JsonStyle, Plan, Value

SCALARS: tuple[forms.Form, ...] = (
    forms.Text(),
    forms.Integer(from_numeric=True),
    forms.Integer(quoted=True, from_numeric=True),
    forms.Boolean(),
    forms.Decimal(places=2),
    forms.Decimal(places=None),
    forms.Decimal(places=None, normalized=True),
    forms.DecimalAsFloat(),
    forms.Float(),
    forms.DateTime(zone=forms.Zone.REQUEST),
    forms.DateTime(zone=UTC, naive=True),
    forms.Date(),
    forms.Time(),
    *(forms.Duration(style=style) for style in forms.DurationStyle),
    *(forms.Uuid(style=style) for style in forms.UuidStyle),
    forms.Json(),
    forms.Address(),
    forms.Base64(),
    forms.Mapping(oid=wire.HSTORE),
    forms.FileUrl(base_url="/media/"),
)
FORMS = (
    *SCALARS,
    *(forms.Array(item=form) for form in SCALARS),
    *(forms.Array(item=forms.Array(item=form)) for form in SCALARS),
)
STYLES = tuple(
    JsonStyle(ascii_only=ascii_only, compact=compact)
    for ascii_only in (False, True)
    for compact in (False, True)
)
ZONE = ZoneInfo("Europe/Berlin")
BROKEN = 5  # versions of a cell


class Fuzzer:
    """One encoder for each form and style, over a result of one value and one guard."""

    def __init__(self, extension: str, cells: str, seed: int) -> None:
        native: Any = _loaded(extension)
        self._cells = ctypes.CDLL(cells)
        self._cells.cells_columns(2)
        addresses = {
            name: ctypes.cast(getattr(self._cells, name), ctypes.c_void_p).value
            for name in FUNCTIONS
        }
        compiled = Compiled(
            libpq=native.Libpq(addresses),
            program=native.Program,
            writing=native.Writing,
            offsets=native.Offsets,
        )
        self._encoders = {
            form: [Encoder(_plan(form), style, compiled) for style in STYLES] for form in FORMS
        }
        self._fitting = {form: self._fitting_types(form) for form in FORMS}
        self._chance = random.Random(seed)

    def _fitting_types(self, form: forms.Form) -> list[int]:
        found = []
        for oid in wire.CELLS:
            self._set(0, oid, b"", 0, is_null=True)
            self._set(1, oid, b"", 0, is_null=False)
            try:
                self._encode(self._encoders[form][0])
            except WrongTypeError:
                continue
            found.append(oid)
        return found

    def cases(self, form: forms.Form) -> Iterator[str]:
        """Give `form` a cell, broken in several ways, and yield how each ended."""
        chance = self._chance
        types = self._fitting[form] if chance.random() > 0.02 else []
        oid = chance.choice(types or list(wire.CELLS))
        cell = wire.CELLS[oid](chance)
        for _ in range(BROKEN):
            yield self._try(form, oid, wire.broken(chance, cell))

    def _try(self, form: forms.Form, oid: int, cell: bytes) -> str:
        chance = self._chance
        length = chance.choice([-1, -(2**31)]) if chance.random() < 0.01 else len(cell)
        self._set(0, oid, cell, length, is_null=False)
        self._set(1, 23, b"", 0, is_null=chance.random() < 0.02)
        try:
            written = self._encode(chance.choice(self._encoders[form]))
        except CannotEncodeError as error:
            return type(error).__name__
        json.loads(written)
        return "written"

    def _set(self, column: int, oid: int, cell: bytes, length: int, *, is_null: bool) -> None:
        self._cells.cells_set(column, ctypes.c_uint(oid), cell, len(cell), length, int(is_null))

    @staticmethod
    def _encode(encoder: Encoder) -> bytes:
        array = encoder.array(zone=ZONE, connection_zone=UTC)
        array.add(cast("PGresult", _Result()))
        return array.finish()


class _Result:
    pgresult_ptr = 8  # which cells.cpp never looks at


def _plan(form: forms.Form) -> Plan:
    members = (
        Value(key="v", column=0, form=form, guards=(Guard(column=1, absent=Absent.LEFT_OUT),)),
        Value(
            key="d",
            column=0,
            form=form,
            guards=(Guard(column=1, absent=Absent.DEFAULT),),
            default='"\\u2028 \\ud83d\\ude00"',
        ),
    )
    return Plan(members=members, columns=2)


def _loaded(path: str) -> ModuleType:
    name = "rowpath.fast.encoding._native"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Try as many cases as the command line asks for."""
    extension, cells, cases, seed = sys.argv[1:]
    fuzzer = Fuzzer(extension, cells, int(seed))
    ends: Counter[str] = Counter()
    for number in range(int(cases) // BROKEN):
        ends.update(fuzzer.cases(FORMS[number % len(FORMS)]))
    print(json.dumps(ends))  # noqa: T201 - the test reads it


if __name__ == "__main__":
    main()
