"""What a statement loads of which classes, by its options, and what was read of that."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from math import prod
from typing import Any

from sqlalchemy import Select, inspect
from sqlalchemy.orm import Load, Mapper, raiseload
from sqlalchemy.orm.exc import UnmappedColumnError

from rowpath.explain.messages import Narrowing, Part
from rowpath.explain.recording.recorder import Recorder
from rowpath.explain.sqlalchemy.attribute_reads import AttributeReads
from rowpath.explain.trails import Hop, Owner, Path, Way, text_of

METHODS: dict[type, tuple[str, ...]] = {
    Select: ("_distinct", "_for_update_arg", "_with_options"),
    Load: ("context",),
}
"""What SQLAlchemy keeps to itself of a statement's options, and of what speaks against more."""
FINDING = "eager loading and columns that nobody reads"
_WILDCARD: type = type(raiseload("*"))
_EAGER = frozenset({"joined", "selectin", "subquery"})
"""What relations are loaded by for all rows at once; what is loaded so can be narrowed."""
_COLLECTIONS = (None, list, set)
"""Whose making reads nothing of the rows in them; that of a dict reads their keys."""

Relations = tuple[Any, ...]
"""Relationships from a list's rows on, each of the class that the one before leads to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loads:
    """What one statement loads: rows of a mapper's, and relations of them.

    `named` are those that its options name, with all on the way; `eager` are loaded with the rows,
    and `chosen` have columns that the project names by itself. `declared` are loaded with the rows
    since the mapping says so, and `joined` are relations to many of which an option joins the rows.
    What is not `is_known` may read what it likes; of what may not be narrowed no `load_only()` is
    right.
    """

    mapper: Mapper[Any]
    named: frozenset[Relations]
    eager: frozenset[Relations]
    chosen: frozenset[Relations]
    declared: frozenset[Any]
    joined: frozenset[Any]
    is_known: bool
    may_be_narrowed: bool


@dataclass(slots=True)
class ListLoads:
    """What all statements of a request's lists load, by the numbers of their trails."""

    by_number: dict[int, list[Loads]] = field(default_factory=dict)

    def add(self, number: int, statement: Any, own_options: tuple[type, ...]) -> None:
        """Note a statement of a trail, all of whose options but our own are the project's."""
        loads = _loads_of(statement, own_options)
        if loads is not None:
            self.by_number.setdefault(number, []).append(loads)

    def tell(self, recorder: Recorder, reads: AttributeReads) -> None:
        """Tell a recorder what was read of its lists' rows, and what could be left out."""
        for number, alike in self.by_number.items():
            rows = recorder.counter(number)
            for each in alike:
                for relations in each.named:
                    tag = rows.tags[-1]
                    for hop in _path(relations):
                        tag = tag.reached(hop)
                    tag.is_read |= not each.is_known or _is_read(relations[-1], reads)
            rows.declared = _declared(alike, reads)
            rows.loaded_anyway = frozenset(
                text_of(_path(relations))
                for each in alike
                for relations in each.named
                if relations[-1].lazy in _EAGER
            )
            rows.multiplied = _path(_multiplying(alike[0].joined))
            rows.copies = _copies(alike[0], reads)
            _tell_columns(recorder, number, alike, reads)


def _declared(alike: list[Loads], reads: AttributeReads) -> tuple[Hop, ...]:
    """Return the relations that all statements load as the mapping says, and that nobody read."""
    declared = frozenset.intersection(*(each.declared for each in alike))
    unread = [each for each in declared if not _is_read(each, reads)]
    return _path(tuple(sorted(unread, key=lambda relation: str(relation.key))))


def _multiplying(joined: frozenset[Any]) -> Relations:
    return tuple(sorted(joined, key=lambda relation: str(relation.key)))


def _copies(loads: Loads, reads: AttributeReads) -> float:
    """Return how often a row comes, joined to each of the many that it leads to."""
    rows = reads.rows(loads.mapper.class_)
    each = (reads.rows(relation.mapper.class_) for relation in loads.joined)
    return prod(max(1.0, many / rows) for many in each) if rows else 1.0


def _tell_columns(
    recorder: Recorder, number: int, alike: list[Loads], reads: AttributeReads
) -> None:
    """Tell a recorder of the columns of one list's rows, where it may be narrowed."""
    rows = recorder.counter(number)
    narrowings = {_narrowing(each, reads) for each in alike}
    if len(narrowings) != 1 or not alike[0].may_be_narrowed:
        return
    (rows.narrowing,) = narrowings
    for relations, mapper in _narrowable(alike[0], reads):
        part = _part(relations, mapper)
        tag = rows.tags[-1]
        for hop in part.path:
            tag = tag.reached(hop)
        needed = _needed(mapper, alike, reads)
        for name in part.columns:
            rows.sizes[f"{part.prefix}{name}"] = reads.size(mapper.class_, name)
            if name in needed or reads.is_read(mapper.class_, name):
                tag.columns.add(name)


