"""What a serializer compiles to: where each member of the JSON object comes from.

A plan speaks of columns by their position in the statement's SELECT list and of values by their
form, and knows neither the framework nor the database. Members are written in order.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Any

from rowpath.fast.forms import FileUrl, Form, Link, Mapping


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
class Guard:
    """A column that is looked at before a member is written: null there decides the member."""

    column: int
    absent: Absent


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A member with one value. A null that no guard caught is written as null."""

    key: str
    column: int
    form: Form
    guards: tuple[Guard, ...] = ()
    default: str | None = None
    """What a guard's Absent.DEFAULT stands for: a string, a number or the like, as JSON."""
    represent: Callable[[Any], Any] | None = field(default=None, compare=False)
    """What the framework does to the Python value, for the path without compiled code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Object:
    """A member that is an object of its own, as a nested serializer writes it."""

    key: str
    members: tuple["Member", ...]
    guards: tuple[Guard, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Many:
    """A member that is a list: the rows of a statement of its own that have this row's key."""

    key: str
    column: int
    """The row's key."""
    rows: int
    """The statement, by its position among the plan's lists."""
    members: tuple["Member", ...]
    """Those of each item, whose columns are the list's."""
    is_flat: bool = False
    """Whether the items are the values of the only member, and no objects."""
    guards: tuple[Guard, ...] = ()


Member = Value | Object | Many


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A statement whose rows are the items of lists."""

    columns: int
    by: int
    """The column that has the key of the row whose list a row is in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The members of each row's object, and how many columns the statement has."""

    members: tuple[Member, ...]
    columns: int
    lists: tuple[Listed, ...] = ()
    """The other statements, those of lists within lists too."""


def forms_of(members: tuple[Member, ...]) -> Iterator[Form]:
    """Yield the form of each value, of those within objects and lists too."""
    for member in members:
        if isinstance(member, (Object, Many)):
            yield from forms_of(member.members)
        else:
            yield member.form


def has_mappings(members: tuple[Member, ...]) -> bool:
    """Whether a member is an hstore."""
    return any(isinstance(form, Mapping) for form in forms_of(members))


def base_urls(members: tuple[Member, ...]) -> frozenset[str]:
    """Return what the URLs of the members' files begin with, within a site."""
    return frozenset(form.base_url for form in forms_of(members) if isinstance(form, FileUrl))


def links(members: tuple[Member, ...]) -> frozenset[Link]:
    """Return the links of the members."""
    return frozenset(form for form in forms_of(members) if isinstance(form, Link))


def with_mappings_of(members: tuple[Member, ...], oid: int) -> tuple[Member, ...]:
    """Return `members` with every hstore read from the type `oid`."""
    return tuple(_with_mapping_of(member, oid) for member in members)


def _with_mapping_of(member: Member, oid: int) -> Member:
    if isinstance(member, (Object, Many)):
        return replace(member, members=with_mappings_of(member.members, oid))
    return replace(member, form=Mapping(oid=oid)) if isinstance(member.form, Mapping) else member


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
