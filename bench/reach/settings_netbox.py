"""netbox's settings; those without defaults it reads from the module NETBOX_CONFIGURATION."""
# mypy: ignore-errors
# ruff: noqa: F403, F405 - a project's settings are all of them

from netbox.settings import *
from without_migrations import WithoutMigrations

INSTALLED_APPS = [*INSTALLED_APPS, "rowpath.fast.drf"]
MIGRATION_MODULES = WithoutMigrations()
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
