"""Whether rowpath will make the data of a serializer's rows, told before there are rows."""

from itertools import chain

from rest_framework.serializers import BaseSerializer, ListSerializer, Serializer

from rowpath.fast.codes import calls_super, reads_attribute
from rowpath.fast.django.overrides import overridden
from rowpath.fast.drf.admission.choosing import is_drfs_class
from rowpath.fast.drf.data.hook import why_not_looked_for
from rowpath.fast.drf.data.keeping import (
    all_changing_fields,
    ancestors_changing_fields,
    changing_fields,
)
from rowpath.fast.drf.data.rows import FastSerializer
from rowpath.fast.drf.data.without_base import of_rows
from rowpath.fast.drf.grounds import data_changed
from rowpath.fast.drf.options import options
from rowpath.fast.fallback import FallBack
from rowpath.fast.names import named

_OWN = "to_representation"


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
    if not isinstance(rows, FastSerializer) and (unlooked := why_not_looked_for()) is not None:
        return unlooked
    if _OWN in vars(rows):
        return FallBack(reason=f"something has put a {_OWN}() into its serializer")
    return _of_list(serializer) or _of_class(type(rows)) or _of_fields(rows)


def _of_list(serializer: BaseSerializer) -> FallBack | None:
    cls = type(serializer)
    if not isinstance(serializer, ListSerializer) or not overridden(cls, ListSerializer, (_OWN,)):
        return None
    if reads_attribute(cls.to_representation, _OWN):
        return None
    return FallBack(
        reason=f"{named(cls)} has a {_OWN}() of its own that asks no serializer of rows"
    )


def _of_class(cls: type[Serializer]) -> FallBack | None:
    has_base = issubclass(cls, FastSerializer)
    order = cls.__mro__[cls.__mro__.index(FastSerializer) + 1 :] if has_base else cls.__mro__
    own = [one for one in order if _OWN in vars(one) and not is_drfs_class(one)]
    ending = next((one for one in own if not calls_super(vars(one)[_OWN], _OWN)), None)
    if ending is None:
        return None
    return FallBack(reason=f"{named(ending)} has a {_OWN}() of its own that does not call super()")


def _of_fields(rows: Serializer) -> FallBack | None:
    found = changing_fields(type(rows)) or next(
        chain(ancestors_changing_fields(rows), all_changing_fields(rows.fields.values())), None
    )
    if found is None:
        return None
    return FallBack(reason=f"{found} may change fields between two rows")
