"""Django's settings: those of the other Django application, and what a peer asks for."""

import os

from rowpath.lab.apps.django.settings import *  # noqa: F403 the idiom of Django's projects

ROOT_URLCONF = "rowpath.lab.apps.peers.urls"

# django-fastdrf's quick start.
FASTDRF = {
    "SERIALIZER_BACKEND": "msgspec",
    "CACHE_SERIALIZER_FIELDS": True,
    "FIELD_COPY_MODE": "compiled",
    "SERIALIZER_BACKEND_FALLBACK": "error",
}
# Like the last line above: what a peer leaves to DRF is an error here, and never measured as its.
os.environ["DRF_OXIDE_STRICT"] = "1"
