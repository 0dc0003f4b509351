"""What is known of an expression without asking the database: how many rows, and which values."""

from typing import Any

from django.core.exceptions import FieldError
from django.db.models import Aggregate, Avg, Count, F, Field, Max, Min, Subquery, Sum, Window
from django.db.models.expressions import Col, RawSQL
from django.db.models.sql import Query
from django.db.models.sql.where import WhereNode


def unknown_within(expression: Any) -> str | None:
    """Return what in `expression` may return rows for all that is known of it, or None."""
    extra = getattr(expression, "extra", None) or {}
    if getattr(expression, "set_returning", False) or isinstance(expression, RawSQL):
        return type(expression).__name__
    if type(expression).__module__.partition(".")[0] != "django":
        return f"{type(expression).__name__} is not Django's own"
    if own := extra.keys() & {"function", "template", "expressions", "arg_joiner"}:
        return f"{type(expression).__name__} with a {min(own)} of its own"
    if isinstance(expression, (Subquery, Query)):
        return None  # one value, or a condition
    found = (unknown_within(source) for source in _sources(expression))
    return next((unknown for unknown in found if unknown), None)


# Whose result is the same in whatever order they meet exact values. An array's is not, nor is that
# of numbers that are rounded.
_AGGREGATES = (Avg, Count, Max, Min, Sum)
_EXACT = frozenset(
    {
        *("AutoField", "BigAutoField", "SmallAutoField", "ForeignKey", "OneToOneField"),
        *("IntegerField", "BigIntegerField", "SmallIntegerField", "DecimalField"),
        *("PositiveIntegerField", "PositiveBigIntegerField", "PositiveSmallIntegerField"),
        *("BooleanField", "DateField", "DateTimeField", "TimeField", "UUIDField"),
        *("CharField", "TextField", "SlugField"),
    }
)


def is_settled(expression: Any, *, by_group: bool = False) -> bool:
    """Whether `expression` is one value for each row, the same one by whatever plan.

    With `by_group` a row may stand for several, and only what is aggregated of them is one value.
    """
    return unknown_within(expression) is None and _needs_no_order(expression, by_group=by_group)


def _needs_no_order(expression: Any, *, by_group: bool) -> bool:
    if isinstance(expression, Window):
        return False  # which numbers or adds up its rows, in their order
    if isinstance(expression, Aggregate):
        is_exact = type(expression) in _AGGREGATES and all(map(_is_exact, _sources(expression)))
        return is_exact or type(expression) is Count
    if isinstance(expression, (Subquery, Query)):
        return not by_group  # planned by itself, but for a row of its own
    if by_group and isinstance(expression, (Col, F, WhereNode)):
        return False
    return all(_needs_no_order(one, by_group=by_group) for one in _sources(expression))


def _is_exact(expression: Any) -> bool:
    try:
        field: Field | None = expression.output_field
    except (AttributeError, FieldError):
        return False
    if field is None:
        return False
    return field.get_internal_type() in _EXACT and not getattr(field, "db_collation", None)


def _sources(expression: Any) -> list[Any]:
    given: Any = getattr(expression, "get_source_expressions", tuple)()
    return [source for source in given if source is not None]
