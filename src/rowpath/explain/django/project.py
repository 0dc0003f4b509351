"""A Django project, started in this process with a recorder's patches in place."""

import importlib
import os
import sys
from pathlib import Path
from types import ModuleType

import django
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.base import BaseHandler
from django.db import DatabaseError as DjangoDatabaseError
from django.db import connections

from rowpath.errors import DatabaseError, ServerError, UsageError
from rowpath.explain.django import (
    compiler,
    phases,
    query,
    query_utils,
    queryset_uses,
    related_descriptors,
    templates,
)
from rowpath.explain.recording.frames import OwnCode
from rowpath.explain.recording.patch_sets import Patches
from rowpath.explain.recording.phase_clock import Clock
from rowpath.explain.recording.recorder import Recorder

_WATCHING = frozenset(
    {
        "rowpath.explain.django.server_timing.ServerTiming",
        "debug_toolbar.middleware.DebugToolbarMiddleware",
    }
)
"""What watches requests in development would be timed with them."""
_LOCMEM = "django.core.mail.backends.locmem.EmailBackend"


def recorder(*, knows_origins: bool = True) -> Recorder:
    """Return a recorder that tells the project's code from that of Django and DRF."""
    folders = [_folder(django)]
    drf = _drf()
    if drf is not None:
        folders.append(_folder(drf))
    boundary = BaseHandler._get_response.__code__
    code = OwnCode(tuple(folders), frozenset({boundary}))
    made = Recorder(code=code, knows_origins=knows_origins)
    made.add_readers((templates.RENDERING,), templates.reader_of(code))
    made.steps = query.known_steps(code)
    return made


def patches(recorder: Recorder, clock: Clock) -> Patches:
    """Return the patches of Django; those of DRF need the project's settings."""
    made = Patches()
    for module in (query, related_descriptors, query_utils, compiler):
        if made.is_there(module.METHODS, module.FINDING):
            made.recording.extend(module.patches(recorder))
    if made.is_there(queryset_uses.METHODS, queryset_uses.FINDING):
        made.using.extend(queryset_uses.patches(recorder))
    if made.is_there(phases.METHODS, phases.FINDING):
        made.phases.extend(phases.patches(clock))
    return made


def start(module: str) -> None:
    """Set the project up; an error of rowpath's where that fails."""
    os.environ["DJANGO_SETTINGS_MODULE"] = module
    sys.path.insert(0, str(Path.cwd()))
    try:
        importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is not None and module.startswith(error.name):
            raise UsageError(
                f"Cannot import the settings {module}: there is no module {error.name} in "
                f"{Path.cwd()}. Name the right one with --settings, or start in the project's "
                "folder."
            ) from error
        raise _not_imported(module, error) from error
    except Exception as error:
        raise _not_imported(module, error) from error
    _set_up(module)
    _connect()


def _set_up(module: str) -> None:
    try:
        settings.EMAIL_BACKEND = _LOCMEM
        settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if each not in _WATCHING]
        django.setup()
        importlib.import_module(settings.ROOT_URLCONF)
    except ImproperlyConfigured as error:
        raise UsageError(
            f"Cannot start the project of {module}: {error}. Correct the settings; "
            "`manage.py check` tells the same."
        ) from error
    except Exception as error:
        raise _not_imported(module, error) from error


def _not_imported(module: str, error: Exception) -> ServerError:
    return ServerError(
        f"Cannot start the project of {module}: {type(error).__name__}: "
        f"{' '.join(str(error).split())}. Let `manage.py check` pass first."
    )


def _connect() -> None:
    for connection in connections.all():
        try:
            connection.ensure_connection()
        except (DjangoDatabaseError, ImproperlyConfigured) as error:
            raise DatabaseError(
                f"Cannot reach the database {connection.alias!r}: "
                f"{' '.join(str(error).split())}. Start it, or correct DATABASES."
            ) from error


def add_drf(recorder: Recorder, clock: Clock, made: Patches) -> None:
    """Add the patches and readers of DRF, where the project uses it; after the set-up."""
    if "rest_framework" not in sys.modules:
        return
    from rowpath.explain.drf import fields, pagination  # noqa: PLC0415 it may not be installed
    from rowpath.explain.drf import phases as drf_phases  # noqa: PLC0415 likewise

    recorder.add_readers(fields.READING, fields.reader_of)
    if made.is_there(pagination.METHODS, pagination.FINDING):
        made.recording.extend(pagination.patches(recorder))
    if made.is_there(drf_phases.METHODS, drf_phases.FINDING):
        made.phases.extend(drf_phases.patches(clock))


def add_contenttypes(recorder: Recorder, made: Patches) -> None:
    """Add the patches of generic foreign keys, where the project uses them; after the set-up."""
    if not apps.is_installed("django.contrib.contenttypes"):
        return
    from rowpath.explain.django import generic_foreign_key  # noqa: PLC0415 it imports models

    if made.is_there(generic_foreign_key.METHODS, generic_foreign_key.FINDING):
        made.recording.extend(generic_foreign_key.patches(recorder))


def unguarded() -> tuple[str, ...]:
    """Return what a replay does for real in this project, though its databases are rolled back."""
    real = [
        cache
        for cache, options in settings.CACHES.items()
        if not options["BACKEND"].endswith(("locmem.LocMemCache", "dummy.DummyCache"))
    ]
    return tuple(f"the cache {name!r} is the project's own, and is written" for name in real)


_QUEUES = ("celery", "django_rq", "dramatiq", "huey", "django_q", "procrastinate")


def real() -> tuple[str, ...]:
    """Return what a request that writes may do for real, beside what is rolled back or guarded."""
    queues = [name for name in _QUEUES if name in sys.modules]
    tasks = f"tasks of {' and '.join(queues)}" if queues else "tasks"
    storage = settings.STORAGES["default"]["BACKEND"].rpartition(".")[2]
    return (
        f"{tasks} that it sends",
        f"files that it saves ({storage})",
        "calls of other services",
        "threads with connections of their own",
        "numbers that it takes of a sequence",
    )


def versions() -> str:
    """Return what the project runs on."""
    drf = _drf()
    of_drf = f", DRF {drf.VERSION}" if drf is not None else ""
    python = ".".join(map(str, sys.version_info[:3]))
    return f"Django {django.get_version()}{of_drf}, Python {python}"


def _drf() -> ModuleType | None:
    try:
        return importlib.import_module("rest_framework")
    except ModuleNotFoundError:
        return None


def _folder(module: ModuleType) -> str:
    return f"{Path(str(module.__file__)).resolve().parent}/"
