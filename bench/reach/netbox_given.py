"""What netbox has no defaults for. Its Redis is asked for nothing here, and need not run."""

from reach_database import DATABASES  # noqa: F401 - it is read from here

ALLOWED_HOSTS = ["*"]
_REDIS = {"HOST": "localhost", "PORT": 6379, "USERNAME": "", "PASSWORD": "", "SSL": False}
REDIS = {"tasks": {**_REDIS, "DATABASE": 0}, "caching": {**_REDIS, "DATABASE": 1}}
SECRET_KEY = "not-a-secret" * 5
API_TOKEN_PEPPERS = {1: "not-a-secret" * 5}
LOGGING = {"version": 1, "disable_existing_loggers": True}
