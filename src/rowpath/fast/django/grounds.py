"""What the fast path relies on in Django and psycopg without asking a class of the project for it.

It goes past all of these: rows become bytes without an instance, and statements run without the
compiler's execute_sql(). A tool that has put itself into one of them must go on working, so the
list is then the framework's.
"""

from django.core import paginator
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import base, manager, query, query_utils
from django.db.models.fields import files, related_descriptors
from django.db.models.sql import compiler
from django.db.models.sql import query as sql_query

from rowpath.fast.django.overrides import overridden
from rowpath.fast.fallback import CannotCompileError
from rowpath.fast.shipped import Owner

_COMPILING = (
    "apply_converters",
    "as_sql",
    "compile",
    "execute_sql",
    "get_converters",
    "has_results",
    "pre_sql_setup",
    "results_iter",
)

GROUNDS: tuple[tuple[Owner, tuple[str, ...]], ...] = (
    (
        query.QuerySet,
        (
            "__iter__",
            "__len__",
            "__getitem__",
            "_chain",
            "_clone",
            "_fetch_all",
            "_prefetch_related_objects",
            "db",
            "iterator",
            "query",
        ),
    ),
    (query.ModelIterable, ("__iter__", "__init__")),
    (query.ValuesIterable, ("__iter__", "__init__")),
    (query.RelatedPopulator, ("populate",)),
    (query, ("prefetch_related_objects", "get_related_populators")),
    (sql_query.Query, ("chain", "clone", "get_compiler")),
    (compiler.SQLCompiler, _COMPILING),
    (base.Model, ("__init__", "from_db", "pk", "serializable_value")),
    (query_utils.DeferredAttribute, ("__get__",)),
    (related_descriptors.ForwardManyToOneDescriptor, ("__get__", "get_queryset", "get_object")),
    (related_descriptors.ReverseOneToOneDescriptor, ("__get__", "get_queryset")),
    (files.FileDescriptor, ("__get__",)),
    (files.FieldFile, ("url",)),
    (manager.BaseManager, ("get_queryset",)),
    (paginator.Paginator, ("page", "_get_page")),
)


def check_compiler(connection: BaseDatabaseWrapper) -> None:
    """Raise CannotCompileError unless Django's own compiler makes the SELECTs of `connection`."""
    found = connection.ops.compiler("SQLCompiler")
    if own := overridden(found, compiler.SQLCompiler, _COMPILING):
        name = f"{found.__module__}.{found.__qualname__}"
        raise CannotCompileError(f"its SQL is compiled by {name}, which has a {own}() of its own")
