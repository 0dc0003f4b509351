import os

from config.settings import *  # noqa: F403
from config.settings import MIDDLEWARE as _MIDDLEWARE

DEBUG = os.environ.get("SHOP_DEBUG") != "0"
ALLOWED_HOSTS = ["*"]
MIDDLEWARE = ["rowpath.explain.django.server_timing.ServerTiming", *_MIDDLEWARE]
