"""Django's settings: those of the other Django application with both tools, for a look by hand.

Nothing is timed under them.
"""

from pathlib import Path

from rowpath.lab.apps.django.settings import REST_FRAMEWORK as _REST_FRAMEWORK
from rowpath.lab.apps.tools.settings_toolbar import *  # noqa: F403 the idiom of Django's projects
from rowpath.lab.apps.tools.settings_toolbar import INSTALLED_APPS as _INSTALLED_APPS

INSTALLED_APPS = [*_INSTALLED_APPS, "silk"]
# From the outside in: silk must not be seen while it saves a request, so the toolbar stands within
# it, and the lab's own instruments, which a traced server has, within both.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    # silk has a page that deletes what it recorded.
    "django.middleware.csrf.CsrfViewMiddleware",
    "rowpath.lab.apps.tools.silk.UnseenPlansMiddleware",
    "silk.middleware.SilkyMiddleware",
    "debug_toolbar.middleware.DebugToolbarMiddleware",
]
if "ROWPATH_TRACE_FOLDER" in globals():
    MIDDLEWARE += ["rowpath.lab.apps.django.tracing.TracingMiddleware"]

# A browser is answered with DRF's page, in which the toolbar has its place, as in the talk.
REST_FRAMEWORK = {
    **_REST_FRAMEWORK,
    "DEFAULT_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer",
        "rest_framework.renderers.BrowsableAPIRenderer",
    ],
}
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).with_name("templates")],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
# An answer of the whole table is not worth keeping in it.
SILKY_MAX_RESPONSE_BODY_SIZE = 1_000_000

ROOT_URLCONF = "rowpath.lab.apps.tools.urls_tools"
ROWPATH_SERVES_FILES = True
ROWPATH_SILK_BEGINS_EMPTY = False
