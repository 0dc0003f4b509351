"""weblate's settings, from its example."""
# mypy: ignore-errors
# ruff: noqa: F403, F405 - a project's settings are all of them

import os

import reach_database
from weblate.settings_example import *
from without_migrations import WithoutMigrations

INSTALLED_APPS = [*INSTALLED_APPS, "rowpath.fast.drf"]
DATABASES = reach_database.DATABASES
MIGRATION_MODULES = WithoutMigrations()
_CACHE = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
CACHES = {"default": _CACHE, "avatar": _CACHE}
ALLOWED_HOSTS = ["localhost"]
SITE_DOMAIN = "localhost"
CELERY_TASK_ALWAYS_EAGER = True
CELERY_BROKER_URL = "memory://"
DATA_DIR = os.environ["REACH_WORK"]
CACHE_DIR = f"{DATA_DIR}/cache"
SECRET_KEY = "x" * 60
