"""The shop as a Django project. What differs from test to test is in the environment, as JSON."""

import json
import os
from typing import Any

from psycopg.conninfo import conninfo_to_dict

_given = json.loads(os.environ["SHOP"])


def _database(dsn: str, more: dict[str, Any]) -> dict[str, Any]:
    parameters = conninfo_to_dict(dsn)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parameters["dbname"],
        "CONN_MAX_AGE": None,
        **more,
        "OPTIONS": parameters | more.get("OPTIONS", {}),
    }


INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "rest_framework",
    "rowpath.fast.drf",
    "fast.shop",
]
DATABASES = {
    alias: _database(dsn, _given.get("database", {})) for alias, dsn in _given["databases"].items()
}
MIGRATION_MODULES = {"auth": None, "contenttypes": None}  # their tables are made as they are
MIDDLEWARE = [
    "fast.shop.middleware.answered_by",
    "fast.shop.middleware.zone",
    "fast.shop.middleware.session_settings",
]
ROOT_URLCONF = "fast.shop.urls"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
STATIC_URL = "/static/"
ALLOWED_HOSTS = ["testserver"]
SECRET_KEY = "the tests'"  # noqa: S105 - signs nothing
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer",
        "rest_framework.renderers.BrowsableAPIRenderer",
    ],
    "DEFAULT_AUTHENTICATION_CLASSES": ["fast.shop.authentication.ByName"],
    "UNAUTHENTICATED_USER": None,
}
globals().update(_given.get("settings", {}))
