"""A serializer made ready for one kind of queryset, kept for the life of the process."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from django.core.signals import setting_changed
from django.db import models
from django.db.models.query import QuerySet, ValuesIterable
from rest_framework.serializers import Serializer

from rowpath.fast.django.models import check_instances
from rowpath.fast.django.querysets import annotations, check_relations, values
from rowpath.fast.django.shapes import Shape, shape_of
from rowpath.fast.django.statement import Statement, statement, unlimited
from rowpath.fast.drf.compile import Compiled, compile_serializer, compile_values
from rowpath.fast.drf.plans import Bounded
from rowpath.fast.encoding import Encoder, encoder
from rowpath.fast.fallback import CannotCompileError, FallBack
from rowpath.fast.plan import JsonStyle

# A statement of some 2 kB with its key, so about a megabyte for a project with 100 lists.
_STATEMENTS = 256
_PLANS = 1_000
_LONGEST_REST = 127


@dataclass(slots=True)
class Prepared:
    """A compiled serializer with what was made for it so far."""

    compiled: Compiled
    _encoders: dict[JsonStyle, Encoder | None] = field(default_factory=dict)
    _statements: Bounded[Statement | None] = field(default_factory=lambda: Bounded(_STATEMENTS))
    _misses: int = 0
    _rest: int = 0

    def encoder(self, style: JsonStyle) -> Encoder | None:
        """Return the compiled code's encoder for `style`; None where there is none."""
        if style not in self._encoders:
            self._encoders[style] = encoder(self.compiled.plan, style)
        return self._encoders[style]

    def statement(self, queryset: QuerySet) -> Statement:
        """Return the lean statement for `queryset`, compiled anew only for another shape."""
        if (shape := shape_of(queryset)) is not None:
            known = self._statements.get(shape.key, lambda: self._known(queryset, shape))
            if known is not None:
                sql = known.sql and known.sql + shape.limits
                return Statement(sql, shape.params, known.using)
        return statement(queryset, self.compiled.columns)

    def _known(self, queryset: QuerySet, shape: Shape) -> Statement | None:
        """Return the statement of all querysets of this shape, or None if it has other values."""
        made = unlimited(queryset, self.compiled.columns)
        return made if made.params == shape.params else None

    def check(self, queryset: QuerySet) -> None:
        """Raise CannotCompileError if what was compiled does not hold for `queryset` now."""
        check_relations(queryset, self.compiled.columns)
        for model in self.compiled.related:
            check_instances(model)
        if self._rest > 0:
            self._rest -= 1
            raise CannotCompileError(
                "values of the last answers could not be written, so DRF answers for a while"
            )

    def missed(self) -> None:
        """Note an answer that could not be written: the more in a row, the longer the rest.

        So a list that always fails costs a second statement once in 128 requests, and one odd row
        costs the fast path no more than one answer.
        """
        self._misses += 1
        self._rest = min(2 ** (self._misses - 1) - 1, _LONGEST_REST)

    def written(self) -> None:
        """Note an answer that could be written."""
        self._misses = 0


_plans: Bounded[Prepared | FallBack] = Bounded(_PLANS)


def _forget(**_: Any) -> None:
    _plans.clear()


# Only tests change settings; what a field's form depends on is then compiled anew.
setting_changed.connect(_forget, dispatch_uid="rowpath.fast.plans")


def prepared(
    serializer_class: type[Serializer], queryset: QuerySet, marker: str | None
) -> Prepared:
    """Return `serializer_class` prepared for `queryset`. Raises CannotCompileError."""
    by_keys = queryset._iterable_class is ValuesIterable
    fields = values(queryset) if by_keys else annotations(queryset)
    key = (serializer_class, queryset.model, by_keys, marker, _signature(fields))

    def make() -> Prepared | FallBack:
        try:
            serializer = serializer_class()
            if by_keys:
                return Prepared(compile_values(serializer, fields, marker))
            return Prepared(compile_serializer(serializer, queryset.model, fields, marker))
        except CannotCompileError as error:
            return error.fall_back
        except Exception as error:  # noqa: BLE001 - a serializer that DRF itself may never build
            return FallBack(reason=f"compiling it raised {type(error).__name__}: {error}")

    found = _plans.get(key, make)
    if isinstance(found, FallBack):
        raise CannotCompileError(found.reason, field=found.field, change=found.change)
    return found


def _signature(fields: dict[str, models.Field]) -> Hashable:
    """Tell output fields by what a form depends on: they are made anew for each queryset."""
    return tuple(
        (name, output if hasattr(output, "model") else _unbound(output))
        for name, output in fields.items()
    )


def _unbound(output: models.Field) -> Hashable:
    item = getattr(output, "base_field", None)
    digits = (getattr(output, "max_digits", None), getattr(output, "decimal_places", None))
    return (type(output), digits, getattr(output, "decoder", None), item and _unbound(item))
