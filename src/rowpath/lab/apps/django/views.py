"""What every service has: a list of its paths, and an answer to whether it is ready."""

from collections.abc import Iterator, Sequence

from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class Index(APIView):
    """The paths that can be asked for."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        return Response(data={"paths": list(_paths("/", get_resolver().url_patterns))})


def _paths(prefix: str, patterns: Sequence[URLPattern | URLResolver]) -> Iterator[str]:
    for entry in patterns:
        if isinstance(entry, URLPattern):
            yield f"{prefix}{entry.pattern}"
        else:
            yield from _paths(f"{prefix}{entry.pattern}", entry.url_patterns)


class Ready(APIView):
    """Whether the service can reach its database."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return Response(data={"ready": True})
