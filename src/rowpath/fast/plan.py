"""What a serializer compiles to: where each member of the JSON object comes from.

A plan speaks of columns by their position in the statement's SELECT list and of values by their
form, and knows neither the framework nor the database. Members are written in order. Until all of
them are known, members name their columns in whichever way (C); `numbered` gives the positions.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any, Generic, TypeVar

from rowpath.fast import forms
from rowpath.fast.forms import FileUrl, Form, Link

C = TypeVar("C", bound=Hashable)
"""How members name the columns that they read."""


class Absent(Enum):
    """What becomes of a member whose relation leads nowhere."""

    NULL = auto()
    """The member is null."""
    DEFAULT = auto()
    """The member is its default."""
    LEFT_OUT = auto()
    """The object has no such member."""
    FALLS_BACK = auto()
    """The framework answers: it would raise, or call something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard(Generic[C]):
    """A column that is looked at before a member is written: null there decides the member."""

    column: C
    absent: Absent


@dataclass(frozen=True, slots=True, kw_only=True)
class Value(Generic[C]):
    """A member with one value. A null that no guard caught is written as null."""

    key: str
    column: C
    form: Form
    guards: tuple[Guard[C], ...] = ()
    default: str | None = None
    """What a guard's Absent.DEFAULT stands for: a string, a number or the like, as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Object(Generic[C]):
    """A member that is an object of its own, as a nested serializer writes it."""

    key: str
    members: tuple["Member[C]", ...]
    guards: tuple[Guard[C], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Many(Generic[C]):
    """A member that is a list: the rows of a statement of its own that have this row's key."""

    key: str
    column: C
    """The row's key."""
    rows: int
    """The statement, by its position among the plan's lists."""
    members: tuple["Member[C]", ...]
    """Those of each item, whose columns are the list's."""
    is_flat: bool = False
    """Whether the items are the values of the only member, and no objects."""
    guards: tuple[Guard[C], ...] = ()


Member = Value[C] | Object[C] | Many[C]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A statement whose rows are the items of lists."""

    columns: int
    by: int
    """The column that has the key of the row whose list a row is in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The members of each row's object, and how many columns the statement has."""

    members: tuple[Member[int], ...]
    columns: int
    lists: tuple[Listed, ...] = ()
    """The other statements, those of lists within lists too."""


def numbered(
    members: Iterable[Member[C]], columns: Sequence[C], lists: Sequence[Sequence[C]] = ()
) -> tuple[Member[int], ...]:
    """Return `members` with each column by its position among `columns`.

    Those of the items of a list are among its own ones of `lists`. Raises KeyError for a column
    that is not there.
    """
    return _numbered(members, _positions(columns), [*map(_positions, lists)])


def _positions(columns: Sequence[C]) -> dict[C, int]:
    return {column: position for position, column in enumerate(columns)}


def _numbered(
    members: Iterable[Member[C]], at: Mapping[C, int], lists: Sequence[Mapping[C, int]]
) -> tuple[Member[int], ...]:
    def of(member: Member[C]) -> Member[int]:
        guards = tuple(
            Guard(column=at[guard.column], absent=guard.absent) for guard in member.guards
        )
        if isinstance(member, Object):
            within = _numbered(member.members, at, lists)
            return Object(key=member.key, members=within, guards=guards)
        if isinstance(member, Value):
            return Value(
                key=member.key,
                column=at[member.column],
                form=member.form,
                guards=guards,
                default=member.default,
            )
        return Many(
            key=member.key,
            column=at[member.column],
            rows=member.rows,
            members=_numbered(member.members, lists[member.rows], lists),
            is_flat=member.is_flat,
            guards=guards,
        )

    return tuple(map(of, members))


def forms_of(members: tuple[Member[Any], ...]) -> Iterator[Form]:
    """Yield the form of each value, of those within objects and lists too."""
    for member in members:
        if isinstance(member, (Object, Many)):
            yield from forms_of(member.members)
        else:
            yield member.form


def has_mappings(members: tuple[Member[Any], ...]) -> bool:
    """Whether a member is an hstore."""
    return any(isinstance(form, forms.Mapping) for form in forms_of(members))


def base_urls(members: tuple[Member[Any], ...]) -> frozenset[str]:
    """Return what the URLs of the members' files begin with, within a site."""
    return frozenset(form.base_url for form in forms_of(members) if isinstance(form, FileUrl))


def links(members: tuple[Member[Any], ...]) -> frozenset[Link]:
    """Return the links of the members."""
    return frozenset(form for form in forms_of(members) if isinstance(form, Link))


def with_mappings_of(members: tuple[Member[C], ...], oid: int) -> tuple[Member[C], ...]:
    """Return `members` with every hstore read from the type `oid`."""
    return tuple(_with_mapping_of(member, oid) for member in members)


def _with_mapping_of(member: Member[C], oid: int) -> Member[C]:
    if isinstance(member, (Object, Many)):
        return replace(member, members=with_mappings_of(member.members, oid))
    is_mapping = isinstance(member.form, forms.Mapping)
    return replace(member, form=forms.Mapping(oid=oid)) if is_mapping else member


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonStyle:
    """How the renderer's `json.dumps` is set up."""

    ascii_only: bool
    """Everything beyond ASCII as backslash-u escapes (ensure_ascii)."""
    compact: bool
    """Separators `,` and `:` instead of `, ` and `: `."""

    @property
    def comma(self) -> bytes:
        """What stands between two members or items."""
        return b"," if self.compact else b", "

    @property
    def colon(self) -> bytes:
        """What stands between a key and its value."""
        return b":" if self.compact else b": "
