"""PGresults of cells that the tests choose, made by psycopg's own libpq and read as any other."""

import ctypes
from collections.abc import Sequence
from typing import cast

from psycopg.pq.abc import PGresult

from rowpath.fast.encoding import libpq

_TUPLES_OK = 2
_BINARY = 1


class _Attribute(ctypes.Structure):
    """PGresAttDesc of libpq-fe.h."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("tableid", ctypes.c_uint),
        ("columnid", ctypes.c_int),
        ("format", ctypes.c_int),
        ("typid", ctypes.c_uint),
        ("typlen", ctypes.c_int),
        ("atttypmod", ctypes.c_int),
    )


class Result:
    """As much of psycopg's PGresult as the encoder asks for."""

    def __init__(
        self,
        rows: Sequence[Sequence[bytes | None]],
        types: Sequence[int],
        *,
        format_: int = _BINARY,
    ) -> None:
        self._pq = libpq.library()
        self._pq.PQmakeEmptyPGresult.restype = ctypes.c_void_p
        self.pgresult_ptr = self._pq.PQmakeEmptyPGresult(None, _TUPLES_OK)
        attributes = (_Attribute * len(types))(
            *(_Attribute(b"c", 0, 0, format_, type_, -1, -1) for type_ in types)
        )
        result = ctypes.c_void_p(self.pgresult_ptr)
        assert self._pq.PQsetResultAttrs(result, len(types), attributes)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                size = -1 if cell is None else len(cell)
                assert self._pq.PQsetvalue(result, row, column, cell, size)

    def __del__(self) -> None:
        self._pq.PQclear(ctypes.c_void_p(self.pgresult_ptr))


def result_of(
    rows: Sequence[Sequence[bytes | None]], types: Sequence[int], *, format_: int = _BINARY
) -> PGresult:
    """Return a result with these cells."""
    return cast("PGresult", Result(rows, types, format_=format_))
