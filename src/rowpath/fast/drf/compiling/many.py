"""Relations to many whose rows one statement reads for all rows of a page."""

from collections.abc import Sequence
from dataclasses import replace

from rowpath.fast.django.columns import Column, Computed, Selected, column, comes_back
from rowpath.fast.django.lists import List, grouping, to_many
from rowpath.fast.django.peers.relations import Relation, in_no_order
from rowpath.fast.drf.compiling.batch import may_batch
from rowpath.fast.drf.compiling.places import Columns, Rows, WantedList
from rowpath.fast.drf.options import options
from rowpath.fast.fallback import CannotCompileError


def rows_of(attribute: str, place: Rows, columns: Columns) -> tuple[WantedList, Selected]:
    """Return the list under `attribute` of rows at `place`, and the column by which it is found.

    `columns` are those of the statement that has these rows. Raises CannotCompileError.
    """
    way = (*place.way, attribute)
    if comes_back(place.root or place.model, place.hops):
        raise CannotCompileError(f"{'.'.join(way)} leads back to its row, which may have it")
    loaded = place.prefetched.get(way)
    given = None if loaded is None else loaded.given
    name = attribute if loaded is None else loaded.relation
    relation = to_many(place.model, name, is_given=given is not None)
    if loaded is None:
        _check_unloaded(relation)
    rows = Rows(model=relation.to) if given is None else given
    behind = {
        found[len(way) :]: one
        for found, one in place.prefetched.items()
        if found[: len(way)] == way and found != way
    }
    if hidden := rows.annotations.keys() & {one for one, *_ in behind}:
        raise CannotCompileError(f"{min(hidden)} is an annotation and a to_attr")
    wanted = columns.list_of(attribute, relation, place, replace(rows, prefetched=behind))
    wanted.columns.want(grouping(relation))
    if rows.distinct:
        wanted.columns.want(column(rows.model, "pk", ()))
    for name in rows.annotations:
        wanted.columns.want(Computed(name))  # which may raise where it is computed
    return wanted, column(place.model, relation.key, place.hops)


def _check_unloaded(relation: Relation) -> None:
    """Raise CannotCompileError unless a relation that nobody loaded may be read for all rows."""
    if (forbidden := may_batch()) is not None:
        raise CannotCompileError(f"nobody loads it, and {forbidden}")
    if not relation.is_ordered and options().batch != "unordered":
        raise in_no_order(relation)


def _computed(wanted: WantedList) -> list[str]:
    """Return the columns of a list that have names of their own, in the order of its statement."""
    by = grouping(wanted.relation)
    return [*wanted.place.computed, *([by.name] if isinstance(by, Computed) else [])]


def lists_of(wanted: Sequence[WantedList], columns: Sequence[Selected]) -> tuple[List, ...]:
    """Return the lists that are wanted of a page whose statement has `columns`.

    All that they have is known by now. Raises CannotCompileError.
    """
    made: list[List] = []
    for one in wanted:
        above = columns if one.within is None else made[one.within].columns
        found = one.columns.in_order(_computed(one))
        _check_hops(one, found)
        key = column(one.outer.model, one.relation.key, one.outer.hops)
        made.append(
            List(
                way=(*(() if one.within is None else made[one.within].way), *one.way),
                relation=one.relation,
                model=one.outer.model,
                behind=one.outer.hops,
                within=one.within,
                key=above.index(key),
                columns=found,
                by=found.index(grouping(one.relation)),
                is_loaded=one.is_loaded,
            )
        )
    return tuple(made)


def asks_for_more(one: List) -> bool:
    """Whether a row that is read and not written may bring a statement that Django does not send.

    It sends those of a prefetch for all rows that are read, and others for those that are written.
    """
    may_have_no_key = one.behind or column(one.model, one.relation.key, ()).field.null
    return not one.is_loaded and bool(one.within is not None or may_have_no_key)


def _check_hops(wanted: WantedList, columns: tuple[Selected, ...]) -> None:
    """Raise CannotCompileError if something else than the statement has what `columns` cross to."""
    firsts = {one.hops[0] for one in columns if isinstance(one, Column) and one.hops}
    if wanted.relation.back is not None and wanted.relation.back.name in firsts:
        raise CannotCompileError(
            f"{wanted.relation.back.name} is the row whose list it is, which is there already"
        )
