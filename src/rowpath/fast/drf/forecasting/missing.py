"""What a view was not given when it could not make its queryset."""

from collections.abc import Iterator
from traceback import walk_tb

from django.contrib import auth
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db.utils import ConnectionDoesNotExist
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDictKeyError
from rest_framework.exceptions import APIException, NotAuthenticated
from rest_framework.exceptions import PermissionDenied as Forbidden
from rest_framework.request import Request

from rowpath.fast.drf.forecasting.asking import AskedView, Client
from rowpath.fast.drf.forecasting.routes import Route

USER = "a user: --user NAME"

# What no client could mend.
_BROKEN = (AssertionError, ImproperlyConfigured, ConnectionDoesNotExist)
_OF_LOGIN = (auth.SESSION_KEY, auth.BACKEND_SESSION_KEY, auth.HASH_SESSION_KEY)
_REFUSING = (NotAuthenticated, Forbidden, PermissionDenied)


def missing(
    error: Exception, route: Route, client: Client, asked: AskedView | None
) -> tuple[str, ...]:
    """Return what was not given and may be why `error` was raised, each with how to give it.

    Only one thing where the error names it.
    """
    if named := _named(error, route, client):
        return (named,)
    if isinstance(error, _BROKEN):
        return ()
    return (*_parameters(route, client), *_user(client, asked))


def refuses(asked: AskedView) -> bool:
    """Whether the view does not let its client in."""
    return isinstance(asked.refused, (*_REFUSING, APIException))


def _named(error: Exception, route: Route, client: Client) -> str | None:
    if isinstance(error, MultiValueDictKeyError):
        name = str(error.args[0]).strip("'\"")
        return f"the query parameter {name}: --query {name}=VALUE"
    if isinstance(error, KeyError) and _is_of_session(error):
        name = error.args[0]
        return USER if name in _OF_LOGIN else f"the session's {name}, which the project puts there"
    if isinstance(error, KeyError):
        given = dict(_parameters_by_name(route, client))
        return given.get(str(error.args[0])) if error.args else None
    if isinstance(error, AttributeError) and isinstance(error.obj, (HttpRequest, Request)):
        return f"request.{error.name}, which a middleware of the project may set"
    return None


def _is_of_session(error: KeyError) -> bool:
    """Whether it is a session that has no such key."""
    frames = [frame for frame, _ in walk_tb(error.__traceback__)]
    return bool(frames) and isinstance(frames[-1].f_locals.get("self"), SessionBase)


def _parameters(route: Route, client: Client) -> Iterator[str]:
    return (text for _, text in _parameters_by_name(route, client))


def _parameters_by_name(route: Route, client: Client) -> Iterator[tuple[str, str]]:
    for name in route.url.parameters:
        if name not in client.kwargs:
            yield name, f"the URL's {name}: --kwarg {name}=VALUE"


def _user(client: Client, asked: AskedView | None) -> Iterator[str]:
    if client.user is None:
        yield USER
    elif asked is not None and isinstance(asked.refused, _REFUSING):
        yield f"a user whom the view lets in: --user NAME (it refuses {client.user})"
