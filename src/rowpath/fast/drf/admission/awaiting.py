"""Which asynchronous serializers of adrf represent a row as DRF's of the same fields do."""

import sys
from typing import Any
from weakref import WeakKeyDictionary

from rest_framework.serializers import ListSerializer, Serializer

from rowpath.fast.django.overrides import overridden
from rowpath.fast.drf.admission.choosing import chooses_fields
from rowpath.fast.drf.admission.views import adrfs
from rowpath.fast.names import definer, named
from rowpath.fast.stores import kept

# What adrf awaits, or calls in a thread, and what DRF has in its place.
_REPRESENTING = (
    *("adata", "ato_representation", "aget_attribute", "many_init"),
    *("to_representation", "get_attribute", "data", "__new__"),
)
_AWAITED = ("ato_representation", "aget_attribute")

_classes: WeakKeyDictionary[type, str | None] = kept(WeakKeyDictionary())


def awaits_in_its_own_way(serializer_class: type) -> str | None:
    """Return why a row of `serializer_class`, which is adrf's, may not be what DRF makes of it.

    None if it is. Makes its fields once, and raises what that raises.
    """
    owner = adrfs(serializer_class, "serializers", "Serializer")
    if owner is None:
        return f"{named(serializer_class)} is no serializer of adrf's with fields"
    for base in (owner, sys.modules[owner.__module__].ListSerializer):
        if overridden(base, base, _REPRESENTING) is not None:
            return f"the methods of {named(base)} are not those that adrf ships"
    if serializer_class not in _classes:
        _classes[serializer_class] = _of_class(serializer_class, owner)
    return _classes[serializer_class]


def _of_class(serializer_class: Any, owner: type) -> str | None:
    own = overridden(serializer_class, owner, _REPRESENTING)
    if own is not None:
        return f"{named(definer(serializer_class, own))} has a {own} of its own"
    if getattr(getattr(serializer_class, "Meta", None), "list_serializer_class", None):
        return f"{named(serializer_class)} has a Meta.list_serializer_class"
    if chooses_fields(serializer_class):
        return f"{named(serializer_class)} may have other fields for each request"
    found = map(_of_field, serializer_class()._readable_fields)
    return next((one for one in found if one is not None), None)


def _of_field(field: Any) -> str | None:
    """Return why adrf may read or write `field` otherwise than DRF does."""
    if not any(hasattr(field, name) for name in _AWAITED):
        return None  # it is called as by DRF, in a thread
    if isinstance(field, (Serializer, ListSerializer)):
        return (
            f"{field.field_name} is a serializer of adrf's, which reads its row in the event loop"
        )
    mixin = adrfs(type(field), "fields", "AsyncFieldMixin")
    is_adrfs = mixin is not None and adrfs(type(field), "fields", type(field).__qualname__)
    if mixin is None or is_adrfs is not type(field) or _AWAITED[0] in vars(field):
        return f"{field.field_name} is awaited, as a {named(type(field))} of its own kind"
    # It awaits a coroutine function, which no DRF field is given: it has called it.
    if overridden(type(field), mixin, _AWAITED[:1]):
        return f"{field.field_name} is not awaited as adrf's {type(field).__name__} is"
    return None
