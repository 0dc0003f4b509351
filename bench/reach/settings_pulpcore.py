"""pulpcore's settings; it reads those that it has no defaults for from the file PULP_SETTINGS."""
# mypy: ignore-errors
# ruff: noqa: F403 - a project's settings are all of them

from pulpcore.app.settings import *
from without_migrations import WithoutMigrations

MIGRATION_MODULES = WithoutMigrations()
