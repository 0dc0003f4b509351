"""weblate's settings, from its example."""
# mypy: ignore-errors
# ruff: noqa: F403, F405 - a project's settings are all of them

import os

from reach_database import DATABASES  # noqa: F401 - Django reads it
from weblate.settings_example import *
from without_migrations import WithoutMigrations

INSTALLED_APPS = [*INSTALLED_APPS, "rowpath.fast.drf"]
MIGRATION_MODULES = WithoutMigrations()
_CACHE = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
CACHES = {"default": _CACHE, "avatar": _CACHE}
SITE_DOMAIN = "localhost"
CELERY_TASK_ALWAYS_EAGER = True
CELERY_BROKER_URL = "memory://"
DATA_DIR = os.environ["REACH_WORK"]
CACHE_DIR = f"{DATA_DIR}/cache"
SECRET_KEY = "x" * 60
