"""What a request writes: into which model's tables, and what a bulk form of it would skip."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from itertools import chain
from types import FrameType
from typing import Any

from django.apps import apps
from django.db.models import Model, signals

from rowpath.explain.django.statements import Wrapper, wrapped
from rowpath.explain.recording.frames import OwnCode
from rowpath.explain.recording.statement_text import is_write, normalized
from rowpath.explain.selected import Written
from rowpath.explain.values import Place

_TABLE = re.compile(r'\s*(INSERT|UPDATE|DELETE)(?: OR IGNORE)?(?: INTO| FROM)?\s+["`]?(\w+)["`]?')
_SIGNALS = {
    "INSERT": ("pre_save", "post_save"),
    "UPDATE": ("pre_save", "post_save"),
    "DELETE": (),
}
_METHODS = {"INSERT": "save", "UPDATE": "save", "DELETE": "delete"}


@contextmanager
def watched(code: OwnCode) -> Iterator[Callable[[], tuple[Written, ...]]]:
    """Yield what tells of each text of the block that writes, with all values that it had."""
    found: dict[tuple[str, tuple[Place, ...]], Written] = {}
    values: dict[str, list[str]] = {}

    def listen(execute: Wrapper, sql: Any, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 Django's
        result = execute(sql, params, many, context)
        text, match = str(sql), _TABLE.match(str(sql))
        if match is not None and is_write(text):
            model = _model(match[2])
            values.setdefault(match[2], []).extend(map(repr, _by_row(params or ())))
            if model is not None:
                places = tuple(_places(code, sys._getframe(1)))
                written = _written(text, match[1], model, context["connection"])
                found[text, places] = replace(written, places=places)
        return result

    def told() -> tuple[Written, ...]:
        keys = {
            table: sha256("\n".join(each).encode()).hexdigest() for table, each in values.items()
        }
        return tuple(replace(each, values=keys[each.table]) for each in found.values())

    with wrapped(listen):
        yield told


def _places(code: OwnCode, frame: FrameType) -> Iterator[Place]:
    """Yield the lines of the project's that a statement comes from, the innermost first."""
    for each in code.walk(frame):
        inner = each.f_code
        if code.is_own(inner.co_filename):
            yield Place(file=inner.co_filename, line=each.f_lineno, function=inner.co_qualname)


def _by_row(params: Any) -> list[Any]:
    """Return a statement's values row by row; PostgreSQL is given many rows by columns."""
    columns = list(params)
    if columns and all(isinstance(each, list) for each in columns):
        return list(chain.from_iterable(zip(*columns, strict=False)))
    return columns


def _model(table: str) -> Any:
    models = apps.get_models(include_auto_created=True)
    return next((each for each in models if each._meta.db_table == table), None)


def _written(text: str, verb: str, model: Any, connection: Any) -> Written:
    options = model._meta
    is_through = bool(options.auto_created)
    return Written(
        text=normalized(text),
        model=options.label,
        table=options.db_table,
        is_through=is_through,
        skips=() if is_through else tuple(_skips(verb, model, connection)),
        values="",
        places=(),
    )


def _skips(verb: str, model: Any, connection: Any) -> Iterator[str]:
    name, method = model.__name__, _METHODS[verb]
    heard = [each for each in _SIGNALS[verb] if getattr(signals, each).has_listeners(model)]
    if heard:
        yield f"the receivers of {' and '.join(heard)}"
    if getattr(model, method) is not getattr(Model, method):
        yield f"{name}.{method}()"
    if verb == "INSERT" and model._meta.parents:
        yield f"nothing, since it refuses {name}, which has a parent's table"
    if verb == "INSERT" and not connection.features.can_return_rows_from_bulk_insert:
        yield "the new rows' keys"
    if verb == "UPDATE":
        now = [each.name for each in model._meta.fields if getattr(each, "auto_now", False)]
        yield from (f"{each}, which is set as a row is saved" for each in now)
