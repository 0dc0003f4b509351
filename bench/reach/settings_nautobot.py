"""nautobot's settings."""
# mypy: ignore-errors
# ruff: noqa: F403, F405 - a project's settings are all of them

import os

import reach_database
from nautobot.core.settings import *
from nautobot.core.settings_funcs import is_truthy  # noqa: F401 - its own code looks here for it
from without_migrations import WithoutMigrations

INSTALLED_APPS = [*INSTALLED_APPS, "rowpath.fast.drf"]
DATABASES = reach_database.DATABASES
MIGRATION_MODULES = WithoutMigrations()
CACHES = {
    "default": {
        "BACKEND": "file_cache.FileCache",
        "LOCATION": f"{os.environ['REACH_WORK']}/cache",
    }
}
ALLOWED_HOSTS = ["localhost"]
SECRET_KEY = "x" * 60
