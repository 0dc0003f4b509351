"""The statement's rows as Python values, which any database has."""

from typing import Any

from django.db import connections
from django.db.models.sql import Query

from rowpath.fast.django.wrappers import ToldApart


def python_rows(query: Query, using: str) -> list[tuple[Any, ...]]:
    """Run `query` on the database `using` and return its rows as Django converts them."""
    compiler = query.get_compiler(using=using)
    with ToldApart(connections[using]):
        return list(compiler.results_iter(tuple_expected=True))
