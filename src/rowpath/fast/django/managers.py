"""What a project's own managers give for relations to many, asked of the managers themselves.

Django makes the manager of a relation of the default manager's class, and a prefetch asks it for
its queryset once for all instances. Here one is asked that belongs to no instance.
"""

from typing import Any
from weakref import WeakKeyDictionary

from django.db.models import Model
from django.db.models.manager import BaseManager
from django.db.models.query import QuerySet

from rowpath.fast.django.overrides import overridden
from rowpath.fast.fallback import CannotCompileError
from rowpath.fast.stores import kept

_LOOKED = "rowpath_looked"
_ATTRIBUTES = ("__getattribute__", "__getattr__", "__new__")

_probes: WeakKeyDictionary[type, type] = kept(WeakKeyDictionary())


def check_made(model: type[Model]) -> None:
    """Raise CannotCompileError if a project's own code makes the managers of relations to many."""
    manager: object = model._default_manager
    name = f"the manager of {model.__name__}"
    if not isinstance(manager, BaseManager):
        raise CannotCompileError(f"{name} is a {type(manager).__name__}")
    if own := overridden(type(manager), BaseManager, ("__init__",)):
        raise CannotCompileError(f"{name} has a {own} of its own")


def own_queryset(model: type[Model]) -> QuerySet | None:
    """Return the queryset of a relation to many to `model`, where the project makes it.

    None where Django does. Raises CannotCompileError if it may be another for each instance.
    """
    made_by = type(model._default_manager)
    if overridden(made_by, BaseManager, ("get_queryset",)) is None:
        return None
    check_made(model)
    name = f"the manager of {model.__name__}"
    if own := overridden(made_by, BaseManager, _ATTRIBUTES):
        raise CannotCompileError(f"{name} has a {own} of its own")
    probe: Any = _probe(made_by)()
    probe.model = model
    try:
        made = probe.get_queryset()
    except Exception as error:  # noqa: BLE001 - it is the project's code
        raise CannotCompileError(f"{name} raises {type(error).__name__}: {error}") from None
    if (looked := vars(probe).get(_LOOKED)) is not None:
        raise CannotCompileError(f"{name} looks for its {looked}, which a relation may have")
    if not isinstance(made, QuerySet):
        raise CannotCompileError(f"{name} returns a {type(made).__name__}")
    if made._prefetch_related_lookups:
        raise CannotCompileError(f"{name} uses prefetch_related()")
    return made


def _probe(made_by: type) -> type:
    """Return a class of managers like `made_by` that notes what it has not."""
    if made_by not in _probes:
        _probes[made_by] = type(made_by.__name__, (made_by,), {"__getattr__": _missing})
    return _probes[made_by]


def _missing(manager: Any, name: str) -> Any:
    if not (name.startswith("__") and name.endswith("__")):
        vars(manager).setdefault(_LOOKED, name)
    raise AttributeError(name)
