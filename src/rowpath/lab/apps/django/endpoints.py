"""A view at a path."""

from typing import Any

from django.urls import URLPattern
from django.urls import path as django_path
from django.views import View
from rest_framework.viewsets import ViewSetMixin


def endpoint(path: str, view: type[View]) -> URLPattern:
    """Return the pattern that answers `path` by a class of view."""
    # Only the class of a viewset takes the actions.
    answers: Any = view
    actions = [{"get": "list"}] if issubclass(view, ViewSetMixin) else []
    return django_path(path, answers.as_view(*actions))
