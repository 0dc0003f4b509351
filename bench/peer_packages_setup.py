"""How each package that bench/peer_packages.py tries is set up in a project.

Nothing of a package is imported before its own functions are called: this module is read by the
program that installs them as well.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What a project says to use a package, and how to learn which statements it has seen."""

    needs: tuple[str, ...]
    apps: tuple[str, ...] = ()
    middleware: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    engine: str = "django.db.backends.postgresql"
    options: Mapping[str, Any] = field(default_factory=dict)
    """The database's OPTIONS."""
    urls: tuple[str, ...] = ()
    """Modules of URLs to include, by whose names the package's own pages are linked."""
    before: Callable[[], object] | None = None
    """Called before django.setup()."""
    after: Callable[[], object] | None = None
    """Called after it, when the tables are there."""
    base: Callable[[], type] | None = None
    """Returns the base class of the models."""
    attributes: Callable[[], Mapping[str, Any]] | None = None
    """Returns what the model of the list has beside its columns."""
    around: Callable[[], AbstractContextManager[Any]] | None = None
    """Returns what each request runs in."""
    own_headers: tuple[str, ...] = ()
    """Headers that differ between any two answers."""
    sees: bool = False
    """Whether it notes the statements, by calling `seen`."""


seen: list[str] = []
"""The statements that the package has seen, as far as they are the list's."""


def see(statement: object) -> None:
    """Note a statement that a package has recorded."""
    if "peer_shelf_book" in str(statement):
        seen.append(str(statement))


def _spy(owner: Any, name: str, statement: Callable[..., object]) -> None:
    """Have a method of a package note what `statement` makes of its arguments."""
    method = getattr(owner, name)

    def spying(*args: Any, **kwargs: Any) -> Any:
        see(statement(*args, **kwargs))
        return method(*args, **kwargs)

    setattr(owner, name, spying)


def _after_debug_toolbar() -> None:
    from debug_toolbar.panels.sql import SQLPanel

    _spy(SQLPanel, "record", lambda _, **recorded: recorded.get("sql"))


def _after_silk() -> None:
    from silk.collector import DataCollector

    _spy(DataCollector, "register_query", lambda _, *queries: queries)


def _before_sentry() -> None:
    import sentry_sdk
    from sentry_sdk.transport import Transport

    class Kept(Transport):
        def capture_envelope(self, envelope: Any) -> None:
            for item in envelope.items:
                for span in (item.payload.json or {}).get("spans", ()):
                    see(span.get("description"))

    sentry_sdk.init(dsn="http://key@127.0.0.1:9/1", transport=Kept(), traces_sample_rate=1.0)


def _sentry_request() -> Any:
    import sentry_sdk

    return sentry_sdk.start_transaction(op="http.server", name="list")


def _before_opentelemetry(*, commenter: bool = False) -> None:
    from opentelemetry import trace
    from opentelemetry.instrumentation.psycopg import PsycopgInstrumentor
    from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider

    class Kept(SpanProcessor):
        def on_end(self, span: ReadableSpan) -> None:
            see((span.attributes or {}).get("db.statement"))

    provider = TracerProvider()
    provider.add_span_processor(Kept())
    trace.set_tracer_provider(provider)
    PsycopgInstrumentor().instrument(enable_commenter=commenter)


def _before_opentelemetry_django() -> None:
    from opentelemetry.instrumentation.django import DjangoInstrumentor

    DjangoInstrumentor().instrument(is_sql_commentor_enabled=True)


def _before_ddtrace() -> None:
    import ddtrace
    from ddtrace.trace import TraceFilter, tracer

    class Kept(TraceFilter):
        def process_trace(self, trace: Any) -> None:
            for span in trace:
                see(span.resource)

    ddtrace.patch(django=True, psycopg=True)
    tracer.configure(trace_processors=[Kept()])


def _before_newrelic() -> None:
    import newrelic.agent
    from newrelic.api.database_trace import DatabaseTrace

    settings = newrelic.agent.global_settings()
    settings.developer_mode = True
    settings.license_key = "x" * 40
    newrelic.agent.initialize()
    newrelic.agent.register_application(timeout=5)
    _spy(DatabaseTrace, "__init__", lambda _, sql, *__, **___: sql)


