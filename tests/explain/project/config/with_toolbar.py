import os

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS as _INSTALLED_APPS
from config.settings import MIDDLEWARE as _MIDDLEWARE

DEBUG = os.environ.get("SHOP_DEBUG") != "0"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "config.urls_with_toolbar"
STATIC_URL = "/static/"
INTERNAL_IPS = ["127.0.0.1"]
INSTALLED_APPS = [*_INSTALLED_APPS, "django.contrib.staticfiles", "debug_toolbar"]
MIDDLEWARE = ["debug_toolbar.middleware.DebugToolbarMiddleware", *_MIDDLEWARE]
DEBUG_TOOLBAR_PANELS = ["debug_toolbar.panels.sql.SQLPanel", "rowpath.toolbar.RowpathPanel"]
DEBUG_TOOLBAR_CONFIG = {
    "SHOW_TOOLBAR_CALLBACK": "config.urls_with_toolbar.is_shown",
    "IS_RUNNING_TESTS": False,
}
