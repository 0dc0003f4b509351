"""Generated source made to run: models with their tables and rows, then views over them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from uuid import UUID

from django.apps.registry import Apps
from django.db import connection, models
from django.db.models.options import Options
from rest_framework.generics import ListAPIView

from fast.drf.worlds import World

NAMES = """
import datetime as dt
import json
import uuid
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import (
    Avg, Case, Count, Exists, F, Max, OuterRef, Prefetch, Q, Subquery, Sum, Value, When, Window,
)
from django.db.models.functions import (
    Cast, Coalesce, Concat, ExtractYear, JSONObject, Length, RowNumber, TruncMonth, Upper,
)
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import serializers
from rest_framework.filters import OrderingFilter, SearchFilter
from rest_framework.generics import ListAPIView
from rest_framework.pagination import (
    CursorPagination, LimitOffsetPagination, PageNumberPagination,
)
from rest_framework.renderers import JSONRenderer

def moment(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC if settings.USE_TZ else None)

class Colour(models.TextChoices):
    RED = "red"

class Loud(models.TextChoices):
    RED = "red"
    def __str__(self):
        return "RED!"

class Here:
    app_label = "drf"
    apps = apps

class Shouted(models.CharField):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, max_length=200, **kwargs)
    def from_db_value(self, value, *args):
        return value and value.upper()

class Shouting(serializers.CharField):
    def to_representation(self, value):
        return str(value).upper()

class Reaching(serializers.CharField):
    def get_attribute(self, row):
        return "reached"

class Validating(serializers.CharField):
    def to_internal_value(self, data):
        return data

class Listing(serializers.ListSerializer):
    pass

class Sparse(models.Manager):
    def get_queryset(self):
        return super().get_queryset().exclude(code__endswith="1")
"""
POSTGRESQL = "from django.contrib.postgres.fields import ArrayField, HStoreField\n"

Namespace = dict[str, Any]


def names() -> Namespace:
    """Return what generated source may speak of, with a registry of models of its own."""
    namespace: Namespace = {"__name__": "generated", "apps": Apps(["fast.drf"]), "put": _put}
    run(NAMES + (POSTGRESQL if connection.vendor == "postgresql" else ""), namespace)
    return namespace


def run(source: str, namespace: Namespace) -> None:
    """Run generated source."""
    exec(compile(source, "<generated>", "exec"), namespace)  # noqa: S102 - it is ours


@contextmanager
def running(world: World) -> Iterator[Namespace]:
    """Make the models of `world`, their tables and rows; the tables are dropped at the end."""
    namespace = names()
    run(world.models, namespace)
    made: list[type[models.Model]] = [
        namespace[name] for name, table in world.tables.items() if "proxy" not in table.meta
    ]
    with connection.schema_editor() as editor:
        for model in made:
            editor.create_model(model)
    try:
        run(world.rows, namespace)
        yield namespace
    finally:
        _drop(made)


def meta_of(model: type[models.Model]) -> "Options[models.Model]":
    """Return what Django knows of a model; the name is private, its attributes are documented."""
    return model._meta  # noqa: SLF001


def _put(model: type[models.Model], key: int | str | UUID, name: str, text: str) -> None:
    """Write what Django itself cannot, as PostgreSQL reads it."""
    field = cast("models.Field[Any, Any]", meta_of(model).get_field(name))
    owner = meta_of(field.model)
    names = (owner.db_table, field.column, owner.pk.column)
    table, column, pk = (connection.ops.quote_name(str(one)) for one in names)
    update = f"UPDATE {table} SET {column} = %s::text::{field.db_type(connection)} WHERE {pk} = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(update, [text, key])


def _drop(made: list[type[models.Model]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            tables = ", ".join(connection.ops.quote_name(meta_of(one).db_table) for one in made)
            cursor.execute(f"DROP TABLE {tables} CASCADE")
            return
    with connection.schema_editor() as editor:
        for model in reversed(made):
            editor.delete_model(model)


def view_of(source: str, namespace: Namespace) -> type[ListAPIView[Any]]:
    """Return the view class that `source` makes."""
    made: type[ListAPIView[Any]] = eval(source, namespace)  # noqa: S307 - it is ours
    return made
