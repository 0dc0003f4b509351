"""Where a queryset came from: the code that made it and each step by which code refined it."""

from dataclasses import dataclass, replace
from enum import StrEnum


class Scope(StrEnum):
    """What kind of code a span of source stands in."""

    VIEW = "view"
    """A method of a view's, or an expression that only the code around it evaluates."""
    FUNCTION = "function"
    """Any other function or method, which others may share where its caller is no library."""
    QUERYSET = "queryset"
    """A method of a manager's or of a queryset's, which serves whoever calls it."""
    BODY = "body"
    """A module's or a class's, which runs once at import."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """An expression in the project's source that was being evaluated.

    Lines count from 1, columns from 0 in bytes of UTF-8, as `co_positions` has them. `is_direct`
    says that the expression itself called what the trail tells of, with no library in between.
    """

    file: str
    function: str
    scope: Scope
    line: int
    column: int
    end_line: int
    end_column: int
    is_direct: bool


class Way(StrEnum):
    """How a relation leads on: to at most one row, to many, or to a column of the same row."""

    ONE = "one"
    MANY = "many"
    COLUMN = "column"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """The class that an attribute is of, by its module and its name there."""

    module: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model of Django's, as a `Prefetch` names its rows: the class, and its default manager."""

    owner: Owner
    manager: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """The column that a foreign key of Django's has of its own, and the key that it refers to.

    `is_required` says that it is never NULL.
    """

    column: str
    target: str
    is_required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns of a queryset's rows, as far as Python does with them what SQL would.

    `compared` are those whose values it orders as the database does, `equal` those whose equal
    values are the same to both, `summed` those that it adds up alike, `truths` those of
    True and False; none of them has NULLs.
    `plain` are those that a row has as `values()` gives them, with NULLs or without.
    `key` is the primary key, `names` has all. `is_ordered` is of the rows.
    """

    key: str
    is_ordered: bool
    names: frozenset[str]
    truths: frozenset[str]
    summed: frozenset[str]
    compared: frozenset[str]
    equal: frozenset[str]
    plain: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One step of a path: the attribute's name, and where it leads.

    `owner` is the class that has it, for SQLAlchemy, whose changes name it; None for Django.
    `model` is the one whose rows a relation of Django's to many leads to, `key` is of one to a
    single row that is known by its primary key; else they are None.
    """

    name: str
    way: Way
    owner: Owner | None = None
    model: Model | None = None
    key: Key | None = None


Path = tuple[Hop, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewClass:
    """The class that says what a view lists, where it is the project's own.

    `joins` is for an admin's class: the foreign keys that its list has columns for. Django joins
    them of itself, but not beside a `list_select_related`. None for any other class.
    """

    file: str
    name: str
    line: int
    joins: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """A queryset's way: for its making and each refinement, the calls from the innermost out.

    `model` is the model's label, like `shop.Book`. The first step is empty where a library made
    the queryset, as a generic view does that is given a model. `parent` is for the relation of a
    single object: the trail that the object is of, and the path from there. `manager` is what
    Django begins with where it is given a model's class alone.
    """

    model: str
    steps: tuple[tuple[Span, ...], ...]
    parent: "tuple[Trail, Path] | None" = None
    manager: str = "objects"

    def refined(self, step: tuple[Span, ...]) -> "Trail":
        """Return the trail with one more step, unless it is the one that was told last."""
        if not step or step == self.steps[-1]:
            return self
        return replace(self, steps=(*self.steps, step))


def text_of(path: Path) -> str:
    """Return a path as Django's lookups write it, `author__publisher`, or with dots."""
    separator = "." if any(hop.owner is not None for hop in path) else "__"
    return separator.join(hop.name for hop in path)
