"""The tables of models, and where the classes are that say which indexes they have."""

import inspect
from collections.abc import Iterator
from typing import Any

from rowpath.explain.recording.frames import OwnCode
from rowpath.explain.selected import Table


def table_of(model: Any, code: OwnCode) -> Table:
    """Return what is known of a model's table."""
    options = model._meta
    try:
        file = inspect.getsourcefile(model)
    except (OSError, TypeError):  # a class that was made without source
        file = None
    return Table(
        model=options.label,
        app=options.app_label,
        name=model.__name__,
        table=options.db_table,
        file=file,
        indexed=tuple(_indexed(options)),
        has_inherited_meta=getattr(model, "Meta", None) is not None,
        reason=_reason(options, file, code),
    )


def _indexed(options: Any) -> Iterator[tuple[str, ...]]:
    for index in options.indexes:
        yield tuple(index.fields)
    for field in options.local_concrete_fields:
        if field.db_index or field.unique:
            yield (field.name,)
    yield from map(tuple, options.unique_together)


def _reason(options: Any, file: str | None, code: OwnCode) -> str | None:
    if not options.managed:
        return f"Django does not manage the table of {options.object_name}"
    if file is None or not code.is_own(file):
        return f"{options.object_name} is a library's model"
    return None
