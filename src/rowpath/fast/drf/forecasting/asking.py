"""A view as it stands before its list(), asked by a client that somebody describes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from urllib.parse import quote

from django.apps import apps
from django.conf import settings
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import ResolverMatch
from rest_framework.exceptions import NotAcceptable
from rest_framework.generics import GenericAPIView
from rest_framework.renderers import BaseRenderer

from rowpath.fast.drf.forecasting.routes import Route

_JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Who asks, and for what: no user is an anonymous one."""

    user: Any = None
    kwargs: Mapping[str, str] = field(default_factory=dict)
    """The URLs' parameters, as they stand in a URL."""
    query: str = ""
    """The URL's part behind the question mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedView:
    """A view with its request."""

    view: GenericAPIView
    refused: Exception | None
    """What the view raises before its list() is called: that this client may not, say."""
    renderer: BaseRenderer
    """That of a client that accepts JSON, or, if the view has none, of any client."""
    otherwise: BaseRenderer | None
    """That of a client that says nothing about what it accepts; None if it is the same."""


def ask(view_class: type[GenericAPIView], route: Route, client: Client) -> AskedView:
    """Make the view and its request as `as_view()` and `dispatch()` do, up to its list().

    No middleware is run, and no throttle counts the request. Whatever the view's own code raises
    is raised, except by initial(), which says whether the client may.
    """
    kwargs = url_kwargs(route, client)
    view = view_class(**route.initkwargs)
    if route.actions:
        _bind(view, route.actions)
    renderers = _renderers(view, route, client, kwargs)
    accepts = _JSON if _JSON in renderers else None
    renderer, media_type = renderers[accepts]
    request = _request(view, route, client, kwargs, accepts)
    request.accepted_renderer, request.accepted_media_type = renderer, media_type
    view.throttle_classes = ()
    refused = None
    try:
        view.initial(request, **kwargs)
    except Exception as error:  # noqa: BLE001 - whatever a view raises
        refused = error
    other, _ = renderers.get(None, (renderer, ""))
    otherwise = None if type(other) is type(renderer) else other
    return AskedView(view=view, refused=refused, renderer=renderer, otherwise=otherwise)


def url_kwargs(route: Route, client: Client) -> dict[str, Any]:
    """Return the view's keyword arguments, as far as they are given.

    Raises ValueError for what the URL's path converter does not take.
    """
    kwargs = dict(route.url.defaults)
    for name, converter in route.url.parameters.items():
        if name not in client.kwargs:
            continue
        text = client.kwargs[name]
        if converter is not None and not re.fullmatch(converter.regex, text):
            raise ValueError(f"{route} takes no {name} that is {text!r}")
        kwargs[name] = text if converter is None else converter.to_python(text)
    return kwargs


def _bind(view: Any, actions: Mapping[str, str]) -> None:
    view.action_map = dict(actions)
    for method, action in actions.items():
        setattr(view, method, getattr(view, action))


def _renderers(
    view: Any, route: Route, client: Client, kwargs: Mapping[str, Any]
) -> dict[str | None, tuple[BaseRenderer, str]]:
    """Return what is negotiated with a client that accepts JSON, and with one that says nothing."""
    negotiated = {}
    for accepts in (None, _JSON):
        request = _request(view, route, client, kwargs, accepts)
        try:
            negotiated[accepts] = view.perform_content_negotiation(request)
        except NotAcceptable:
            if accepts is None:
                raise
    return negotiated


def _request(
    view: Any, route: Route, client: Client, kwargs: Mapping[str, Any], accepts: str | None
) -> Any:
    http = _http_request(route, client, kwargs, accepts)
    view.setup(http, **kwargs)
    view.request = view.initialize_request(http, **kwargs)
    view.headers = view.default_response_headers
    view.format_kwarg = view.get_format_suffix(**kwargs)
    return view.request


def _http_request(
    route: Route, client: Client, kwargs: Mapping[str, Any], accepts: str | None
) -> HttpRequest:
    said: Any = {} if accepts is None else {"HTTP_ACCEPT": accepts}
    factory = RequestFactory(SERVER_NAME=_host(), **said)
    http = factory.get(f"{quote(_path(route, client))}?{client.query}")
    http.resolver_match = ResolverMatch(
        route.callback,
        (),
        dict(kwargs),
        url_name=route.url.name,
        app_names=[*route.url.app_names],
        namespaces=[*route.url.namespaces],
        route=route.url.path,
    )
    http.session = _session(client.user)
    if client.user is not None:
        http.user = client.user
        # By which DRF's own test client names the user; the view's authenticators are not asked.
        vars(http)["_force_auth_user"] = client.user
    elif apps.is_installed("django.contrib.auth"):
        from django.contrib.auth.models import AnonymousUser  # noqa: PLC0415 - only if installed

        http.user = AnonymousUser()
    return http


def _path(route: Route, client: Client) -> str:
    """Return the URL's path with the parameters that are given."""

    def value(match: re.Match[str]) -> str:
        return client.kwargs.get(match[1], match[0])

    return re.sub(r"<(?:[^<>]*:)?(\w+)>", value, str(route))


def _host() -> str:
    allowed = (host.lstrip(".") for host in settings.ALLOWED_HOSTS)
    return next((host for host in allowed if host and "*" not in host), "localhost")


def _session(user: Any) -> Any:
    """Return a session that is saved nowhere, with what login() would put into it."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    if user is not None:
        from django.contrib import auth  # noqa: PLC0415 - only if installed

        session[auth.SESSION_KEY] = str(user.pk)
        session[auth.BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        if hasattr(user, "get_session_auth_hash"):
            session[auth.HASH_SESSION_KEY] = user.get_session_auth_hash()
    return session
