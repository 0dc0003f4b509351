"""Django's settings: those of a plain JSON API in production, behind nothing but loopback."""

import secrets
from hashlib import sha256

from rowpath.lab.apps.settings import from_environment
from rowpath.lab.conditions import CacheState

_app = from_environment()
_connection = _app.connection_parameters()

DEBUG = False
# Nothing is signed that another process, or the next one, would have to check.
SECRET_KEY = secrets.token_urlsafe(50)
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]

INSTALLED_APPS = ["rest_framework", "rowpath.lab.apps.django"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
]
if _app.trace_folder is not None:
    MIDDLEWARE = ["rowpath.lab.apps.django.tracing.TracingMiddleware", *MIDDLEWARE]
    ROWPATH_TRACE_FOLDER = _app.trace_folder
ROWPATH_TOKEN = _app.token
if _app.conditions.cache is not None:
    MIDDLEWARE = ["rowpath.lab.apps.django.caching.Telling", *MIDDLEWARE]
if _app.conditions.cache == CacheState.COLD:
    MIDDLEWARE = ["rowpath.lab.apps.django.caching.ColdCache", *MIDDLEWARE]

ROOT_URLCONF = "rowpath.lab.apps.django.urls"
APPEND_SLASH = False
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False

_pool = _app.conditions.pool
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "" if "service" in _connection else _app.database_name(),
        "USER": _connection.get("user", ""),
        "PASSWORD": _connection.get("password", ""),
        "HOST": _connection.get("host", ""),
        "PORT": _connection.get("port", ""),
        "OPTIONS": {
            keyword: value
            for keyword, value in _connection.items()
            if keyword not in {"dbname", "user", "password", "host", "port"}
        }
        | ({"pool": {"min_size": 1, "max_size": _pool}} if _pool else {}),
        # Django's default is a new connection for every request, and the talk left it so. What a
        # pool keeps, a thread must not.
        "CONN_MAX_AGE": None if _app.conditions.django_keeps_connections and not _pool else 0,
    }
}


def _cache(backend: str, location: str) -> dict[str, object]:
    return {
        "BACKEND": f"django.core.cache.backends.{backend}",
        "LOCATION": location,
        # The workers of one server share what can be shared, and start with none of another's.
        "KEY_PREFIX": f"rowpath-{sha256(_app.token.encode()).hexdigest()[:12]}",
        "KEY_FUNCTION": "rowpath.lab.apps.django.caching.make_key",
        # A cold cache has an entry for every request, and is not to be culled for that.
        "OPTIONS": {} if backend.startswith("redis") else {"MAX_ENTRIES": 100_000},
    }


CACHES = {
    "default": _cache("locmem.LocMemCache", ""),
    "database": _cache("db.DatabaseCache", "draft_cache"),
}
if _app.redis_url is not None:
    CACHES["redis"] = _cache("redis.RedisCache", _app.redis_url)

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
}

# Without this, an error in production goes to nobody: Django's own handler mails it.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
