"""The columns of a queryset that Python can compare and add up as the database does."""

from functools import cache
from typing import Any

from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    DecimalField,
    DurationField,
    Field,
    FloatField,
    IntegerField,
    Model,
    TextField,
    TimeField,
)
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.query_utils import DeferredAttribute

from rowpath.explain.trails import Columns

_COMPARED = (
    BooleanField,
    DateField,
    DecimalField,
    DurationField,
    FloatField,
    IntegerField,
    TimeField,
)
_PLAIN_DESCRIPTORS = frozenset({DeferredAttribute, ForeignKeyDeferredAttribute})
"""Of columns that a row has as the database gave them: a file's is an object."""
_TEXTS = (CharField, TextField)
_CASES_DIFFER = frozenset({"postgresql", "sqlite"})
"""Databases whose equality of texts is that of Python, unless a column has a collation."""


@cache
def columns_of(model: type[Model], vendor: str, *, is_ordered: bool) -> Columns:
    """Return the columns of a model's rows, in a database of this vendor's."""
    has_texts = vendor in _CASES_DIFFER
    options: Any = model._meta
    plain = [field for field in options.concrete_fields if _is_plain(field)]
    compared = frozenset(field.attname for field in plain if isinstance(field, _COMPARED))
    texts = [field for field in plain if isinstance(field, _TEXTS) and not field.db_collation]
    truths = frozenset(field.attname for field in plain if isinstance(field, BooleanField))
    exact = (IntegerField, DecimalField) if vendor == "postgresql" else IntegerField
    summed = frozenset(field.attname for field in plain if isinstance(field, exact))
    return Columns(
        key=options.pk.attname,
        is_ordered=is_ordered,
        names=frozenset(field.attname for field in options.concrete_fields),
        plain=frozenset(
            field.attname
            for field in options.concrete_fields
            if field.descriptor_class in _PLAIN_DESCRIPTORS
        ),
        truths=truths,
        summed=summed,
        compared=compared,
        equal=compared | frozenset(field.attname for field in texts if has_texts),
    )


def _is_plain(field: "Field[Any, Any]") -> bool:
    """Return whether a column is one of Django's own kinds, without NULLs, and no relation."""
    is_own = type(field).__module__.partition(".")[0] == "django"
    return is_own and not field.null and not field.is_relation
