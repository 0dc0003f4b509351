"""The list routes of a project: every URL whose GET is answered by a DRF view's list()."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.views import APIView


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A URL pattern as it is written, and the view that lists there."""

    path: str
    view_class: type[GenericAPIView]
    initkwargs: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"/{self.path}"


def list_routes() -> Iterator[Route]:
    """Yield the list routes of ROOT_URLCONF in its order, without those for a format suffix."""
    seen: set[tuple[str, type]] = set()
    for path, pattern in _patterns(get_resolver(), ""):
        view_class = _listing(pattern.callback)
        if view_class is None or "<format>" in path or "(?P<format>" in path:
            continue
        shown = path.replace("^", "").replace("$", "").replace("\\Z", "")
        if (shown, view_class) not in seen:
            seen.add((shown, view_class))
            kwargs = getattr(pattern.callback, "initkwargs", {})
            yield Route(path=shown, view_class=view_class, initkwargs=kwargs)


def _patterns(resolver: URLResolver, before: str) -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        path = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, path)
        else:
            yield path, entry


def _listing(callback: Any) -> type[GenericAPIView] | None:
    view_class = getattr(callback, "cls", None) or getattr(callback, "view_class", None)
    if not isinstance(view_class, type) or not issubclass(view_class, APIView):
        return None
    if not issubclass(view_class, GenericAPIView):
        return None
    actions = getattr(callback, "actions", None)
    lists = actions.get("get") == "list" if actions else issubclass(view_class, ListModelMixin)
    return view_class if lists else None
