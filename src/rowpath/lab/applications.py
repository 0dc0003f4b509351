"""The measured applications: all that is known of each, in one place.

An application's modules stand in the folder `apps` under its name. A new one is an entry here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from rowpath.lab.conditions import Conditions, ServerKind


class App(StrEnum):
    """A measured application: a framework with its ORM."""

    DJANGO = "django"
    FASTAPI = "fastapi"
    PEERS = "peers"
    """Django again, with the packages that speed up DRF or stand in its place."""
    BOLT = "bolt"
    LITESTAR = "litestar"
    RECORDER = "recorder"
    """The Django application, and in it the lab's recorder."""
    TOOLBAR = "toolbar"
    """The Django application, and in it django-debug-toolbar."""
    SILK = "silk"
    """The Django application, and in it django-silk."""
    TOOLS = "tools"
    """The Django application with both tools, to be looked at and never timed."""


class Orm(StrEnum):
    """What makes an application's SQL."""

    DJANGO = "django"
    SQLALCHEMY = "sqlalchemy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What serves an application, what of it is served, and whose versions a run tells.

    `server` is the one that the framework's documentation recommends. `target` is the object that
    it imports, or the module of settings where it is told no more. `asgi_target` is what a server
    with an event loop imports, where `target` is not for one. `needed` packages are there wherever
    the lab is; of the `optional` ones there may be some. `techniques` is the application
    whose code its variants name, None for its own.
    """

    orm: Orm
    server: ServerKind
    target: str
    asgi_target: str | None = None
    needed: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    techniques: App | None = None


TOOLS = ("django-debug-toolbar", "django-silk")
"""What the talk looks inside with; the extra `tools` has both."""

APPLICATIONS: Mapping[App, Application] = {
    App.DJANGO: Application(
        orm=Orm.DJANGO,
        server=ServerKind.GUNICORN,
        target="rowpath.lab.apps.django.wsgi:application",
        asgi_target="rowpath.lab.apps.django.asgi:application",
        needed=(
            "django",
            "djangorestframework",
            "asgiref",
            "psycopg",
            "psycopg-pool",
            "gunicorn",
            "uvicorn-worker",
        ),
    ),
    App.FASTAPI: Application(
        orm=Orm.SQLALCHEMY,
        server=ServerKind.UVICORN,
        target="rowpath.lab.apps.fastapi.main:app",
        needed=("fastapi", "pydantic", "sqlalchemy", "psycopg", "uvicorn", "uvloop", "httptools"),
    ),
    App.PEERS: Application(
        orm=Orm.DJANGO,
        server=ServerKind.GUNICORN,
        target="rowpath.lab.apps.peers.wsgi:application",
        optional=(
            "django-fastdrf",
            "django-ninja",
            "drf-accelerator",
            "drf-fastserializers",
            "drf-oxide",
            "orjson",
        ),
    ),
    App.BOLT: Application(
        orm=Orm.DJANGO,
        server=ServerKind.RUNBOLT,
        target="rowpath.lab.apps.bolt.settings",
        optional=("django-bolt",),
    ),
    App.LITESTAR: Application(
        orm=Orm.SQLALCHEMY,
        server=ServerKind.UVICORN,
        target="rowpath.lab.apps.litestar.main:app",
        optional=("litestar", "msgspec"),
    ),
    App.RECORDER: Application(
        orm=Orm.DJANGO,
        server=ServerKind.GUNICORN,
        target="rowpath.lab.apps.tools.wsgi:application('recorder')",
        techniques=App.DJANGO,
    ),
    App.TOOLBAR: Application(
        orm=Orm.DJANGO,
        server=ServerKind.GUNICORN,
        target="rowpath.lab.apps.tools.wsgi:application('toolbar')",
        optional=("django-debug-toolbar",),
        techniques=App.DJANGO,
    ),
    App.SILK: Application(
        orm=Orm.DJANGO,
        server=ServerKind.GUNICORN,
        target="rowpath.lab.apps.tools.wsgi:application('silk')",
        optional=("django-silk",),
        techniques=App.DJANGO,
    ),
    App.TOOLS: Application(
        orm=Orm.DJANGO,
        server=ServerKind.GUNICORN,
        target="rowpath.lab.apps.tools.wsgi:application('tools')",
        optional=TOOLS,
        techniques=App.DJANGO,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """An application of the user's own, as a program that is started anew for every block.

    `command` is split as a shell would, and no shell runs it. In it and in `url`, `{port}` is a
    port that is free. It is ready when it answers the path `ready` with any status below 500.
    """

    name: str
    command: str
    url: str = "http://127.0.0.1:{port}"
    ready: str = "/"

    def __str__(self) -> str:
        """Return the name."""
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """An application of the user's own that runs already, at a URL without a path."""

    name: str
    url: str

    def __str__(self) -> str:
        """Return the name."""
        return self.name


OwnApplication = Command | Running


def server_of(app: App, conditions: Conditions) -> ServerKind:
    """Return what serves an application under these conditions."""
    return conditions.server or APPLICATIONS[app].server


def names_order(app: App | OwnApplication, conditions: Conditions) -> bool:
    """Return whether an application's queries name the order of their rows."""
    if not isinstance(app, App):  # what it sends nobody knows; its answers are held to the same
        return True
    if APPLICATIONS[app].orm is Orm.DJANGO:
        return conditions.django_orders
    return conditions.sqlalchemy_orders


def needed_packages() -> tuple[str, ...]:
    """Return the packages that are measured wherever the lab is."""
    return _each(name for one in APPLICATIONS.values() for name in one.needed)


def optional_packages() -> tuple[str, ...]:
    """Return the packages that are measured where they are."""
    return _each(name for one in APPLICATIONS.values() for name in one.optional)


def _each(names: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
