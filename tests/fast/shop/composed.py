"""Lists as projects really have them: with filters, versions, throttles, overrides, decorators."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path
from django.views.decorators.cache import cache_page, never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition
from django.views.decorators.vary import vary_on_headers
from django_filters.rest_framework import DjangoFilterBackend  # type: ignore[import-untyped]
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.filters import OrderingFilter, SearchFilter
from rest_framework.generics import ListAPIView
from rest_framework.response import Response
from rest_framework.serializers import CharField, ModelSerializer
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.versioning import AcceptHeaderVersioning, QueryParameterVersioning
from rest_framework.views import exception_handler

from fast.shop.lists import Pages
from fast.shop.middleware import Answer
from fast.shop.models import Note
from fast.shop.views import Flat, FlatFields, Notes
from fast.shop.ways import fast


class Filtered(Notes):
    filter_backends = (DjangoFilterBackend, SearchFilter, OrderingFilter)
    filterset_fields = ("owner__username", "topic", "text")
    search_fields = ("text", "topic__name")
    ordering_fields = ("id", "text", "home__name")
    pagination_class = Pages


class SecondVersion(ModelSerializer):
    title = CharField(source="text")

    class Meta:
        model = Note
        fields = ("title", "id")


class Versioned(Flat):
    versioning_class: Any = QueryParameterVersioning

    def get_serializer_class(self) -> Any:
        return SecondVersion if self.request.version == "2" else FlatFields


class VersionedByAccept(Versioned):
    versioning_class: Any = AcceptHeaderVersioning


class ThreeAMinute(SimpleRateThrottle):
    rate = "3/min"

    def get_cache_key(self, request: Any, _view: Any) -> str:
        return f"throttled-{request.headers['Way']}-{request.headers['Caller']}"


class Throttled(Flat):
    throttle_classes = (ThreeAMinute,)


class NotFoundHere(Flat):
    def get_queryset(self) -> Any:
        raise NotFound("there are no notes here")


class Validating(Flat):
    def filter_queryset(self, _queryset: Any) -> Any:
        raise ValidationError({"q": ["is missing"]})


class ContextRaising(Flat):
    def get_serializer_context(self) -> Any:
        raise NotFound("no context")


class Handled(NotFoundHere):
    def get_exception_handler(self) -> Any:
        return _handled


def _handled(error: Exception, context: dict[str, Any]) -> Any:
    response = exception_handler(error, context)
    if response is not None:
        response.data = {"error": response.data, "view": type(context["view"]).__name__}
    return response


# Overrides that stand in front of either way's list().


class Counting:
    def finalize_response(self, *arguments: Any, **more: Any) -> Any:
        response: Any = super().finalize_response(*arguments, **more)
        response.headers["Count"] = str(len(response.data))
        return response


class Adding:
    def finalize_response(self, *arguments: Any, **more: Any) -> Any:
        response: Any = super().finalize_response(*arguments, **more)
        response.data.append({"added": True})
        return response


class Replacing:
    def finalize_response(self, *arguments: Any, **more: Any) -> Any:
        response: Any = super().finalize_response(*arguments, **more)
        response.data = {"all": [row["id"] for row in response.data]}
        return response


class Wrapping:
    def list(self, request: Any, *arguments: Any, **more: Any) -> Any:
        response = super().list(request, *arguments, **more)
        return Response({"rows": response.data, "by": "an override"})


class Changing:
    def list(self, request: Any, *arguments: Any, **more: Any) -> Any:
        response = super().list(request, *arguments, **more)
        response.data["results"].reverse()
        response.data["sum"] = sum(row["id"] for row in response.data["results"])
        response.status_code = 203
        response["By"] = "an override"
        return response


class AfterRendering:
    def finalize_response(self, *arguments: Any, **more: Any) -> Any:
        response: Any = super().finalize_response(*arguments, **more)
        response.add_post_render_callback(_with_length)
        return response


def _with_length(response: Any) -> None:
    response.headers["Rendered"] = f"{len(response.content)} {len(response.data)}"


def wrapping_templates(answer: Answer) -> Answer:
    """Put an envelope around each answer of DRF, before it is rendered."""

    class Wrapped:
        def __call__(self, request: HttpRequest) -> HttpResponseBase:
            return answer(request)

        def process_template_response(self, _request: HttpRequest, response: Any) -> Any:
            response.data = {"data": response.data}
            return response

    return Wrapped()


class FlatPages(Flat):
    pagination_class = Pages


def _etag(_request: HttpRequest) -> str:
    return '"the only one"'


Decorator = Callable[[Any], Any]
# Name: the view, what stands in front of its list(), what stands around it.
VIEWS: dict[str, tuple[type[ListAPIView], tuple[type, ...], Decorator | None]] = {
    "flat": (Flat, (), None),
    "filtered": (Filtered, (), None),
    "versioned": (Versioned, (), None),
    "versioned-by-accept": (VersionedByAccept, (), None),
    "throttled": (Throttled, (), None),
    "not-found": (NotFoundHere, (), None),
    "validating": (Validating, (), None),
    "context-raising": (ContextRaising, (), None),
    "handled": (Handled, (), None),
    "counting": (Flat, (Counting,), None),
    "adding": (Flat, (Adding,), None),
    "replacing": (Flat, (Replacing,), None),
    "wrapping": (Notes, (Wrapping,), None),
    "changing": (FlatPages, (Changing,), None),
    "after-rendering": (FlatPages, (AfterRendering,), None),
    "all-of-it": (Flat, (AfterRendering, Adding, Counting), gzip_page),
    "cached": (Flat, (), None),
    "gzipped": (Notes, (), gzip_page),
    "never-cached": (Flat, (), never_cache),
    "varying": (Flat, (), vary_on_headers("User", "Zone")),
    "conditional": (Flat, (), condition(etag_func=_etag)),
}


def _by_way(name: str) -> Any:
    view, before, decorator = VIEWS[name]
    ways: dict[str, Any] = {}
    for way, base in {"drf": view, "fast": fast(view)}.items():
        ways[way] = type(view.__name__, (*before, base), {}).as_view()
        if decorator is not None:
            ways[way] = decorator(ways[way])
        if name == "cached":
            ways[way] = cache_page(60, key_prefix=way)(ways[way])

    def answer(request: HttpRequest) -> HttpResponseBase:
        return ways[request.headers["Way"]](request)

    return answer


urlpatterns = [path(f"{name}/", _by_way(name)) for name in VIEWS]
