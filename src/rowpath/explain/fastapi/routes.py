"""The routes of Starlette's applications, FastAPI's among them, and which one answers a path."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from re import Pattern
from typing import Any
from urllib.parse import unquote

from starlette.routing import compile_path

from rowpath.errors import UsageError
from rowpath.explain.messages import Route

ValueOf = Callable[[str, str], str]
"""Gives an argument's value by its name and the part of the path before it; LookupError if none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """A route that answers GET, with what paths it fits, and its arguments."""

    path: str
    regex: Pattern[str]
    names: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its path without the first slash, as `tags/{tag_id}`."""
        return self.path.lstrip("/")


def routed(application: Any) -> tuple[Routed, ...]:
    """Return the routes that answer GET, in the order in which they are tried.

    UsageError where an application has no routes like Starlette's.
    """
    outermost = application
    while not hasattr(application, "routes") and hasattr(application, "app"):
        application = application.app  # a middleware that is around it
    if not hasattr(application, "routes"):
        raise UsageError(
            f"Cannot list the routes of a {type(outermost).__name__}: it has none as Starlette's "
            "applications have. Name paths."
        )
    return tuple(_routed(application.routes, ""))


def _routed(routes: Any, prefix: str) -> Iterator[Routed]:
    for each in routes:
        included = getattr(each, "include_context", each)  # what newer FastAPI keeps of a router
        own: str = getattr(each, "path", "") or getattr(included, "prefix", "")
        path = prefix + own
        if hasattr(each, "endpoint"):
            if _answers_get(each) and not _is_of_documents(each):
                yield _of(path)
        else:
            router = getattr(each, "original_router", each)
            yield from _routed(getattr(router, "routes", None) or (), path)


def _answers_get(route: Any) -> bool:
    methods = getattr(route, "methods", None)
    return "GET" in methods if methods is not None else hasattr(route.endpoint, "get")


def _of(path: str) -> Routed:
    regex, _, convertors = compile_path(path)
    return Routed(path=_bare(path), regex=regex, names=tuple(convertors))


def _bare(path: str) -> str:
    """Return a path whose arguments have no convertors, `{tag_id}` for `{tag_id:int}`."""
    parts = path.split("{")
    bare = [f"{{{name.partition(':')[0]}}}{rest}" for name, _, rest in map(_argument, parts[1:])]
    return "".join((parts[0], *bare))


def _argument(text: str) -> tuple[str, str, str]:
    return text.partition("}")


def _is_of_documents(route: Any) -> bool:
    """Return whether a route answers with the schema, or the pages that show it."""
    return not getattr(route, "include_in_schema", True) and str(
        getattr(route.endpoint, "__module__", "")
    ).startswith("fastapi.")


def listed(routes: tuple[Routed, ...], patterns: tuple[str, ...], value_of: ValueOf) -> list[Route]:
    """Return the routes that one of the patterns fits, each with a path or why there is none."""
    found: dict[str, Route] = {}
    for each in routes:
        if any(fnmatchcase(each.name, pattern.lstrip("/")) for pattern in patterns):
            found.setdefault(each.name, _route(each, routes, value_of))
    return list(found.values())


def _route(of: Routed, routes: tuple[Routed, ...], value_of: ValueOf) -> Route:
    path = of.path
    for name in of.names:
        before = of.path.partition(f"{{{name}}}")[0].rstrip("/").rpartition("/")[2]
        try:
            value = value_of(name, before)
        except LookupError as error:
            return Route(route=of.name, path=None, reason=str(error.args[0]))
        path = path.replace(f"{{{name}}}", value)
    if route_of(path, routes) != of.name:
        return Route(route=of.name, path=None, reason=f"{path} leads to another view")
    return Route(route=of.name, path=path, reason=None)


def route_of(path: str, routes: tuple[Routed, ...]) -> str | None:
    """Return the name of the route that answers a path by GET; None where none does."""
    asked = unquote(path)
    return next((each.name for each in routes if each.regex.match(asked)), None)