def _newrelic_request() -> Any:
    import newrelic.agent

    return newrelic.agent.BackgroundTask(newrelic.agent.application(), "list")


def _after_scout() -> None:
    from scout_apm.core.tracked_request import Span

    _spy(Span, "tag", lambda _, key, value: value if key == "db.statement" else None)


def _after_elastic() -> None:
    from elasticapm.traces import Transaction

    def statement(*_: object, context: Any = None, **__: object) -> object:
        return (context or {}).get("db", {}).get("statement")

    _spy(Transaction, "_begin_span", statement)


def _after_prometheus() -> None:
    from django_prometheus.db import common

    real = common.ExportingCursorWrapper

    def exporting(cursor_class: Any, *labels: Any) -> Any:
        cursor: Any = real(cursor_class, *labels)
        _spy(cursor, "execute", lambda _, sql, *__, **___: sql)
        return cursor

    from django_prometheus.db.backends.postgresql import base

    base.ExportingCursorWrapper = exporting


def _before_cacheops() -> None:
    from cacheops import redis

    redis.is_redis_7 = lambda: True  # which fakeredis cannot tell


def _base_of(module: str, name: str) -> Callable[[], type]:
    def base() -> type:
        from importlib import import_module

        found: type = getattr(import_module(module), name)
        return found

    return base


def _mixed_in(module: str, name: str) -> Callable[[], type]:
    """Return what makes an abstract model with a package's mixin in front."""

    def base() -> type:
        from django.db import models

        class Base(_base_of(module, name)(), models.Model):
            class Meta:
                abstract = True
                app_label = "peer_shelf"

        return Base

    return base


def _manager(module: str, name: str) -> Callable[[], Mapping[str, Any]]:
    return lambda: {"objects": _base_of(module, name)()()}


def _tracker() -> Mapping[str, Any]:
    return {"tracker": _base_of("model_utils", "FieldTracker")()()}


def _history() -> Mapping[str, Any]:
    return {"history": _base_of("simple_history.models", "HistoricalRecords")()()}


def _readonly() -> Mapping[str, Any]:
    from django.db import models

    class ReadonlyMeta:
        readonly = ("place",)

    return {"place": models.IntegerField(null=True), "ReadonlyMeta": ReadonlyMeta}


def _ignored_trigger() -> Mapping[str, Any]:
    import pgtrigger

    class Meta:
        app_label = "peer_shelf"
        triggers = (pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),)

    return {"Meta": Meta}


def _ignoring() -> Any:
    import pgtrigger

    return pgtrigger.ignore("peer_shelf.Book:kept")


def _history_context() -> Any:
    import pghistory

    return pghistory.context(who="100 % 'me'")


def _no_queries() -> Any:
    from zen_queries import queries_disabled

    return queries_disabled()


