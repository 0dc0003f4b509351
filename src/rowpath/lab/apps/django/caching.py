"""What the lab adds to an application with a cache: that it is cold, and who answered from it."""

import os
from collections.abc import Callable
from itertools import count

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from rowpath.lab.apps.django.views_cache import PAGES
from rowpath.lab.apps.tracing import CACHE_HEADER

Answering = Callable[[HttpRequest], HttpResponseBase]
_requests = count()
_generation = ""


def make_key(key: str, key_prefix: str, version: int) -> str:
    """Return the key of an entry: in a cold cache, one that no other request has asked for."""
    return f"{key_prefix}:{version}{_generation}:{key}"


class ColdCache:
    """Lets each request find an empty cache. Nothing is removed: the cache may be the user's."""

    def __init__(self, get_response: Answering) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request as the first of its kind."""
        global _generation  # noqa: PLW0603 a sync worker has one request at a time
        _generation = f":{os.getpid()}-{next(_requests)}"
        return self._get_response(request)


class Telling:
    """Says in each answer which process gave it, and whether it had to make the page.

    The timed servers say so too, in no time worth the name: how else is each of them known to be
    warm?
    """

    def __init__(self, get_response: Answering) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request with one header more."""
        before = PAGES.made
        response = self._get_response(request)
        response[CACHE_HEADER] = f"{os.getpid()} {'hit' if PAGES.made == before else 'miss'}"
        return response
