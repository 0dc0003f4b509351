"""What instances are made by, and past, in Django."""

from django.db.models import base, query, query_utils, sql
from django.db.models.fields import DecimalField, mixins, related_descriptors
from django.db.models.signals import ModelSignal
from django.db.models.sql import compiler
from django.dispatch import Signal
from django.utils import dateparse, timezone

from rowpath.fast.shipped import Owner, Relied
from rowpath.fast.stores import kept

RESULTS = (
    "apply_converters",
    "composite_fields_to_tuples",
    "execute_sql",
    "get_converters",
    "has_composite_fields",
    "results_iter",
)

# A tool that has put itself into one of these has to see each instance.
_GROUNDS: tuple[tuple[Owner, tuple[str, ...]], ...] = (
    (query.ModelIterable, ("__iter__", "__init__")),
    (query.RelatedPopulator, ("__init__", "populate")),
    (query, ("ModelIterable", "RelatedPopulator", "_get_from_db", "get_related_populators")),
    (compiler.SQLCompiler, RESULTS),
    (base.Model, ("__init__", "from_db")),
    (base, ("ModelState",)),
    (base.ModelState, ("__init__", "__setattr__")),
    (base.ModelStateFieldsCacheDescriptor, ("__get__",)),
    (ModelSignal, ("send",)),
    (Signal, ("send",)),
    (query_utils.DeferredAttribute, ("__get__",)),
    (related_descriptors.ForeignKeyDeferredAttribute, ("__set__",)),
    (mixins.FieldCacheMixin, ("is_cached", "set_cached_value")),
    (DecimalField, ("context",)),
    (dateparse, ("parse_datetime",)),
    (timezone, ("is_aware", "make_aware")),
)

# A tool that has put itself into one of these has to see each statement compiled.
_COMPILING: tuple[tuple[Owner, tuple[str, ...]], ...] = (
    (
        compiler.SQLCompiler,
        (
            *("as_sql", "compile", "get_default_columns", "get_from_clause", "get_order_by"),
            *("get_related_selections", "get_select", "pre_sql_setup", "setup_query"),
        ),
    ),
    (sql.Query, ("get_compiler", "get_initial_alias", "join", "reset_refcounts")),
)

_relied = kept(Relied())


def making_changed() -> str | None:
    """Return what is not what Django ships of what instances are made by; None if all is."""
    instead = _relied.check_grounds(_GROUNDS) or _relied.changed()
    return None if instead is None else f"{instead}, not what the library ships"


def check_also(owner: Owner, *names: str) -> str | None:
    """Rely on `names` of `owner` too; return what one is instead, None if all are shipped."""
    return _relied.check(owner, *names)


def compiling_changed() -> str | None:
    """Rely on what compiles a statement too; return what is not what Django ships of it."""
    for owner, names in _COMPILING:
        if (instead := check_also(owner, *names)) is not None:
            return instead
    return None
