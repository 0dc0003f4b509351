"""Django's settings: those of the other Django application, and django-debug-toolbar."""

from rowpath.lab.apps.django.settings import *  # noqa: F403 the idiom of Django's projects
from rowpath.lab.apps.django.settings import INSTALLED_APPS as _INSTALLED_APPS
from rowpath.lab.apps.django.settings import MIDDLEWARE as _MIDDLEWARE

# The toolbar's quick start.
INSTALLED_APPS = [*_INSTALLED_APPS, "django.contrib.staticfiles", "debug_toolbar"]
MIDDLEWARE = [*_MIDDLEWARE, "debug_toolbar.middleware.DebugToolbarMiddleware"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
STATIC_URL = "/static/"
INTERNAL_IPS = ["127.0.0.1"]
# Its own condition asks for DEBUG, which would be a second thing that differs.
DEBUG_TOOLBAR_CONFIG = {"SHOW_TOOLBAR_CALLBACK": "rowpath.lab.apps.tools.toolbar.is_shown"}

ROOT_URLCONF = "rowpath.lab.apps.tools.urls"
ROWPATH_APP = "toolbar"
ROWPATH_SERVES_FILES = False
