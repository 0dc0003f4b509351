"""The context that a view gives its serializer, made once for a request."""

from collections.abc import Mapping
from typing import Any

from rest_framework.generics import GenericAPIView
from rest_framework.serializers import Serializer

from rowpath.fast.drf.steps import theirs


class Context:
    """Makes the context when it is first asked for: a view's own code may raise there."""

    def __init__(self, view: GenericAPIView, serializer: Serializer | None = None) -> None:
        self._view = view
        self._serializer = serializer
        self._made: Mapping[str, Any] | None = None

    def get(self) -> Mapping[str, Any]:
        """Return the context of the serializer that was made, or else the view's.

        What the project's code raises there passes as TheirsError.
        """
        if self._made is None:
            serializer = self._serializer
            if serializer is not None:
                self._made = theirs(getattr, serializer, "context")
            else:
                self._made = theirs(self._view.get_serializer_context)
        return self._made

    def absolute(self, path: str) -> str:
        """Return the URL that a serializer's field for files makes of `path`."""
        request = self.get().get("request")
        return path if request is None else request.build_absolute_uri(path)