def _loads_of(statement: Any, own_options: tuple[type, ...]) -> Loads | None:
    """Return what a statement loads; None where it loads no rows of one mapped class."""
    asked = statement.column_descriptions
    if not asked or asked[0]["expr"] is not asked[0].get("entity") or asked[0]["aliased"]:
        return None
    options = [each for each in statement._with_options if not isinstance(each, own_options)]
    mapper: Mapper[Any] = inspect(asked[0]["entity"]).mapper
    named: set[Relations] = set()
    eager: set[Relations] = {()}
    chosen: set[Relations] = set()
    joined: set[Any] = set()
    is_raising = False
    for option in options:
        for element in getattr(option, "context", ()):
            relations, has_columns = _relations(element.path.path)
            strategy = dict(element.strategy or ())
            is_raising = is_raising or "raise" in str(strategy.get("lazy"))
            named |= {relations[:length] for length in range(1, len(relations) + 1)}
            if has_columns:
                chosen.add(relations)
            elif strategy.get("lazy") in _EAGER:
                eager.add(relations)
                if strategy["lazy"] == "joined" and len(relations) == 1 and relations[0].uselist:
                    joined.add(relations[0])
    are_loaders = all(isinstance(each, Load) for each in options)
    declared = {
        each
        for each in mapper.relationships
        if are_loaders and each.lazy in _EAGER and not each.innerjoin
    }
    return Loads(
        mapper=mapper,
        declared=frozenset(each for each in declared if (each,) not in named),
        named=frozenset(named),
        eager=frozenset(each for each in eager if _are_all_eager(each, eager)),
        chosen=frozenset(chosen),
        joined=frozenset(joined),
        is_known=all(isinstance(each, Load | _WILDCARD) for each in options),
        may_be_narrowed=(
            are_loaders
            and not is_raising
            and len(asked) == 1
            and not statement._distinct
            and statement._for_update_arg is None
        ),
    )


def _are_all_eager(relations: Relations, eager: set[Relations]) -> bool:
    return all(relations[:length] in eager for length in range(1, len(relations) + 1))


def _relations(path: tuple[Any, ...]) -> tuple[Relations, bool]:
    """Return the relationships of a path, and whether it leads to columns behind them."""
    properties = path[1::2]
    relations = tuple(each for each in properties if hasattr(each, "uselist"))
    return relations, len(relations) < len(properties)


def _is_read(relation: Any, reads: AttributeReads) -> bool:
    """Return whether a relation was read, or there was no row to read it of."""
    model = relation.parent.class_
    return not reads.has_rows(model) or reads.is_read(model, relation.key)


def _path(relations: Relations) -> Path:
    return tuple(
        Hop(
            name=relation.key,
            way=Way.MANY if relation.uselist else Way.ONE,
            owner=_owner(relation.parent.class_),
        )
        for relation in relations
    )


def _owner(model: type) -> Owner:
    return Owner(module=model.__module__, name=model.__qualname__)


def _narrowing(loads: Loads, reads: AttributeReads) -> Narrowing:
    parts = (_part(*each) for each in _narrowable(loads, reads))
    return Narrowing(parts=tuple(sorted(parts, key=lambda part: part.prefix)))


def _narrowable(loads: Loads, reads: AttributeReads) -> Iterator[tuple[Relations, Mapper[Any]]]:
    """Yield the classes of which a statement loads rows whose columns could stay away."""
    for relations in loads.eager - loads.chosen:
        mapper = relations[-1].mapper if relations else loads.mapper
        is_plain = all(each.collection_class in _COLLECTIONS for each in relations)
        if is_plain and _is_plain(mapper) and reads.has_rows(mapper.class_):
            yield relations, mapper


def _part(relations: Relations, mapper: Mapper[Any]) -> Part:
    keys = {mapper.get_property_by_column(each).key for each in mapper.primary_key}
    return Part(
        path=_path(relations),
        owner=_owner(mapper.class_),
        key=min(keys),
        columns=tuple(
            each.key for each in mapper.column_attrs if each.key not in keys and not each.deferred
        ),
    )


def _is_plain(mapper: Mapper[Any]) -> bool:
    """Return whether nothing but attributes tells what is read of a mapper's rows."""
    is_alone = mapper.inherits is None and len(list(mapper.self_and_descendants)) == 1
    has_own = mapper.polymorphic_on is not None or mapper.version_id_col is not None
    return is_alone and not has_own and not list(mapper.composites)


def _needed(mapper: Mapper[Any], alike: list[Loads], reads: AttributeReads) -> set[str]:
    """Return the columns by which SQLAlchemy finds what relations lead to, past the attributes."""
    named = {relations[-1] for each in alike for relations in each.named}
    needed: set[str] = set()
    for relation in mapper.relationships:
        if relation in named or relation.lazy != "select" or _is_read(relation, reads):
            for column in relation.local_columns:
                with suppress(UnmappedColumnError):
                    needed.add(mapper.get_property_by_column(column).key)
    return needed
