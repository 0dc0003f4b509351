"""Lists of hyperlinks, by routes and requests of all kinds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.db import models
from django.urls import include, path, re_path, register_converter, set_script_prefix, set_urlconf
from django.utils.translation import activate
from django.views import View
from rest_framework import relations, serializers, versioning
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.routers import DefaultRouter, SimpleRouter
from rest_framework.urlpatterns import format_suffix_patterns

from fast.shop.linking.models import Item, Maker, Odd, Word
from rowpath.fast.drf import StreamingList


class Elsewhere(View):
    """What links lead to."""


def with_urls_of_its_own(get_response: Any) -> Any:
    """Give a request that asks for it URLs that no other has."""

    def answer(request: Any) -> Any:
        if "Elsewhere" in request.headers:
            others = (one for one in settings.ROOT_URLCONF if one.name is None)
            request.urlconf = (*others, path("else/<int:pk>", GO, name="item-detail"))
        return get_response(request)

    return answer


class Upside:
    """A converter of the project's."""

    regex = "[0-9]+"

    def to_python(self, value: str) -> int:
        return int(value[::-1])

    def to_url(self, value: int) -> str:
        return str(value)[::-1]


register_converter(Upside, "upside")
GO = Elsewhere.as_view()


def detail(route: str, *more: Any) -> Callable[[Any], list[Any]]:
    """Return what makes the patterns of a view at /items/ and of `route`, called item-detail."""
    return lambda view: [*more, path("items/", view), path(route, GO, name="item-detail")]


def by_regex(*routes: str) -> Callable[[Any], list[Any]]:
    """Return what makes the patterns of a view at /items/ and of regular expressions."""
    return lambda view: [
        path("items/", view),
        *(re_path(route, GO, name="item-detail") for route in routes),
    ]


def linked(*names: str, of: type[models.Model] = Item, **members: Any) -> Any:
    """Return a serializer of fields of a model and of `members`."""
    fields = [name for name, one in members.items() if isinstance(one, serializers.Field)]
    meta = type("Meta", (), {"model": of, "fields": [*names, *fields]})
    return type("Linked", (serializers.ModelSerializer,), {"Meta": meta, **members})


def itself(view_name: str = "item-detail", **given: Any) -> Any:
    return serializers.HyperlinkedIdentityField(view_name=view_name, **given)


def other(view_name: str = "item-detail", **given: Any) -> Any:
    return serializers.HyperlinkedRelatedField(view_name=view_name, read_only=True, **given)


BY_NUMBER = detail("items/<int:pk>/")


@dataclass(frozen=True, kw_only=True)
class Case:
    """A list, and how it is asked for."""

    patterns: Callable[[Any], Sequence[Any]] = BY_NUMBER
    serializer: Callable[[], Any] = lambda: linked("name", url=itself())
    rows: Callable[[], Any] = Item.objects.all
    view: Mapping[str, Any] = field(default_factory=dict)
    mixins: tuple[type, ...] = ()
    path: str = "/items/"
    prefix: str = "/"
    is_called: bool = False
    way: str = "rows"
    query: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, Any] = field(default_factory=dict)
    """Keyword arguments of a client's get()."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Of DRF's."""


def _routed(make: Callable[[], Any]) -> Callable[[Any], Sequence[Any]]:
    def patterns(view: Any) -> Sequence[Any]:
        router = make()
        router.register("items", view.cls, basename="item")
        return list(router.urls)

    return patterns


def _namespaced(view: Any) -> Sequence[Any]:
    inner = ([path("items/", view), path("items/<int:pk>", GO, name="item-detail")], "app")
    return [
        path("v1/", include(inner, namespace="v1")),
        path("v2/", include(inner, namespace="v2")),
    ]


def _versioned(view: Any) -> Sequence[Any]:
    return [
        re_path(r"^(?P<version>(v1|v2))/items/$", view),
        re_path(r"^(?P<version>(v1|v2))/items/(?P<pk>[^/.]+)/$", GO, name="item-detail"),
    ]


