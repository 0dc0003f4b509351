"""The routes of a project's URL conf, each with a path that can be asked, or why there is none."""

import re
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import unquote

from django.http import HttpRequest
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from django.utils.regex_helper import normalize
from django.views.generic.base import View
from django.views.generic.detail import SingleObjectMixin

from rowpath.explain.django.read_only import rolled_back
from rowpath.explain.messages import Route
from rowpath.explain.recording.frames import OwnCode

_FORMAT = "format"
"""DRF's suffix of a path, which is another way to ask what the path without it answers."""
_CONVERTER = re.compile(r"<\w+:(\w+)>")
_NAMED = re.compile(r"\(\?P<(\w+)>(?:[^()\\]|\\.|\([^()]*\))*\)")
"""A group of a regular expression, with groups in it."""


class _Unknown(Exception):  # noqa: N818 an answer, not an error
    """Nothing says which rows an argument is of; the text says which argument."""


def routes(wanted: tuple[str, ...], request: Any) -> tuple[Route, ...]:
    """Return the routes that one of the patterns fits, and whose views answer GET.

    A pattern is held against the route without its first slash, as `api/books/<pk>/`, in which `*`
    is anything. `request` is what views are given that have to say which rows they show.
    """
    found: dict[str, Route] = {}
    for regex, callback in _patterns(get_resolver(), ""):
        for template, names in normalize(regex):
            if _FORMAT in names:
                continue
            route = template % {name: f"<{name}>" for name in names}
            if any(fnmatchcase(route, pattern.lstrip("/")) for pattern in wanted):
                if _answers_get(callback):
                    found.setdefault(route, _route(route, template, names, callback, request))
                break
    return tuple(found.values())


def route_of(path: str) -> str | None:
    """Return the route that answers a path, like `api/books/<pk>/`; None where none does."""
    try:
        route = resolve(unquote(path)).route
    except Resolver404:
        return None
    named = _NAMED.sub(r"<\1>", _CONVERTER.sub(r"<\1>", route))
    return named.replace("^", "").replace("\\Z", "").replace("\\/", "/").rstrip("$")


def _patterns(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, Any]]:
    for each in resolver.url_patterns:
        regex = prefix + each.pattern.regex.pattern.removeprefix("^")
        if isinstance(each, URLPattern):
            yield regex, each.callback
        else:
            yield from _patterns(each, regex)


def _answers_get(callback: Any) -> bool:
    actions = getattr(callback, "actions", None)
    if actions:
        return "get" in actions
    owner = getattr(callback, "cls", None) or getattr(callback, "view_class", None)
    return owner is None or hasattr(owner, "get")


def _route(route: str, template: str, names: list[str], callback: Any, request: Any) -> Route:
    try:
        with rolled_back(may_write=False):
            values = _values(names, callback, request) if names else {}
    except _Unknown as unknown:
        return Route(route=route, path=None, reason=str(unknown))
    path = f"/{template % values}"
    try:
        is_same = resolve(path).func is callback
    except Resolver404:
        is_same = False
    if not is_same:
        return Route(route=route, path=None, reason=f"{path} leads to another view")
    return Route(route=route, path=path, reason=None)


def _owner(callback: Any) -> type | None:
    admin = getattr(callback, "model_admin", None)
    if admin is not None:
        return type(admin)
    return getattr(callback, "cls", None) or getattr(callback, "view_class", None)


def name_of(callback: Any, method: str = "get") -> str | None:
    """Return the class of a view and what of it answers a method; None where it has no class."""
    owner = _owner(callback)
    if owner is None:
        return None
    name = getattr(callback, "__name__", "") if hasattr(callback, "model_admin") else method
    return f"{owner.__qualname__}.{(getattr(callback, 'actions', None) or {}).get(method, name)}"


def siblings(callback: Any, code: OwnCode) -> tuple[str, ...]:
    """Return the names of all views that share a class of the project's with this one."""
    own = _own_classes(_owner(callback), code)
    found = {
        name_of(each): None
        for _, each in _patterns(get_resolver(), "")
        if _answers_get(each) and own & _own_classes(_owner(each), code)
    }
    return tuple(name for name in found if name is not None)


def _own_classes(owner: type | None, code: OwnCode) -> frozenset[type]:
    every = owner.__mro__ if owner is not None else ()
    files = {each: getattr(sys.modules.get(each.__module__), "__file__", None) for each in every}
    return frozenset(each for each, file in files.items() if file and code.is_own(file))


def _values(names: list[str], callback: Any, request: Any) -> dict[str, str]:
    """Return the arguments' values, all of the first row that the view shows."""
    queryset, fields = _rows(names, callback, request)
    try:
        row = queryset.values_list(*fields).first()
    except Exception as error:
        raise _Unknown(f"its rows cannot be asked for: {_line(error)}") from error
    if row is None:
        raise _Unknown(f"there is no row of {queryset.model._meta.label}")
    return {name: str(value) for name, value in zip(names, row, strict=True)}


def _rows(names: list[str], callback: Any, request: Any) -> tuple[Any, list[str]]:
    """Return the rows that a view shows one of, and the fields that the arguments are of."""
    admin = getattr(callback, "model_admin", None)
    if admin is not None and names == ["object_id"]:
        return admin.model._default_manager.order_by("pk"), ["pk"]
    owner = _owner(callback)
    if admin is not None or owner is None or not issubclass(owner, View):
        raise _unexplained(names)
    made_with = getattr(callback, "initkwargs", None) or getattr(callback, "view_initkwargs", {})
    view = owner(**made_with)
    view.request, view.args, view.kwargs = request, (), {}
    fields = {name: _field(view, name) for name in names}
    known = [field for field in fields.values() if field is not None]
    if len(known) < len(names):
        raise _unexplained([name for name, field in fields.items() if field is None])
    actions = getattr(callback, "actions", None) or {}
    view.action, view.format_kwarg = actions.get("get"), None
    try:
        return view.get_queryset(), known
    except Exception as error:
        raise _Unknown(f"its queryset cannot be had: {_line(error)}") from error


def _unexplained(names: list[str]) -> _Unknown:
    verb = "is" if len(names) == 1 else "are"
    return _Unknown(f"nothing says which rows {', '.join(names)} {verb} of")


def _field(view: Any, name: str) -> str | None:
    """Return the field by which a view looks up the row that an argument names."""
    lookup = getattr(view, "lookup_field", None)
    if lookup is not None and name == (getattr(view, "lookup_url_kwarg", None) or lookup):
        return str(lookup)
    if isinstance(view, SingleObjectMixin):
        if name == view.pk_url_kwarg:
            return "pk"
        if name == view.slug_url_kwarg:
            return view.get_slug_field()
    return None


def _line(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:200]


def request_as(user: Any) -> Any:
    """Return a request of a user's that no client has made, for views that ask who is there."""
    request = HttpRequest()
    request.method = "GET"
    request.user = user
    request.query_params = request.GET
    return request
