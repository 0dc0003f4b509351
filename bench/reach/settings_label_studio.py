"""label-studio's settings; what else it wants to know it reads from the environment."""
# mypy: ignore-errors
# ruff: noqa: F403, F405 - a project's settings are all of them

from core.settings.base import *  # they are asked for while the next ones are being read
from core.settings.label_studio import *
from without_migrations import WithoutMigrations

INSTALLED_APPS = [*INSTALLED_APPS, "rowpath.fast.drf"]
MIGRATION_MODULES = WithoutMigrations()
