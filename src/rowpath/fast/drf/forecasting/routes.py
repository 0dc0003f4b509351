"""The list routes of a project: every URL whose GET a view's list() answers, or adrf's alist()."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern
from rest_framework.generics import GenericAPIView, ListAPIView, ListCreateAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.settings import api_settings
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSetMixin

from rowpath.fast.codes import calls_super, reads_attribute, says, unwrapped
from rowpath.fast.drf.admission.views import adrfs
from rowpath.fast.patterns import readable

_LISTING_GETS = (ListAPIView.get, ListCreateAPIView.get)
_PAGING = ("paginate_queryset", "get_paginated_response")


@dataclass(frozen=True, slots=True, kw_only=True)
class Url:
    """A URL pattern with what includes it."""

    path: str
    """As a person would write it: with <name> for each parameter."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """The names of its parameters, each with its path converter, or None for a regular one."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """The keyword arguments that the pattern itself gives to the view."""
    name: str | None = None
    namespaces: tuple[str, ...] = ()
    app_names: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"/{self.path.removeprefix('/')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A URL, and the view that lists there."""

    url: Url
    view_class: type[GenericAPIView]
    callback: Any
    initkwargs: Mapping[str, Any] = field(default_factory=dict)
    actions: Mapping[str, str] = field(default_factory=dict)
    """A viewset's methods by HTTP's; none for any other view."""
    is_asynchronous: bool = False
    """Whether it is adrf's alist() that lists there."""

    def __str__(self) -> str:
        return str(self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAlike:
    """A URL whose GET seems to be answered with a list, by other code than a view's list()."""

    url: Url
    view_class: type[APIView]
    method: str

    def __str__(self) -> str:
        return str(self.url)


def list_routes() -> Iterator[Route | LookAlike]:
    """Yield the list routes of ROOT_URLCONF in its order, without those for a format suffix."""
    seen: set[tuple[str, Any, str]] = set()
    for url, pattern in _patterns(get_resolver(), Url(path="")):
        route = None if _is_for_suffix(url) else _listing(url, pattern.callback)
        if route is None:
            continue
        method = route.method if isinstance(route, LookAlike) else ""
        if (str(url), route.view_class, method) not in seen:
            seen.add((str(url), route.view_class, method))
            yield route


def _patterns(resolver: URLResolver, before: Url) -> Iterator[tuple[Url, URLPattern]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, _behind(before, entry, entry.default_kwargs))
        else:
            yield _behind(before, entry, entry.default_args), entry


def _behind(before: Url, entry: Any, defaults: Mapping[str, Any]) -> Url:
    pattern = entry.pattern
    text = str(pattern)
    if isinstance(pattern, RegexPattern):
        text = readable(text)
        named: dict[str, Any] = dict.fromkeys(pattern.regex.groupindex)
    else:
        named = dict(pattern.converters)
    namespace, app_name = getattr(entry, "namespace", None), getattr(entry, "app_name", None)
    return Url(
        path=before.path + text,
        parameters={**before.parameters, **named},
        defaults={**before.defaults, **defaults},
        name=getattr(entry, "name", None),
        namespaces=(*before.namespaces, *([namespace] if namespace else [])),
        app_names=(*before.app_names, *([app_name] if app_name else [])),
    )


def _is_for_suffix(url: Url) -> bool:
    """Whether the URL is one of those that format_suffix_patterns() adds to a project's own."""
    name = api_settings.FORMAT_SUFFIX_KWARG
    converter = type(url.parameters.get(name)).__name__
    return converter == "FormatSuffixConverter" or url.path.rstrip("/").endswith(f".<{name}>")


def _listing(url: Url, callback: Any) -> Route | LookAlike | None:
    view_class = getattr(callback, "cls", None) or getattr(callback, "view_class", None)
    if not isinstance(view_class, type) or not issubclass(view_class, APIView):
        return None
    if "get" not in view_class.http_method_names:
        return None
    actions = getattr(callback, "actions", None) or {}
    method = actions.get("get") if issubclass(view_class, ViewSetMixin) else "get"
    handler = getattr(view_class, method or "", None)
    if method is None or handler is None:
        return None
    lists_by = _lists_by(view_class, method, handler)
    if issubclass(view_class, GenericAPIView) and lists_by is not None:
        initkwargs = getattr(callback, "initkwargs", None) or {}
        return Route(
            url=url,
            view_class=view_class,
            callback=callback,
            initkwargs=initkwargs,
            actions=actions,
            is_asynchronous=lists_by == "alist",
        )
    return LookAlike(url=url, view_class=view_class, method=method) if _lists(handler) else None


def _lists_by(view_class: type, method: str, handler: Any) -> str | None:
    """Return the method that lists where `method` answers: list() or alist(), or None."""
    is_adrfs = adrfs(view_class, "mixins", "ListModelMixin") is not None
    if method == "list" or (method == "alist" and is_adrfs):
        return method
    if method != "get" or not issubclass(view_class, ListModelMixin):
        return None
    if unwrapped(handler) in _LISTING_GETS or reads_attribute(handler, "list"):
        return "list"
    if is_adrfs and reads_attribute(handler, "alist"):
        return "alist"
    if not calls_super(handler, "get"):
        return None
    return "alist" if is_adrfs else "list"


def _lists(handler: Any) -> bool:
    """Whether a method seems to write many rows; told cautiously, from what it calls."""
    serializes = says(handler, "many") and reads_attribute(handler, "data")
    lists = reads_attribute(handler, "list")
    return serializes or lists or any(reads_attribute(handler, name) for name in _PAGING)
