"""Django's settings: those of the other Django application, and what runbolt reads."""

import os

from rowpath.lab.apps.django.settings import *  # noqa: F403 the idiom of Django's projects
from rowpath.lab.apps.django.settings import INSTALLED_APPS as OF_DJANGO
from rowpath.lab.apps.settings import from_environment

INSTALLED_APPS = [*OF_DJANGO, "django_bolt"]
ROOT_URLCONF = ""
BOLT_API = ["rowpath.lab.apps.bolt.api:api"]

if from_environment().trace_folder is not None:
    # The instruments watch the connection of one thread.
    os.environ["DJANGO_BOLT_ORM_THREADS"] = "1"
