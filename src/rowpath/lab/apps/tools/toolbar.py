"""What django-debug-toolbar is told."""

from django.conf import settings
from django.http import HttpRequest


def is_shown(request: HttpRequest) -> bool:
    """Return whether the toolbar watches a request: each that comes from this machine."""
    return request.META.get("REMOTE_ADDR") in settings.INTERNAL_IPS
