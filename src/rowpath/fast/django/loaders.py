"""Whether the driver reads a result's types as psycopg and Django do by themselves.

A project may register loaders of its own, which mask, round or convert what Django then gets.
"""

from functools import cache, lru_cache
from itertools import repeat
from typing import Any

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql import psycopg_any
from django.db.backends.postgresql.psycopg_any import BaseTzLoader
from psycopg.abc import Loader
from psycopg.adapt import AdaptersMap
from psycopg.postgres import register_default_adapters
from psycopg.pq import Format
from psycopg.pq.abc import PGresult
from psycopg.types.string import TextLoader

from rowpath.fast.encoding.writers import ITEM_TYPES, Type
from rowpath.fast.stores import kept


def unusual_loader(result: PGresult, connection: BaseDatabaseWrapper) -> str | None:
    """Return what reads a column of `result` in another way than Django's own; None if nothing."""
    loader_of = connection.connection.adapters.get_loader
    types = _read(tuple(map(result.ftype, range(result.nfields))))
    return _unusual(types, tuple(map(loader_of, types, repeat(Format.TEXT))))


@kept
@lru_cache(maxsize=1_000)
def _unusual(types: tuple[int, ...], loaders: tuple[type[Loader] | None, ...]) -> str | None:
    """Return the same for `loaders`, each of which reads the type in its place."""
    for oid, loader in zip(types, loaders, strict=True):
        if not _is_usual(oid, loader):
            name = getattr(loader, "__name__", loader)
            return f"the driver reads the type {oid} by {name}"
    return None


@kept
@lru_cache(maxsize=1_000)
def _read(types: tuple[int, ...]) -> tuple[int, ...]:
    """Return the types that are read in columns of `types`: those of an array's items as well."""
    return (*{*types, *(ITEM_TYPES[oid] for oid in types if oid in ITEM_TYPES)},)


def _is_usual(oid: int, loader: type[Loader] | None) -> bool:
    if oid == Type.TIMESTAMPTZ:
        return reads_moments_as_django(loader)
    expected = _expected()
    if oid in expected:
        return loader is expected[oid]
    # Arrays, and types that an extension brings: hstore.
    return loader is None or loader.__module__.startswith("psycopg")


def reads_moments_as_django(loader: Any) -> bool:
    """Whether `loader` is one of those that Django makes, and reads as psycopg does behind it."""
    is_djangos = all(
        getattr(loader, name, None) is getattr(BaseTzLoader, name) for name in ("__init__", "load")
    )
    # Since Django 6.1: the one that was there as Django was imported.
    behind = vars(psycopg_any).get("orig_tz_loader_cls")
    return is_djangos and (behind is None or behind.__module__.startswith("psycopg"))


@kept
@cache
def _expected() -> dict[int, type[Loader] | None]:
    """Return the loaders of the types that are written, as psycopg and Django register them."""
    own = AdaptersMap(types=psycopg.adapters.types)
    register_default_adapters(own)
    for name in ("jsonb", "inet", "cidr"):
        own.register_loader(name, TextLoader)
    return {oid: own.get_loader(oid, Format.TEXT) for oid in Type}
