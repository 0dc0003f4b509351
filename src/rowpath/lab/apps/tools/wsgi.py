"""What gunicorn serves, by the name of the settings."""

import os

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application


def application(name: str) -> WSGIHandler:
    """Return the application with the settings of that name, once silk has its tables."""
    os.environ["DJANGO_SETTINGS_MODULE"] = f"rowpath.lab.apps.tools.settings_{name}"
    served = get_wsgi_application()
    if apps.is_installed("silk"):
        from rowpath.lab.apps.tools.silk_tables import make_tables  # noqa: PLC0415 needs settings

        make_tables(emptied=settings.ROWPATH_SILK_BEGINS_EMPTY)
    # The tools' pages need their styles and scripts; what is measured serves none.
    return StaticFilesHandler(served) if settings.ROWPATH_SERVES_FILES else served
