"""Which of the caller's environment variables reach what the lab starts and connects with."""

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager

OF_LIBPQ = "PG"
"""What the names of libpq's variables begin with."""
# A program must be found, load its libraries, find the user's packages and libpq's files, and
# have a place for temporary files. More than that, from GUNICORN_CMD_ARGS to PYTHONMALLOC and
# LD_PRELOAD, would change what is measured.
_NEEDED = frozenset({"PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"})
_NEEDED_PREFIXES = ("ROWPATH_", "KRB5")
# https://www.postgresql.org/docs/current/libpq-envars.html
_AUTHENTICATING = frozenset(
    {
        *("PGPASSWORD", "PGPASSFILE", "PGREQUIREAUTH", "PGCHANNELBINDING", "PGREQUIREPEER"),
        *("PGGSSENCMODE", "PGGSSDELEGATION", "PGGSSLIB", "PGKRBSRVNAME"),
        # Where the service stands that a connection string may name.
        *("PGSERVICEFILE", "PGSYSCONFDIR"),
    }
)
_AUTHENTICATING_PREFIX = "PGSSL"


def authenticates(name: str) -> bool:
    """Return whether a variable of libpq lets us into a server, and says nothing of the session."""
    return name in _AUTHENTICATING or name.startswith(_AUTHENTICATING_PREFIX)


def of_children() -> dict[str, str]:
    """Return the environment of a program that is measured, without what it is told itself.

    Of libpq's variables it has those that authenticate, unless they are hidden.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if name in _NEEDED or name.startswith(_NEEDED_PREFIXES) or authenticates(name)
    }


@contextmanager
def libpq_without_environment(*, authenticating: bool) -> Iterator[Collection[str]]:
    """Hide libpq's variables from this process and its children until the block ends.

    `authenticating` keeps those that authenticate, for a server of the user's own. Yield the names
    of those that are hidden.
    """
    hidden = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(OF_LIBPQ) and not (authenticating and authenticates(name))
    }
    for name in hidden:
        del os.environ[name]
    try:
        yield hidden.keys()
    finally:
        os.environ.update(hidden)
