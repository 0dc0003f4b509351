"""Django in the tests' own process, set up once however many test files need it."""

import django
from django.conf import settings

from rowpath.lab.apps.settings import AppSettings
from rowpath.lab.conditions import CONTROLLED
from rowpath.lab.database import Database

TOKEN = "the-token"  # noqa: S105 of tests


def connection_parameters(products: Database) -> dict[str, str]:
    """Return what to connect to the products with."""
    app = AppSettings(dsn=products.dsn, conditions=CONTROLLED, trace_folder=None)
    return app.connection_parameters()


def set_up_django(products: Database) -> None:
    """Set Django up on the products, with what the measured application has of REST framework."""
    if settings.configured:
        return
    parameters = connection_parameters(products)
    settings.configure(
        INSTALLED_APPS=["rest_framework", "rowpath.lab.apps.django"],
        ALLOWED_HOSTS=["testserver"],
        ROWPATH_TOKEN=TOKEN,
        USE_TZ=True,
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": parameters["dbname"],
                "OPTIONS": parameters,
            }
        },
        REST_FRAMEWORK={
            "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
            "DEFAULT_AUTHENTICATION_CLASSES": [],
            "UNAUTHENTICATED_USER": None,
        },
    )
    django.setup()
