"""pretix's settings; those without defaults it reads from the environment."""
# mypy: ignore-errors
# ruff: noqa: F403, F405 - a project's settings are all of them

from pretix.settings import *
from without_migrations import WithoutMigrations

INSTALLED_APPS = [*INSTALLED_APPS, "rowpath.fast.drf"]
MIGRATION_MODULES = WithoutMigrations()
