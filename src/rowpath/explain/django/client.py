"""Requests to a Django project in this process, by the test client's own handler."""

import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.test.client import Client, ClientHandler
from django.urls import Resolver404

from rowpath.errors import AnswerError, UsageError
from rowpath.explain import serving
from rowpath.explain.values import JSON, Request

MOST_BYTES = 64 * 1024 * 1024
"""What is longer is taken for an answer without an end."""
TRACEBACK_LINES = 6
_ANSWERED = range(200, 400)
_CONTENT_TYPE = "content-type"
ACCEPT = "application/json, text/html;q=0.9, */*;q=0.8"
"""JSON first: DRF's page for browsers asks the queryset again, for its forms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received(serving.Received):
    """An answer, with the view that made it."""

    view: Any


class _LoggedIn(ClientHandler):
    """Answers requests as of a user, without a session: nothing is written for the log-in."""

    def __init__(self, user: Any) -> None:
        super().__init__(enforce_csrf_checks=False)
        self._user = user

    def get_response(self, request: Any) -> Any:
        if self._user is not None:
            # What DRF's own force_authenticate sets, and what Django's middleware asks first.
            request._force_auth_user = self._user
            request._cached_user = self._user
            request.user = self._user
        return super().get_response(request)


def client_for(request: Request) -> Client:
    """Return a client that asks as the request's user; UsageError where there is none so named."""
    client = Client(raise_request_exception=False)
    client.handler = _LoggedIn(None if request.user is None else user_named(request.user))
    client.defaults["SERVER_NAME"] = _host()
    client.defaults["HTTP_ACCEPT"] = ACCEPT
    for name, value in request.headers:
        if name.lower() == _CONTENT_TYPE:
            continue
        client.defaults[f"HTTP_{name.upper().replace('-', '_')}"] = value
    return client


def ask(client: Client, request: Request) -> Received:
    """Return the answer to one request."""
    client.cookies.clear()  # what an answer set is undone with the rest, as a session is
    started = perf_counter()
    types = [value for name, value in request.headers if name.lower() == _CONTENT_TYPE]
    response: Any = client.generic(
        request.method,
        request.path,
        data=request.body,
        content_type=types[-1] if types else JSON,
        secure=settings.SECURE_SSL_REDIRECT,
    )
    body = _streamed(response, request) if response.streaming else response.content
    duration_s = perf_counter() - started
    return Received(
        status=response.status_code,
        location=response.headers.get("Location"),
        content_type=response.headers.get("Content-Type", ""),
        body=body,
        duration_s=duration_s,
        error=_traceback(response) if response.status_code >= 500 else None,  # noqa: PLR2004
        view=_view(response),
    )


def _view(response: Any) -> Any:
    if response.status_code not in _ANSWERED:
        return None
    try:
        return response.resolver_match.func
    except Resolver404:
        return None  # a middleware answers what no route does


def _streamed(response: Any, request: Request) -> bytes:
    if response.is_async:
        raise AnswerError(
            f"Cannot explain {request.path}: its answer is streamed asynchronously, which is not "
            "read here. Name another path."
        )
    parts: list[bytes] = []
    size = 0
    chunks: Iterable[bytes] = response.streaming_content
    for chunk in chunks:
        parts.append(chunk)
        size += len(chunk)
        if size > MOST_BYTES:
            raise AnswerError(
                f"Cannot explain {request.path}: its answer is longer than {MOST_BYTES:,} bytes. "
                "Ask for less of it."
            )
    return b"".join(parts)


def _traceback(response: Any) -> str | None:
    info = getattr(response, "exc_info", None)
    if info is None:
        return None
    lines = "".join(traceback.format_exception(*info)).strip().splitlines()
    return "\n".join(lines[-TRACEBACK_LINES:])


def user_named(name: str | None) -> Any:
    """Return the user of a name, for None nobody; UsageError where there is none so named."""
    if name is None:
        from django.contrib.auth.models import AnonymousUser  # noqa: PLC0415 it needs the settings

        return AnonymousUser()
    model = get_user_model()
    try:
        return model._default_manager.get_by_natural_key(name)
    except model.DoesNotExist:
        raise UsageError(
            f"Cannot log in as {name!r}: the database has no such user. Name one that it has with "
            "--user, or make one with `manage.py createsuperuser`."
        ) from None


def _host() -> str:
    """Return a host that the project answers; UsageError where it answers none."""
    hosts = settings.ALLOWED_HOSTS
    if not hosts and not settings.DEBUG:
        raise UsageError(
            "Cannot ask the project: with DEBUG=False its ALLOWED_HOSTS is empty, so that it "
            "answers no host. Use the settings of development with --settings."
        )
    if not hosts or "*" in hosts:
        return "localhost"
    return str(hosts[0]).lstrip(".")