def _suffixed(view: Any) -> Sequence[Any]:
    return format_suffix_patterns(
        [path("items", view), re_path(r"^items/(?P<pk>\d+)$", GO, name="item-detail")]
    )


def _localized(view: Any) -> Sequence[Any]:
    return i18n_patterns(path("items/", view), path("items/<int:pk>", GO, name="item-detail"))


class OwnLink(relations.HyperlinkedIdentityField):
    def get_url(self, obj: Any, *rest: Any) -> Any:
        return f"{super().get_url(obj, *rest)}?{obj.name}"


class OwnScheme(versioning.URLPathVersioning):
    def reverse(self, *args: Any, **kwargs: Any) -> Any:
        return f"{super().reverse(*args, **kwargs)}#own"


class SubScheme(versioning.URLPathVersioning):
    allowed_versions = ("v1",)


def _hyperlinked() -> Any:
    meta = type("Meta", (), {"model": Item, "fields": ["url", "name", "maker", "words", "makers"]})
    return type("Hyper", (serializers.HyperlinkedModelSerializer,), {"Meta": meta})


def _of_models(view: Any) -> Sequence[Any]:
    return [
        path("items/", view),
        path("items/<int:pk>/", GO, name="item-detail"),
        path("makers/<uuid:pk>/", GO, name="maker-detail"),
        path("words/<str:pk>/", GO, name="word-detail"),
    ]


ELSEWHERE: Any = (path("else/<int:pk>", GO, name="item-detail"),)


def _moving(move: Callable[[Any], object]) -> Any:
    def get_moved(self: Any, row: Any) -> int:
        self.context["request"].version = "v1" if row.pk % 3 else "v2"
        move(row)
        return int(row.pk)

    moved = serializers.SerializerMethodField()
    return linked("id", moved=moved, get_moved=get_moved, url=itself())


def _one(name: str, **given: Any) -> Callable[[], Any]:
    return lambda: linked("id", **{name: other(**given)})


def _many(name: str, **given: Any) -> Callable[[], Any]:
    return lambda: linked("id", **{name: other(many=True, **given)})


