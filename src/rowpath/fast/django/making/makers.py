"""What compiled code is told of the instances that Django would make of the rows of a compiler."""

import inspect
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from operator import attrgetter
from sys import intern
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakKeyDictionary

from django.db.models import Model
from django.db.models.base import DEFERRED, ModelState
from django.db.models.fields.mixins import FieldCacheMixin
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.query import QuerySet, RelatedPopulator, get_related_populators
from django.db.models.query_utils import DeferredAttribute
from django.db.models.sql.compiler import SQLCompiler

from rowpath.fast.bounded import Bounded
from rowpath.fast.django.making.grounds import RESULTS
from rowpath.fast.django.models import check_receivers
from rowpath.fast.django.overrides import overridden
from rowpath.fast.fallback import CannotCompileError
from rowpath.fast.stores import kept

if TYPE_CHECKING:
    # At run time they are imported where they may be missing.
    from rowpath.fast._making import Converter, Instances, Maker, Related

# What a model may have a hand in its instances by.
_MAKING = ("from_db", "__init__", "__new__", "__setattr__", "__getattribute__")

_Columns = list[tuple[str, int, int]]


def instances_of(
    queryset: QuerySet, compiler: SQLCompiler, results: Any, converters: "Iterable[Converter]"
) -> "Instances":
    """Return the instances of the `results` of `queryset`, whose statement `compiler` has sent.

    The `converters` convert the values of a row. Reads none of the results before it is asked for
    an instance. Raises CannotCompileError.
    """
    from rowpath.fast._making import Instances  # noqa: PLC0415 - not built everywhere

    if (own := overridden(type(compiler), SQLCompiler, RESULTS)) is not None:
        raise CannotCompileError(f"the database's compiler has a {own}() of its own")
    if compiler.has_composite_fields([column[0] for column in compiler.select]):
        raise CannotCompileError("it has keys of several columns")
    maker = _whole(queryset, compiler)
    annotations = (compiler.annotation_col_map or {}).items()
    rows = chain.from_iterable(results)
    return Instances(rows, converters, maker, annotations, _relating(queryset))


def _whole(queryset: QuerySet, compiler: SQLCompiler) -> "Maker":
    # A SELECT of instances has it.
    info, select = cast("dict[str, Any]", compiler.klass_info), compiler.select
    first, last = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column[0].target.attname for column in select[first:last]]
    state = {"adding": False, "db": queryset.db}
    modes: tuple[Any, ...] = ()
    if hasattr(queryset, "_fetch_mode"):  # since Django 6.1
        modes = (queryset._fetch_mode,)
        state["fetch_mode"] = queryset._fetch_mode
    populators = cast("Any", get_related_populators)(info, select, queryset.db, *modes)
    making = _Making(state)
    return making.maker(info["model"], names, range(first, last), populators)


class _Making:
    """Makes the makers of one queryset, which have `state` in common."""

    def __init__(self, state: dict[str, Any]) -> None:
        self._of_state = tuple(state.items())
        self._are_peers = getattr(state.get("fetch_mode"), "track_peers", False)

    def maker(
        self,
        model: type[Model],
        names: Sequence[str],
        positions: Sequence[int],
        populators: Iterable[RelatedPopulator],
    ) -> "Maker":
        """Return what makes instances of `model`, of columns with these names and positions."""
        from rowpath.fast._making import Maker  # noqa: PLC0415 - not built everywhere

        _check_model(model)
        return Maker(
            model,
            _columns(model, tuple(names), positions),
            ModelState,
            self._of_state,
            DEFERRED,
            peers=[] if self._are_peers else None,
            related=tuple(self._related(one) for one in populators),
        )

    def _related(self, populator: RelatedPopulator) -> "Related":
        from rowpath.fast._making import Related  # noqa: PLC0415 - not built everywhere

        if populator.reorder_for_init is None:
            positions: Sequence[int] = range(populator.cols_start, populator.cols_end)
        else:  # which is told by what it makes of the positions themselves
            positions = populator.reorder_for_init(range(_MANY))
        maker = self.maker(
            populator.model_cls, populator.init_list, positions, populator.related_populators
        )
        local, remote = populator.local_setter, populator.remote_setter
        key = positions[populator.pk_idx]
        return Related(maker, key, local, _cached_as(local), remote, _cached_as(remote))


