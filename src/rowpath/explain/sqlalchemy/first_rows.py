"""Which row of which mapped class the argument of a route is of, and the first of them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapper, class_mapper

from rowpath.explain.sqlalchemy.read_only import undone

_ID = frozenset({"id", "pk"})


class Unknown(LookupError):  # noqa: N818 an answer, not an error
    """Nothing says which row an argument is of; the text says why."""


def first_value(name: str, before: str, models: Iterable[type], engines: Sequence[Engine]) -> str:
    """Return an argument's value in the first row of the class that it is of.

    `tag_id` is the key of `Tag`, and `tag_slug` its column `slug`; an `id`, or another column's
    name, is of the class that the part of the path `before` it names, as `tags` does. Unknown where
    no class fits, or several do, or there is no row. For a greenlet of SQLAlchemy's.
    """
    found = list(_columns(name, before, models))
    if len(found) != 1:
        raise Unknown(f"nothing says which rows {name} is of")
    mapper, column = found[0]
    statement = select(column).order_by(*mapper.primary_key).limit(1)
    for engine in engines:
        try:
            with undone(may_write=False), engine.connect() as connection:
                value = connection.execute(statement).scalar()
        except SQLAlchemyError:
            continue  # the table is in another database
        if value is None:
            raise Unknown(f"there is no row of {mapper.class_.__name__}")
        return str(value)
    raise Unknown(f"no engine that the application has at its start has {mapper.class_.__name__}")


def _columns(name: str, before: str, models: Iterable[type]) -> Iterator[tuple[Mapper[Any], Any]]:
    owner, _, column = name.rpartition("_")
    for model in models:
        mapper: Mapper[Any] = class_mapper(model)
        known = {model.__name__.lower(), str(getattr(mapper.local_table, "name", "")).lower()}
        if _is_named(owner, known):
            yield from _column(mapper, column)
        elif (not owner or name in mapper.columns) and _is_named(before, known):
            yield from _column(mapper, name)


def _is_named(text: str, known: set[str]) -> bool:
    bare = text.lower().replace("-", "").replace("_", "")
    fewer = (bare.removesuffix("s"), bare.removesuffix("es"), f"{bare.removesuffix('ies')}y")
    return bool(bare) and not known.isdisjoint((bare, *fewer))


def _column(mapper: Mapper[Any], name: str) -> Iterator[tuple[Mapper[Any], Any]]:
    if name in mapper.columns:
        yield mapper, mapper.columns[name]
    elif name in _ID and len(mapper.primary_key) == 1:
        yield mapper, mapper.primary_key[0]
