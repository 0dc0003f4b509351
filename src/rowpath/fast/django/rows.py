"""The statement's rows as Python values, which any database has, and which databases have more."""

from collections.abc import Iterator
from typing import Any

from django.db import connections
from django.db.models.sql import Query


def has_binary_rows(using: str) -> bool:
    """Whether the database behind `using` is PostgreSQL by psycopg 3."""
    connection = connections[using]
    return connection.vendor == "postgresql" and connection.Database.__name__ == "psycopg"


def python_rows(query: Query, using: str) -> Iterator[tuple[Any, ...]]:
    """Run `query` on the database `using` and return its rows as Django converts them."""
    compiler = query.get_compiler(using=using)
    return compiler.results_iter(tuple_expected=True)