def _after_tenants() -> None:
    """Make a second tenant, who has nine of the books."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA second")
        cursor.execute("CREATE TABLE second.peer_shelf_author AS TABLE peer_shelf_author")
        cursor.execute("CREATE TABLE second.peer_shelf_book AS TABLE peer_shelf_book")
        cursor.execute("DELETE FROM second.peer_shelf_book WHERE id > 9")


@contextmanager
def _tenant_in_turn() -> Iterator[None]:
    """Ask for each list as another tenant than for the one before."""
    from django.db import connections

    connection: Any = connections["default"]
    asked = next(_requests) // 2  # with the mixin and without
    connection.set_schema(("public", "second")[asked % 2])
    yield
    connection.set_schema("public")


_requests = itertools.count()
_OTEL = (
    "opentelemetry-instrumentation-psycopg",
    "opentelemetry-instrumentation-django",
    "opentelemetry-sdk",
)
_APM = ("elasticapm.contrib.django.middleware.TracingMiddleware",)

PACKAGES: Mapping[str, Package] = {
    "nothing": Package(needs=()),
    "django-debug-toolbar": Package(
        needs=("django-debug-toolbar",),
        apps=("django.contrib.staticfiles", "debug_toolbar"),
        middleware=("debug_toolbar.middleware.DebugToolbarMiddleware",),
        settings={
            "DEBUG_TOOLBAR_CONFIG": {
                "SHOW_TOOLBAR_CALLBACK": lambda _request: True,
                "IS_RUNNING_TESTS": False,
            }
        },
        urls=("debug_toolbar.urls",),
        after=_after_debug_toolbar,
        own_headers=("Server-Timing", "djdt-request-id"),
        sees=True,
    ),
    "django-silk": Package(
        needs=("django-silk",),
        apps=("silk",),
        middleware=("silk.middleware.SilkyMiddleware",),
        after=_after_silk,
        own_headers=("X-Silk-Request-Id",),
        sees=True,
    ),
    "sentry-sdk": Package(
        needs=("sentry-sdk",), before=_before_sentry, around=_sentry_request, sees=True
    ),
    "opentelemetry, psycopg": Package(needs=_OTEL, before=_before_opentelemetry, sees=True),
    "opentelemetry, psycopg, comments": Package(
        needs=_OTEL, before=lambda: _before_opentelemetry(commenter=True), sees=True
    ),
    "opentelemetry, django, comments": Package(needs=_OTEL, before=_before_opentelemetry_django),
    "google-cloud-sqlcommenter": Package(
        needs=("google-cloud-sqlcommenter",),
        middleware=("google.cloud.sqlcommenter.django.middleware.SqlCommenter",),
    ),
    "ddtrace": Package(needs=("ddtrace",), before=_before_ddtrace, sees=True),
    "newrelic": Package(
        needs=("newrelic",), before=_before_newrelic, around=_newrelic_request, sees=True
    ),
    "scout-apm": Package(
        needs=("scout-apm",),
        apps=("scout_apm.django",),
        settings={
            "SCOUT_MONITOR": True,
            "SCOUT_KEY": "x",
            "SCOUT_NAME": "shelf",
            "SCOUT_CORE_AGENT_DOWNLOAD": False,
            "SCOUT_CORE_AGENT_LAUNCH": False,
        },
        after=_after_scout,
        sees=True,
    ),
    "elastic-apm": Package(
        needs=("elastic-apm",),
        apps=("elasticapm.contrib.django",),
        middleware=_APM,
        settings={
            "ELASTIC_APM": {
                "SERVICE_NAME": "shelf",
                "SERVER_URL": "http://127.0.0.1:9",
                "DISABLE_SEND": True,
                "CENTRAL_CONFIG": False,
                "CLOUD_PROVIDER": "none",
            }
        },
        after=_after_elastic,
        sees=True,
    ),
    "django-prometheus": Package(
        needs=("django-prometheus",),
        apps=("django_prometheus",),
        engine="django_prometheus.db.backends.postgresql",
        before=_after_prometheus,
        sees=True,
    ),
    "django-cachalot": Package(needs=("django-cachalot",), apps=("cachalot",)),
    "django-cacheops": Package(
        needs=("django-cacheops", "fakeredis[lua]"),
        apps=("cacheops",),
        settings={
            "CACHEOPS_REDIS": "redis://127.0.0.1:9/1",
            "CACHEOPS_CLIENT_CLASS": "fakeredis.FakeRedis",
            "CACHEOPS": {"peer_shelf.*": {"ops": "all", "timeout": 600}},
        },
        before=_before_cacheops,
    ),
    "nplusone": Package(
        needs=("nplusone",),
        apps=("nplusone.ext.django",),
        middleware=("nplusone.ext.django.NPlusOneMiddleware",),
        settings={"NPLUSONE_RAISE": True},
    ),
    "django-querycount": Package(
        needs=("django-querycount",),
        middleware=("querycount.middleware.QueryCountMiddleware",),
        settings={"DEBUG": True, "QUERYCOUNT": {"DISPLAY_DUPLICATES": 0}},
    ),
    "django-zen-queries": Package(needs=("django-zen-queries",), apps=("zen_queries",)),
    "django-zen-queries, queries_disabled()": Package(
        needs=("django-zen-queries",), apps=("zen_queries",), around=_no_queries
    ),
    "django-tenants": Package(
        needs=("django-tenants",),
        engine="django_tenants.postgresql_backend",
        settings={"TENANT_MODEL": "peer_shelf.Author", "TENANT_DOMAIN_MODEL": "peer_shelf.Book"},
        after=_after_tenants,
        around=_tenant_in_turn,
    ),
    "django-read-only": Package(needs=("django-read-only",), apps=("django_read_only",)),
    "django-pgtrigger, ignore()": Package(
        needs=("django-pgtrigger",),
        apps=("pgtrigger",),
        attributes=_ignored_trigger,
        around=_ignoring,
    ),
    "django-pghistory, context()": Package(
        needs=("django-pghistory",), apps=("pgtrigger", "pghistory"), around=_history_context
    ),
    "django-dbconn-retry": Package(needs=("django-dbconn-retry",), apps=("django_dbconn_retry",)),
    "django-pg-zero-downtime-migrations": Package(
        needs=("django-pg-zero-downtime-migrations",),
        engine="django_zero_downtime_migrations.backends.postgres",
    ),
    "django-db-geventpool": Package(
        needs=("django-db-geventpool",),
        engine="django_db_geventpool.backends.postgresql_psycopg3",
        options={"MAX_CONNS": 4},
    ),
    "rollbar": Package(
        needs=("rollbar",),
        middleware=("rollbar.contrib.django.middleware.RollbarNotifierMiddleware",),
        settings={"ROLLBAR": {"access_token": "x", "environment": "test", "enabled": False}},
    ),
    "honeybadger": Package(
        needs=("honeybadger",),
        middleware=("honeybadger.contrib.DjangoHoneybadgerMiddleware",),
        settings={"HONEYBADGER": {"API_KEY": "x", "FORCE_REPORT_DATA": False}},
    ),
    "django-auto-prefetch": Package(
        needs=("django-auto-prefetch",), base=_base_of("auto_prefetch", "Model")
    ),
    "django-seal": Package(
        needs=("django-seal",), apps=("seal",), base=_base_of("seal.models", "SealableModel")
    ),
    "django-safedelete": Package(
        needs=("django-safedelete",),
        apps=("safedelete",),
        base=_base_of("safedelete.models", "SafeDeleteModel"),
    ),
    "django-polymorphic": Package(
        needs=("django-polymorphic",),
        apps=("polymorphic",),
        base=_base_of("polymorphic.models", "PolymorphicModel"),
    ),
    "django-dirtyfields": Package(
        needs=("django-dirtyfields",), base=_mixed_in("dirtyfields", "DirtyFieldsMixin")
    ),
    "django-lifecycle": Package(
        needs=("django-lifecycle",), base=_mixed_in("django_lifecycle", "LifecycleModelMixin")
    ),
    "django-model-utils": Package(needs=("django-model-utils",), attributes=_tracker),
    "django-simple-history": Package(
        needs=("django-simple-history",), apps=("simple_history",), attributes=_history
    ),
    "django-readonly-field": Package(
        needs=("django-readonly-field",), apps=("django_readonly_field",), attributes=_readonly
    ),
    "django-queryable-properties": Package(
        needs=("django-queryable-properties",),
        apps=("queryable_properties",),
        attributes=_manager("queryable_properties.managers", "QueryablePropertiesManager"),
    ),
    "django-cte": Package(needs=("django-cte",), attributes=_manager("django_cte", "CTEManager")),
    "djangorestframework-camel-case": Package(
        needs=("djangorestframework-camel-case",),
        settings={"RENDERER": "djangorestframework_camel_case.render.CamelCaseJSONRenderer"},
    ),
    "drf-orjson-renderer": Package(
        needs=("drf-orjson-renderer",),
        settings={"RENDERER": "drf_orjson_renderer.renderers.ORJSONRenderer"},
    ),
}
