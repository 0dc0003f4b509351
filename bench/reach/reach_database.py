"""The project's database, as bench/reach.py has made it."""

import os

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ["REACH_DATABASE"],
        "USER": os.environ["REACH_USER"],
        "PASSWORD": "",
        "HOST": os.environ["REACH_HOST"],
        "PORT": os.environ["REACH_PORT"],
    }
}
