"""nautobot's settings."""
# mypy: ignore-errors
# ruff: noqa: F403, F405 - a project's settings are all of them

from nautobot.core.settings import *
from nautobot.core.settings_funcs import is_truthy  # noqa: F401 - its own code looks here for it
from reach_database import DATABASES  # noqa: F401 - Django reads it
from without_migrations import WithoutMigrations

INSTALLED_APPS = [*INSTALLED_APPS, "rowpath.fast.drf"]
MIGRATION_MODULES = WithoutMigrations()
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
SECRET_KEY = "x" * 60
