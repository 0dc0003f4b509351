"""Django's settings: those of the other Django application, and django-silk."""

from rowpath.lab.apps.django.settings import *  # noqa: F403 the idiom of Django's projects
from rowpath.lab.apps.django.settings import INSTALLED_APPS as _INSTALLED_APPS
from rowpath.lab.apps.django.settings import MIDDLEWARE as _MIDDLEWARE

# silk's quick start.
INSTALLED_APPS = [*_INSTALLED_APPS, "silk"]
MIDDLEWARE = [*_MIDDLEWARE, "silk.middleware.SilkyMiddleware"]
# By default one request in ten, drawn by chance, looks for old ones to delete. Without it each
# request sends as many statements as the one that was checked.
SILKY_MAX_RECORDED_REQUESTS_CHECK_PERCENT = 0

ROOT_URLCONF = "rowpath.lab.apps.tools.urls"
ROWPATH_APP = "silk"
ROWPATH_SERVES_FILES = False
# Each block of a run finds the same: nothing.
ROWPATH_SILK_BEGINS_EMPTY = True
