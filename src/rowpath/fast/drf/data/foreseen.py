"""Whether rowpath will make the data of a serializer's rows, told before there are rows."""

from rest_framework.serializers import BaseSerializer, Serializer

from rowpath.fast.drf.data.members import all_keep_fields, ancestors_keep_fields, keeps_fields
from rowpath.fast.drf.data.rows import FastSerializer
from rowpath.fast.drf.data.without_base import of_rows, why_no_fast_class
from rowpath.fast.drf.grounds import data_changed
from rowpath.fast.drf.options import options
from rowpath.fast.fallback import FallBack
from rowpath.fast.names import named

_IN_BASES = "Name FastSerializer in its bases, right before DRF's."


def why_by_drf(serializer: BaseSerializer) -> FallBack | None:
    """Return why DRF makes the data of the rows of `serializer`; None if rowpath does.

    Makes its fields, and raises what that raises.
    """
    if (patched := data_changed()) is not None:
        return patched
    if not options().data:
        return FallBack(reason='ROWPATH has "data": False')
    rows = of_rows(serializer)
    if rows is None:
        return FallBack(reason=f"{named(type(serializer))} is not a Serializer with fields")
    if "to_representation" in vars(rows):
        return FallBack(reason="something has put a to_representation() into its serializer")
    return _of_class(type(rows)) or _of_fields(rows)


def _of_class(cls: type[Serializer]) -> FallBack | None:
    if issubclass(cls, FastSerializer):
        behind = cls.__mro__[cls.__mro__.index(FastSerializer) + 1 :]
        first = next(one for one in behind if "to_representation" in vars(one))
        if first is Serializer:
            return None
        reason = f"{named(first)} has a to_representation() behind FastSerializer"
        return FallBack(reason=reason, change=_IN_BASES)
    if cls.to_representation is Serializer.to_representation:
        return None
    found = why_no_fast_class(cls)
    return None if found is None else FallBack(reason=found, change=_IN_BASES)


def _of_fields(rows: Serializer) -> FallBack | None:
    keeps = keeps_fields(type(rows)) and ancestors_keep_fields(rows)
    if keeps and all_keep_fields(rows.fields.values()):
        return None
    return FallBack(reason="its code looks at its fields, which may change between two rows")
