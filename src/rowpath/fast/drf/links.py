"""Hyperlinks: the URL of a key, made once for each request with another key in its place.

DRF makes the URL of a probe, as it would for a row. It may be cut into what stands before and
behind the key if the pattern that Django takes for the probe is the one that it takes for every
key of its kind: `allowed_in` tells. Whatever is not certain falls back.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django import urls
from django.http import HttpRequest
from rest_framework import reverse, versioning
from rest_framework.request import Request

from rowpath.fast.django.overrides import overridden
from rowpath.fast.django.urls import Wanted, allowed_in, unlike_django
from rowpath.fast.fallback import CannotCompileError, Holds
from rowpath.fast.forms import Around, Link, LinkKey
from rowpath.fast.names import named
from rowpath.fast.shipped import relied

# Two of each kind: what is the same in the URLs of both stands around the key.
_PROBES: dict[LinkKey, tuple[Any, Any]] = {
    LinkKey.INTEGER: (7_030_295_011, 8_140_306_122),
    LinkKey.UUID: (
        UUID("5ad3c0f1-6e0b-4c55-9d0f-0b7c1ff2a4d7"),
        UUID("6be4d1a2-7f1c-4d66-8e1a-1c8d2aa3b5e8"),
    ),
    LinkKey.TEXT: ("qzxj7k0vw", "zqjx8v1kw"),
}
_SCHEMES = (
    versioning.AcceptHeaderVersioning,
    versioning.HostNameVersioning,
    versioning.NamespaceVersioning,
    versioning.QueryParameterVersioning,
    versioning.URLPathVersioning,
)
_OF_SCHEMES = ("reverse", "get_versioned_viewname")
_OF_REQUESTS = ("build_absolute_uri",)
_OF_DRF = ("reverse", "_reverse", "preserve_builtin_query_params", "replace_query_param")
_OF_VERSIONING = ("_reverse", "replace_query_param")

_Call = tuple[str, dict[str, Any]]


def around(link: Link, context: Mapping[str, Any]) -> Around:
    """Return what stands around the keys of `link` for the request of a serializer's `context`.

    Raises CannotCompileError.
    """
    try:
        return _around(link, context)
    except CannotCompileError as error:
        raise error.holding(Holds.VIEW_A_WHILE) from None


def _around(link: Link, context: Mapping[str, Any]) -> Around:
    request = _checked(context.get("request"))
    suffix = context.get("format")
    if suffix and link.suffix and link.suffix != suffix:
        suffix = link.suffix
    first, second = _PROBES[link.key]
    before, behind = _cut(_url(link, request, suffix, first), str(first))
    allowed = _allowed(link, request, suffix, first)
    if _url(link, request, suffix, second) != before + str(second) + behind:
        raise CannotCompileError(f"the URL of {link.view_name} has more of its key than the key")
    return Around(before=before, behind=behind, allowed=allowed)


def _checked(request: object) -> Request:
    """Return `request`, which makes URLs as DRF's do. Raises CannotCompileError."""
    if not isinstance(request, Request):
        raise CannotCompileError("its links are made without a request of DRF's")
    if own := overridden(type(request), Request, ("__getattr__", *_OF_REQUESTS)):
        raise CannotCompileError(f"{named(type(request))} has a {own} of its own")
    inner = request._request
    if own := overridden(type(inner), HttpRequest, _OF_REQUESTS):
        raise CannotCompileError(f"{named(type(inner))} has a {own} of its own")
    put = vars(request).keys() | vars(inner).keys()
    if found := next((name for name in _OF_REQUESTS if name in put), None):
        raise CannotCompileError(f"this request has a {found} of its own")
    changed = relied.check(reverse, *_OF_DRF) or relied.check(versioning, *_OF_VERSIONING)
    if (changed := changed or unlike_django()) is not None:
        raise CannotCompileError(f"{changed}, not what the library ships")
    if reverse.django_reverse is not urls.reverse:
        raise CannotCompileError("DRF makes its URLs by another reverse() than Django's")
    return request


def _allowed(link: Link, request: Request, suffix: str | None, probe: Any) -> bytes:
    """Return the bytes that a key may have, by the first pattern that takes keys of its kind."""
    for name, kwargs in _calls(link, request):
        if suffix is not None:
            kwargs["format"] = suffix
        wanted = Wanted(
            name=name, kwargs={**kwargs, link.keyword: probe}, keyword=link.keyword, key=link.key
        )
        allowed = allowed_in(wanted)
        if allowed is not None:
            return allowed
    raise CannotCompileError(f"no URL pattern is called {link.view_name} and has {link.keyword}")


def _calls(link: Link, request: Request) -> Iterator[_Call]:
    """Yield what Django is asked for, one after another until it knows a URL: DRF's reverse()."""
    scheme = getattr(request, "versioning_scheme", None)
    if scheme is not None:
        base = next((one for one in _SCHEMES if isinstance(scheme, one)), None)
        if base is None or overridden(type(scheme), base, _OF_SCHEMES) or vars(scheme):
            raise CannotCompileError(f"{named(type(scheme))} may make URLs in a way of its own")
        version = request.version
        if base is versioning.URLPathVersioning and version is not None:
            if scheme.version_param == link.keyword:
                raise CannotCompileError(f"{link.keyword} is the version's name in a URL as well")
            yield link.view_name, {scheme.version_param: version}
        if base is versioning.NamespaceVersioning and version is not None:
            yield f"{version}:{link.view_name}", {}
    yield link.view_name, {}


def _url(link: Link, request: Request, suffix: str | None, probe: Any) -> str:
    kwargs = {link.keyword: probe}
    try:
        return reverse.reverse(link.view_name, kwargs=kwargs, request=request, format=suffix)
    except Exception as error:
        text = f"making its links raised {type(error).__name__}: {error}"
        raise CannotCompileError(text) from error


def _cut(url: str, probe: str) -> tuple[str, str]:
    if url.count(probe) != 1:
        raise CannotCompileError(f"a key stands more than once, or not at all, in {url}")
    before, _, behind = url.partition(probe)
    return before, behind