CASES = {
    "absolute": Case(asked={"SERVER_NAME": "other.example", "SERVER_PORT": "8080"}),
    "accepted_version": Case(
        view={"versioning_class": versioning.AcceptHeaderVersioning},
        asked={"HTTP_ACCEPT": "application/json; version=2"},
    ),
    "optional": Case(patterns=by_regex(r"^(?:a/)?(?P<pk>[0-9]+)/?$")),
    "ascii": Case(settings={"UNICODE_JSON": False}, patterns=detail("ü/<int:pk>")),
    "choices": Case(
        patterns=by_regex(r"^a/(?P<slug>[^/.]+)/$", r"^items/(?P<pk>[^/.]+)/$"),
    ),
    "code": Case(
        patterns=detail("items/<str:code>/"),
        serializer=lambda: linked("code", of=Maker, url=itself(lookup_field="code")),
        rows=Maker.objects.all,
    ),
    "composed": Case(
        serializer=lambda: linked("id", item=linked("name", url=itself())(source="*"))
    ),
    "defaulted": Case(
        patterns=detail("items/<int:pk>/", path("third/", GO, {"pk": 3}, name="item-detail")),
    ),
    "empty": Case(rows=Item.objects.none),
    "format_asked": Case(query={"format": "json"}),
    "host_version": Case(
        view={"versioning_class": versioning.HostNameVersioning},
        asked={"SERVER_NAME": "v1.example.com"},
    ),
    "https": Case(asked={"secure": True}),
    "keyword": Case(
        patterns=detail("items/<int:number>/"),
        serializer=lambda: linked(url=itself(lookup_field="number", lookup_url_kwarg="number")),
    ),
    "language": Case(patterns=_localized, path="/de/items/", asked={"HTTP_ACCEPT_LANGUAGE": "de"}),
    "many_keys": Case(
        patterns=detail("items/<uuid:pk>/"),
        serializer=_many("makers"),
        rows=lambda: Item.objects.prefetch_related("makers"),
    ),
    "many_texts": Case(
        patterns=by_regex(r"^w/(?P<code>[^/]+)$"),
        serializer=_many("makers", lookup_field="code"),
        rows=lambda: Item.objects.prefetch_related("makers"),
    ),
    "model": Case(
        patterns=_of_models,
        serializer=_hyperlinked,
        rows=lambda: Item.objects.prefetch_related("words", "makers"),
    ),
    "named": Case(serializer=lambda: linked("href"), settings={"URL_FIELD_NAME": "href"}),
    "namespaced": Case(
        patterns=_namespaced,
        view={"versioning_class": versioning.NamespaceVersioning},
        path="/v2/items/",
        settings={"ALLOWED_VERSIONS": ("v1", "v2")},
    ),
    "namespace_by_name": Case(
        patterns=_namespaced,
        serializer=lambda: linked(url=itself("app:item-detail")),
        path="/v2/items/",
    ),
    "nested": Case(
        patterns=_of_models,
        serializer=lambda: linked(
            "id", maker=linked("code", of=Maker, url=itself("maker-detail"))()
        ),
        rows=lambda: Item.objects.select_related("maker"),
    ),
    "one_key": Case(patterns=detail("items/<uuid:pk>/"), serializer=_one("maker")),
    "one_by_code": Case(
        patterns=detail("items/<code>/"),
        serializer=_one("maker", lookup_field="code"),
        rows=lambda: Item.objects.select_related("maker"),
    ),
    "one_by_nick": Case(
        patterns=detail("items/<nick>/"),
        serializer=_one("maker", lookup_field="nick"),
        rows=lambda: Item.objects.exclude(maker__isnull=False, maker__nick=None).select_related(
            "maker"
        ),
    ),
    "one_text": Case(patterns=detail("items/<pk>/"), serializer=_one("word")),
    "of_the_row": Case(serializer=_one("id")),
    "pages": Case(view={"pagination_class": LimitOffsetPagination}, query={"limit": "5"}),
    "prefixed": Case(prefix="/shop%/", asked={"SCRIPT_NAME": "/shop%"}),
    "of_a_request": Case(asked={"HTTP_ELSEWHERE": "yes"}),
    "queried_version": Case(
        view={"versioning_class": versioning.QueryParameterVersioning}, query={"version": "2"}
    ),
    "routed": Case(patterns=_routed(DefaultRouter)),
    "routed_by_suffix": Case(patterns=_routed(DefaultRouter), path="/items.json"),
    "routed_simply": Case(
        patterns=_routed(lambda: SimpleRouter(trailing_slash=False)), path="/items"
    ),
    "slug": Case(
        patterns=detail("items/<slug:it>/"),
        serializer=lambda: linked(url=itself(lookup_field="slug", lookup_url_kwarg="it")),
    ),
    "streamed": Case(mixins=(StreamingList,), view={"stream_above_rows": 3}),
    "streamed_of_a_request": Case(
        mixins=(StreamingList,),
        view={"stream_above_rows": 3},
        asked={"HTTP_ELSEWHERE": "yes"},
        prefix="/a/",
    ),
    "suffixed": Case(patterns=_suffixed, path="/items.json"),
    "suffixed_otherwise": Case(
        patterns=_suffixed,
        path="/items.json",
        serializer=lambda: linked(url=itself(format="html"), same=itself()),
    ),
    "unversioned_name": Case(
        patterns=lambda view: [
            path("v1/items/", view, {"version": "v1"}),
            *detail("i/<int:pk>")(view),
        ],
        view={"versioning_class": versioning.URLPathVersioning},
        path="/v1/items/",
    ),
    "versioned": Case(
        patterns=_versioned,
        view={"versioning_class": SubScheme},
        path="/v1/items/",
    ),
    "words": Case(
        patterns=detail("w/<str:pk>/"),
        serializer=lambda: linked("code", of=Word, url=itself()),
        rows=Word.objects.all,
    ),
}
# Those that DRF has to write, each for a reason of its own.
DRFS = {
    "any_path": Case(patterns=detail("items/<path:pk>/")),
    "backwards": Case(patterns=detail("items/<upside:pk>/")),
    "by_relation": Case(
        patterns=detail("items/<maker>/"),
        serializer=lambda: linked(url=itself(lookup_field="maker")),
        rows=lambda: Item.objects.filter(maker__isnull=False),
    ),
    "defaulted_first": Case(
        patterns=lambda view: [
            *BY_NUMBER(view),
            path("third/", GO, {"pk": 3}, name="item-detail"),
        ],
    ),
    "digits": Case(
        patterns=by_regex(r"^items/(?P<pk>[^/.]+)/$", r"^a/(?P<pk>[0-4]+)$"),
    ),
    "dotted": Case(
        patterns=detail("w/<str:code>/"),
        serializer=lambda: linked(of=Odd, url=itself(lookup_field="code")),
        rows=lambda: Odd.objects.filter(code=".."),
    ),
    "slashed": Case(
        patterns=by_regex(r"^w/(?P<code>[^.]+)/$"),
        serializer=lambda: linked(of=Odd, url=itself(lookup_field="code")),
        rows=lambda: Odd.objects.filter(code="a/b"),
    ),
    "negative": Case(
        serializer=lambda: linked(of=Odd, url=itself(lookup_field="number", lookup_url_kwarg="pk")),
        rows=lambda: Odd.objects.filter(number=-1),
    ),
    "no_text": Case(
        patterns=detail("w/<str:code>/"),
        serializer=lambda: linked(of=Odd, url=itself(lookup_field="code")),
        rows=lambda: Odd.objects.filter(code=""),
    ),
    "own_field": Case(serializer=lambda: linked(url=OwnLink(view_name="item-detail"))),
    "own_scheme": Case(
        patterns=_versioned, view={"versioning_class": OwnScheme}, path="/v1/items/"
    ),
    "looking": Case(patterns=by_regex(r"^items/(?=[1-9])(?P<pk>[0-9]+)$")),
    "looking_behind": Case(patterns=by_regex(r"^i/(?P<pk>.+)$", r"^items/(?P<pk>[0-9]+)(?<!7)$")),
    "not_text": Case(
        patterns=by_regex(r"^w/(?P<code>[a-z]+)$"),
        serializer=lambda: linked(of=Maker, url=itself(lookup_field="code")),
        rows=Maker.objects.all,
    ),
    "nothing": Case(
        patterns=detail("items/<nick>/"),
        serializer=lambda: linked(of=Maker, url=itself(lookup_field="nick")),
        rows=Maker.objects.all,
    ),
    "text_key_by_code": Case(
        patterns=detail("items/<code>/"),
        serializer=lambda: linked(of=Word, url=itself(lookup_field="code")),
        rows=Word.objects.all,
    ),
    "twice": Case(patterns=by_regex(r"^(?P<pk>[0-9]+)/(?P=pk)$")),
    "unknown": Case(serializer=lambda: linked(url=itself("nowhere"))),
    "values": Case(
        serializer=lambda: linked("name", url=itself()),
        rows=lambda: Item.objects.values("name", "id"),
    ),
}
# Those in which a method changes what the next links are made of.
MOVING = {
    "another_language": Case(
        patterns=_localized,
        path="/de/items/",
        serializer=lambda: _moving(lambda row: activate("de" if row.pk % 3 else "en")),
    ),
    "another_prefix": Case(
        serializer=lambda: _moving(lambda row: set_script_prefix(f"/{row.pk % 3}/"))
    ),
    "another_urlconf": Case(
        serializer=lambda: _moving(lambda row: set_urlconf(ELSEWHERE if row.pk % 3 else None))
    ),
    "another_version": Case(
        serializer=lambda: _moving(lambda _: None),
        patterns=_versioned,
        view={"versioning_class": versioning.URLPathVersioning},
        path="/v1/items/",
    ),
}
ALL = {**CASES, **DRFS, **MOVING}