# More than a SELECT has columns.
_MANY = 100_000


def _cached_as(setter: Callable[[Any, Any], None]) -> str | None:
    """Return the name in the cache of the instance, if that is all that `setter` sets."""
    if getattr(setter, "__func__", None) is FieldCacheMixin.set_cached_value:
        name: str = setter.__self__.cache_name
        return name
    return None


def _check_model(model: type[Model]) -> None:
    """Raise CannotCompileError if Django does not make the instances of `model` by itself."""
    if (own := overridden(model, Model, _MAKING)) is not None:
        raise CannotCompileError(f"{model.__name__} has a {own} of its own")
    check_receivers(model)
    if type(model).__call__ is not type.__call__:
        raise CannotCompileError(f"the class of {model.__name__} makes its instances")
    behind = model.__mro__[model.__mro__.index(Model) + 1 : -1]
    if model._meta.abstract or any("__init__" in vars(cls) for cls in behind):
        raise CannotCompileError(f"{model.__name__} has an __init__ behind Django's")


# So many sets of columns are remembered of a model: only() and defer() may be a request's.
_SETS = 100
_known: WeakKeyDictionary[type[Model], Bounded[_Columns]] = kept(WeakKeyDictionary())


def _columns(model: type[Model], names: tuple[str, ...], positions: Sequence[int]) -> _Columns:
    """Return the attributes that Model.from_db() sets of columns with `names`, and how."""
    if (known := _known.get(model)) is None:
        known = _known.setdefault(model, Bounded(_SETS))
    return known.get((names, positions), lambda: _found_columns(model, names, positions))


def _found_columns(
    model: type[Model], names: tuple[str, ...], positions: Sequence[int]
) -> _Columns:
    fields = [field.attname for field in model._meta.concrete_fields]
    if len(fields) != len(names):
        fields = [name for name in fields if name in names]
    if len(fields) != len(positions):
        raise CannotCompileError(f"{model.__name__} has columns that are not its own")
    return [
        (intern(name), at, _way(model, name)) for name, at in zip(fields, positions, strict=True)
    ]


def _way(model: type[Model], name: str) -> int:
    from rowpath.fast._making import WAYS  # noqa: PLC0415 - not built everywhere

    descriptor = inspect.getattr_static(model, name, None)
    if type(descriptor) is DeferredAttribute:
        return WAYS["PLAIN"]
    is_key = (
        type(descriptor) is ForeignKeyDeferredAttribute
        and type(descriptor.field).is_cached is FieldCacheMixin.is_cached
    )
    return WAYS["KEY" if is_key else "SET"]


def _relating(queryset: QuerySet) -> Callable[[Model], None] | None:
    """Return what has an instance lead to those from which the queryset came, if it came so."""
    known = [
        (field, objects, attrgetter(*_attributes(queryset, field)))
        for field, objects in queryset._known_related_objects.items()
    ]

    def relate(made: Model) -> None:
        for field, objects, key_of in known:
            if not field.is_cached(made):
                try:
                    found = objects[key_of(made)]
                except KeyError:
                    continue  # of another queryset that was joined by |
                setattr(made, field.name, found)

    return relate if known else None


def _attributes(queryset: QuerySet, field: Any) -> list[str]:
    if queryset.query.deferred_loading != (frozenset(), True):
        raise CannotCompileError("it has deferred columns, and instances from which it came")
    get_field = queryset.model._meta.get_field
    return [
        field.attname if name == "self" else get_field(name).attname for name in field.from_fields
    ]
