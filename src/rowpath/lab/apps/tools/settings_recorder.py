"""Django's settings: those of the other Django application, and the lab's recorder."""

from rowpath.lab.apps.django.settings import *  # noqa: F403 the idiom of Django's projects
from rowpath.lab.apps.django.settings import MIDDLEWARE as _MIDDLEWARE

MIDDLEWARE = [*_MIDDLEWARE, "rowpath.lab.apps.tools.recorder.RecorderMiddleware"]
ROOT_URLCONF = "rowpath.lab.apps.tools.urls"
ROWPATH_APP = "recorder"
ROWPATH_SERVES_FILES = False
