"""Which serializers may give each request other fields.

Told by what is known to be harmless: whatever else a class of the project has in the place of one
of DRF's own names may look at the request.
"""

import inspect
import sys
from collections.abc import Iterable
from typing import Any
from weakref import WeakKeyDictionary

from rest_framework import fields, serializers
from rest_framework.utils.field_mapping import ClassLookupDict

from rowpath.fast.stores import kept

# What Python puts into a class, and what no field is made by.
_OF_CLASSES = {
    "__abstractmethods__",
    "__annotate__",
    "__annotate_func__",
    "__annotations__",
    "__annotations_cache__",
    "__class_getitem__",
    "__classdictcell__",
    "__dict__",
    "__doc__",
    "__firstlineno__",
    "__getstate__",
    "__init_subclass__",
    "__module__",
    "__orig_bases__",
    "__parameters__",
    "__qualname__",
    "__repr__",
    "__slots__",
    "__static_attributes__",
    "__str__",
    "__type_params__",
    "__weakref__",
    "_declared_fields",
}
# What only validates and writes.
_OF_WRITING = {
    "create",
    "default_error_messages",
    "default_validators",
    "error_messages",
    "errors",
    "fail",
    "get_unique_for_date_validators",
    "get_unique_together_validators",
    "get_validators",
    "is_valid",
    "run_validation",
    "run_validators",
    "save",
    "set_value",
    "to_internal_value",
    "update",
    "validate",
    "validate_empty_values",
    "validated_data",
    "validators",
    "_get_constraint_violation_error_message",
    "_read_only_defaults",
    "_writable_fields",
}
# What only forms and the browsable API use.
_OF_FORMS = {
    "default_empty_html",
    "display_value",
    "get_choices",
    "get_initial",
    "get_queryset",
    "get_value",
    "help_text",
    "html_cutoff",
    "html_cutoff_text",
    "initial",
    "iter_options",
    "label",
    "queryset",
    "style",
}
_HARMLESS = frozenset(_OF_CLASSES | _OF_WRITING | _OF_FORMS)
# With these a field or serializer falls back, which is known once for its class.
_FALLS_BACK = frozenset(
    ("to_representation", "get_attribute", "get_default", "data", "many_init", "__new__")
)
# What DRF or a plan asks of a field that need not have it.
_ASKED_FOR = frozenset(
    ("__getattr__", "source_attrs", "format", "timezone", "coerce_to_string", "use_url", "pk_field")
)
_OF_SERIALIZERS = frozenset(vars(serializers.Serializer()))

_known: WeakKeyDictionary[type, bool] = kept(WeakKeyDictionary())


def chooses_fields(serializer_class: type[serializers.BaseSerializer]) -> bool:
    """Whether `serializer_class` or a field within it may give each request other fields.

    Asked once for each class: what is put into a class later is not seen.
    """
    if (known := _known.get(serializer_class)) is None:
        known = _known[serializer_class] = _chooses(serializer_class)
    return known


def _chooses(serializer_class: type[serializers.BaseSerializer]) -> bool:
    declared = getattr(serializer_class, "_declared_fields", {})
    return (
        _changes(serializer_class, _OF_SERIALIZERS)
        or _computes_meta(serializer_class)
        or any(map(_field_chooses, declared.values()))
        or _makes_choosing_fields(serializer_class)
    )


def _field_chooses(field: Any) -> bool:
    if isinstance(field, serializers.BaseSerializer):
        own = chooses_fields(type(field))
    else:
        own = _changes(type(field), vars(field))
    within = (value for name, value in vars(field).items() if name != "parent")
    return own or any(_field_chooses(one) for one in within if isinstance(one, fields.Field))


def _changes(cls: type, of_instances: Iterable[str]) -> bool:
    """Whether `cls` has something of its own that DRF asks for and that is not harmless."""
    base = next(filter(is_drfs_class, cls.__mro__), fields.Field)
    # A field's __new__ runs for each serializer; a serializer's makes it fall back.
    told = _FALLS_BACK if issubclass(cls, serializers.BaseSerializer) else _FALLS_BACK - {"__new__"}
    asked_for = {*dir(base), *of_instances, *_ASKED_FOR} - _HARMLESS - told
    own = (one for one in cls.__mro__ if one is not object and not is_drfs_class(one))
    return type(cls) is not type(base) or any(not asked_for.isdisjoint(vars(one)) for one in own)


def is_drfs_class(cls: type) -> bool:
    """Whether `cls` is one of DRF's own classes, or of adrf's.

    These have asynchronous methods beside those of DRF, which they change for nobody else.
    """
    # By what is there under its name: type() gives a serializer made by it the module of DRF's
    # metaclass.
    is_in_drf = cls.__module__.partition(".")[0] in ("rest_framework", "adrf")
    return is_in_drf and getattr(sys.modules[cls.__module__], cls.__name__, None) is cls


def _computes_meta(serializer_class: type) -> bool:
    """Whether something in `Meta` is made when it is asked for."""
    meta = inspect.getattr_static(serializer_class, "Meta", None)
    if meta is None:
        return False
    if type(meta) is not type:
        return True
    said = (item for one in meta.__mro__ for item in vars(one).items())
    return any(hasattr(type(value), "__get__") for name, value in said if name[:2] != "__")


def _makes_choosing_fields(serializer_class: Any) -> bool:
    """Whether a model's field becomes one that chooses: packages put theirs into DRF's mapping."""
    mapping = getattr(serializer_class, "serializer_field_mapping", {})
    choosing = {one for one in mapping.values() if not is_drfs_class(one) and _changes(one, ())}
    meta = getattr(serializer_class, "Meta", None)
    model = getattr(meta, "model", None)
    if not choosing or model is None:
        return False
    if getattr(meta, "depth", 0):
        return True
    made: Any = ClassLookupDict(mapping)
    return any(_made(made, field) in choosing for field in model._meta.concrete_fields)


def _made(mapping: ClassLookupDict, field: Any) -> Any:
    try:
        return mapping[field]
    except KeyError:  # which is all that it has to say so
        return None
