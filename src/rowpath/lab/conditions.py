"""Under which conditions a variant runs, as values with names."""

from dataclasses import dataclass
from enum import StrEnum


class ServerKind(StrEnum):
    """A program that serves an application, with one way of working."""

    GUNICORN = "gunicorn"
    """Worker processes that answer one request at a time: gunicorn's default, `sync`."""
    GUNICORN_THREADS = "gunicorn-threads"
    """Worker processes with threads: `gthread`."""
    UVICORN = "uvicorn"
    """Worker processes with an event loop."""
    GUNICORN_UVICORN = "gunicorn-uvicorn"
    """gunicorn's worker processes, each with uvicorn's event loop."""
    RUNBOLT = "runbolt"
    """django-bolt's own."""


class CacheState(StrEnum):
    """What a request finds in an application's cache."""

    COLD = "cold"
    """Never anything: each request is the first."""
    WARM = "warm"
    """What an earlier request has left, unless that has expired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What is the same for all that is compared, and may be another in another comparison.

    `django_orders` and `sqlalchemy_orders` say that the queries of an application with that ORM
    name the order of their rows, `django_keeps_connections` and `sqlalchemy_keeps_connections` that
    it keeps its connection to the database after a request. `uses_index` says that the index on
    what lists are ordered by may be used. `server` is what serves an application, None what its
    documentation recommends; `workers` are its worker processes, None as many as the run was asked
    to have. `pool` is how many connections to the database a worker process has at most, kept in a
    pool that its threads and tasks share; None leaves it to the framework. `cache` is what a
    request finds in a cache, None where there is none.
    """

    name: str
    django_orders: bool = True
    sqlalchemy_orders: bool = True
    uses_index: bool = True
    django_keeps_connections: bool = True
    sqlalchemy_keeps_connections: bool = True
    server: ServerKind | None = None
    workers: int | None = None
    pool: int | None = None
    cache: CacheState | None = None

    def __str__(self) -> str:
        """Return the name."""
        return self.name


AS_TOLD = Conditions(
    name="as-told",
    sqlalchemy_orders=False,
    uses_index=False,
    django_keeps_connections=False,
)
"""The talk's set-up with its confounders.

It has no index to order by, its FastAPI query no ORDER BY, and Django closes its connection after
each request.
"""
CONTROLLED = Conditions(name="controlled")
"""One thing only differs, the technique: the same ordered statement, an index, kept connections."""
NAMED = (AS_TOLD, CONTROLLED)
