"""Run as a program: compares generated lists, and prints what came of it as JSON.

`python -m fast.drf.hunt DSN WAY SHARE` has the database ("" is SQLite in memory), whether compiled
code may be used ("compiled" or "portable"), and the share of the examples that are asked for.
"""

import json
import sys

import django
from django.conf import settings
from psycopg.conninfo import conninfo_to_dict

# What views and renderers read when they are imported.
FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
}


def configure(dsn: str, *, compiled: bool) -> None:
    """Set Django up in this process."""
    parameters = conninfo_to_dict(dsn)
    postgresql = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parameters.get("dbname"),
        "OPTIONS": parameters,
        "CONN_MAX_AGE": None,  # a stream that is closed ends a request, and with it the connection
    }
    sqlite = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
    settings.configure(
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.postgres",
            "django_filters",
            "rest_framework",
        ][: None if dsn else 2],
        DATABASES={"default": postgresql if dsn else sqlite},
        ALLOWED_HOSTS=["testserver"],
        SECRET_KEY="the tests'",  # noqa: S106 - signs nothing
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        REST_FRAMEWORK=FRAMEWORK,
        ROWPATH={"compiled": compiled},
        LOGGING_CONFIG=None,
    )
    django.setup()


if __name__ == "__main__":
    configure(sys.argv[1], compiled=sys.argv[2] == "compiled")
    from fast.drf.cases import hunt
    from rowpath.fast.django.making import iterable
    from rowpath.fast.drf.instances import pieces

    iterable.FEW_ROWS = 0  # whose instances Django makes, as they are hardly worth a look
    pieces.PIECE_ROWS = 2  # of lists that have hardly more than five

    json.dump(hunt(float(sys.argv[3])), sys.stdout)
