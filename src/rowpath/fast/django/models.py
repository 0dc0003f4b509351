"""What a model may do to its instances between the row and the attribute.

The fast path makes no instances, so a model that has a hand in making or reading them falls back.
"""

import inspect
from functools import cache

from django.db import models
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.manager import BaseManager
from django.db.models.query import QuerySet
from django.db.models.query_utils import DeferredAttribute
from django.db.models.signals import post_init, pre_init

from rowpath.fast.django.overrides import overridden
from rowpath.fast.django.receivers import does_nothing, name_of
from rowpath.fast.fallback import CannotCompileError
from rowpath.fast.names import definer, named
from rowpath.fast.stores import kept

_MAKING = (
    "from_db",
    "__init__",
    "__new__",
    "__getattribute__",
    "__setattr__",
    "serializable_value",
    "refresh_from_db",
    "get_deferred_fields",
    "pk",
)


def check_instances(model: type[models.Model]) -> None:
    """Raise CannotCompileError if instances of `model` are more than their row."""
    if reason := _own_making(model):
        raise CannotCompileError(reason)
    check_receivers(model)


def check_receivers(model: type[models.Model]) -> None:
    """Raise CannotCompileError if somebody is told of each instance of `model`."""
    # Receivers come and go, so they are asked for each time.
    for name, signal in (("pre_init", pre_init), ("post_init", post_init)):
        if not signal.receivers or not signal.has_listeners(model):
            continue
        if (heard := _heard(signal, model)) is not None:
            raise CannotCompileError(
                f"{model._meta.label} has a receiver of {name}, {name_of(heard)}",
                change="Let it return at once for models that are none of its concern.",
            )


@kept
@cache
def _own_making(model: type[models.Model]) -> str | None:
    name = overridden(model, models.Model, _MAKING)
    if name is None:
        return None
    if (owner := definer(model, name)) is model:
        return f"{model.__name__} has a {name} of its own"
    return f"{model.__name__} has the {name} of {named(owner)}"


def _heard(signal: models.signals.ModelSignal, model: type[models.Model]) -> object | None:
    """Return a receiver that may do something to instances of `model`."""
    receivers = signal._live_receivers(model)
    heard = [*receivers[0], *receivers[1]] if isinstance(receivers, tuple) else receivers
    return next((one for one in heard if not _is_harmless(one, signal, model)), None)


def _is_harmless(receiver: object, signal: object, model: type[models.Model]) -> bool:
    # An ImageField listens to post_init to learn its dimensions, which changes no column's value
    # unless it has fields for them.
    if getattr(receiver, "__func__", None) is models.ImageField.update_dimension_fields:
        field = getattr(receiver, "__self__", None)
        return not (getattr(field, "width_field", None) or getattr(field, "height_field", None))
    return does_nothing(receiver, signal, model)


def check_attribute(model: type[models.Model], field: models.Field) -> None:
    """Raise CannotCompileError if reading `field` on an instance is more than its column."""
    descriptor = inspect.getattr_static(model, field.attname, None)
    if isinstance(field, models.FileField):
        plain = type(descriptor) is type(field).descriptor_class
    else:
        plain = type(descriptor) in (DeferredAttribute, ForeignKeyDeferredAttribute)
    if not plain:
        raise CannotCompileError(f"{model.__name__}.{field.attname} is not the plain column")


def check_base_manager(model: type[models.Model]) -> None:
    """Raise CannotCompileError if a relation to `model` may not see all rows of its table."""
    manager = model._base_manager
    if type(manager) is not models.Manager or manager._queryset_class is not QuerySet:
        name = f"{type(manager).__module__}.{type(manager).__qualname__}"
        raise CannotCompileError(f"{model.__name__} has the base manager {name}")
    if manager.get_queryset.__func__ is not BaseManager.get_queryset:
        raise CannotCompileError(f"{model.__name__}'s base manager has its own get_queryset()")


def has_parent_table(model: type[models.Model]) -> bool:
    """Whether some columns of `model` are in the table of a model that it inherits from."""
    meta = model._meta
    return any(
        field.model._meta.concrete_model is not meta.concrete_model
        for field in meta.concrete_fields
    )
