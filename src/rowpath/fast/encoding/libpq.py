"""libpq's functions, by the addresses at which psycopg has them in this process."""

import ctypes
import importlib

FUNCTIONS = (
    "PQntuples",
    "PQnfields",
    "PQftype",
    "PQfformat",
    "PQgetvalue",
    "PQgetlength",
    "PQgetisnull",
)


def addresses() -> dict[str, int]:
    """Return where the functions are. Raises ImportError, OSError or AttributeError if nowhere."""
    found_in = library()
    found = {name: _address(getattr(found_in, name)) for name in FUNCTIONS}
    if missing := [name for name, address in found.items() if not address]:
        raise AttributeError(f"libpq has no {', '.join(missing)}")
    return found


def _address(function: object) -> int:
    return ctypes.cast(function, ctypes.c_void_p).value or 0  # type: ignore[arg-type]


def library() -> ctypes.CDLL:
    """Return the libpq of psycopg's own: another one may lay out a PGresult differently."""
    implementation: str = importlib.import_module("psycopg.pq").__impl__
    if implementation == "python":
        found: ctypes.CDLL = importlib.import_module("psycopg.pq._pq_ctypes").pq
        return found
    # An extension module is linked with its libpq, which is then found through it.
    return ctypes.CDLL(importlib.import_module(f"psycopg_{implementation}.pq").__file__)
