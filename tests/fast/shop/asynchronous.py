"""Asynchronous views of adrf, each asked as adrf has it and with AsyncFastListMixin."""

from typing import Any
from unittest.mock import patch

from adrf import generics, mixins, serializers, viewsets
from adrf.test import AsyncAPIRequestFactory
from asgiref.sync import async_to_sync
from django.db import connection
from django.db.models.query import QuerySet
from django.test.utils import CaptureQueriesContext
from rest_framework.exceptions import NotFound
from rest_framework.filters import BaseFilterBackend, SearchFilter
from rest_framework.pagination import PageNumberPagination
from rest_framework.relations import SlugRelatedField
from rest_framework.renderers import JSONRenderer
from rest_framework.serializers import SerializerMethodField

from fast.shop.models import Note, Topic
from fast.shop.views import NOTES, FlatFields, TopicFields
from rowpath.fast.drf import AsyncFastListMixin, outcome_of


class Pages(PageNumberPagination):
    page_size = 4


class PagesLater(Pages):
    async def get_paginated_response(self, data: Any) -> Any:  # type: ignore[override]
        response = super().get_paginated_response(data)
        response.data["later"] = True
        return response


class FiltersLater(BaseFilterBackend):
    async def filter_queryset(self, _request: Any, queryset: Any, _view: Any) -> Any:  # type: ignore[override]
        return queryset.filter(pk__gt=3)


class WithMethod(FlatFields):
    length = SerializerMethodField()

    class Meta(FlatFields.Meta):
        fields = (*FlatFields.Meta.fields, "length")  # type: ignore[assignment]

    def get_length(self, note: Note) -> int:
        return len(note.text)


class Later(serializers.ModelSerializer):
    class Meta:
        model = Note
        fields = ("id", "text")


class LaterAsDrf(serializers.ModelSerializer):
    """Whose rows adrf represents as DRF would."""

    topic_name = serializers.CharField(source="topic.name", default=None)
    whose = SlugRelatedField(slug_field="username", source="owner", read_only=True)
    about = TopicFields(source="topic")

    class Meta:
        model = Note
        fields = ("id", "text", "topic", "topic_name", "whose", "about")


class LaterByMethod(LaterAsDrf):
    length = SerializerMethodField()

    class Meta(LaterAsDrf.Meta):
        fields = (*LaterAsDrf.Meta.fields, "length")  # type: ignore[assignment]

    def get_length(self, note: Note) -> int:
        return len(note.text)


class Awaited(LaterAsDrf):
    length = serializers.SerializerMethodField()

    class Meta(LaterAsDrf.Meta):
        fields = (*LaterAsDrf.Meta.fields, "length")  # type: ignore[assignment]

    async def get_length(self, note: Note) -> int:
        return len(note.text)


class OwnLater(LaterAsDrf):
    async def ato_representation(self, instance: Note) -> Any:
        return {**await super().ato_representation(instance), "own": True}


class OwnNow(LaterAsDrf):
    """Whose own method adrf does not ask."""

    def to_representation(self, _: Any) -> Any:
        raise AssertionError("adrf asks for no to_representation()")


class Loud(serializers.CharField):
    """Whose own method adrf does not ask, either."""

    def to_representation(self, value: Any) -> Any:
        return f"{super().to_representation(value)}!"


class WithLoud(Later):
    text = Loud()


class LaterTopic(serializers.ModelSerializer):
    class Meta:
        model = Topic
        fields = ("name",)


class WithLater(Later):
    topic = LaterTopic()

    class Meta(Later.Meta):
        fields = (*Later.Meta.fields, "topic")  # type: ignore[assignment]


class ListedLater(serializers.ListSerializer):
    async def ato_representation(self, data: Any) -> Any:
        return (await super().ato_representation(data))[::-1]


class OwnListing(Later):
    class Meta(Later.Meta):
        list_serializer_class = ListedLater


class ByRequest(Later):
    def get_fields(self) -> Any:
        return {"id": super().get_fields()["id"]}


class Plain(generics.ListAPIView):
    queryset = NOTES
    serializer_class: Any = FlatFields


class Paged(Plain):
    pagination_class = Pages


class Searched(Paged):
    filter_backends = (SearchFilter,)
    search_fields = ("text",)


class ByMethod(Paged):
    serializer_class = WithMethod


class AsViewSet(viewsets.ModelViewSet):
    queryset = NOTES
    serializer_class = FlatFields
    pagination_class = Pages


class SerializedLater(Paged):
    serializer_class = Later


class SerializedAsDrf(Paged):
    serializer_class = LaterAsDrf


class SerializedWhole(Plain):
    serializer_class = LaterAsDrf


class SerializedByMethod(Paged):
    serializer_class = LaterByMethod


SERIALIZED = {
    serializer.__name__: type(serializer.__name__, (Plain,), {"serializer_class": serializer})
    for serializer in (Awaited, OwnLater, OwnNow, WithLoud, OwnListing, ByRequest)
}


class Backwards(QuerySet[Note]):
    """Which adrf's serializers do not read by its iterator."""

    def __iter__(self) -> Any:
        return iter([*super().__iter__()][::-1])


class ReadOtherwise(Plain):
    serializer_class: Any = LaterAsDrf

    def get_queryset(self) -> Any:
        return Backwards(Note).order_by("pk")


class ReadOtherwiseNow(ReadOtherwise):
    serializer_class = FlatFields


class NestedLater(Plain):
    queryset = NOTES.select_related("topic")
    serializer_class = WithLater


class Indented(Plain):
    serializer_class = Later
    renderer_classes = (type("Own", (JSONRenderer,), {"get_indent": lambda *_: 2}),)


class FilteredLater(Paged):
    filter_backends = (FiltersLater,)


class PagedLater(Plain):
    pagination_class = PagesLater


class OwnList(Paged):
    def list(self, *_: Any, **__: Any) -> Any:
        raise AssertionError("adrf asks for no list()")


class OwnFilter(Paged):
    def filter_queryset(self, _: Any) -> Any:
        raise AssertionError("adrf asks for no filter_queryset()")


class OwnEnvelope(Paged):
    def get_paginated_response(self, _: Any) -> Any:
        raise AssertionError("adrf asks for no get_paginated_response()")


class OwnAsyncFilter(Paged):
    async def afilter_queryset(self, queryset: Any) -> Any:
        return queryset.filter(pk__gt=5)


class OwnAsyncList(Paged):
    async def alist(self, *args: Any, **kwargs: Any) -> Any:
        response = await super().alist(*args, **kwargs)
        response["Own"] = "1"
        return response


class InFront(OwnAsyncList):
    """Whose own alist() stands in front of the mixin's, where a project writes both."""


class FastInFront(AsyncFastListMixin, Paged):
    async def alist(self, *args: Any, **kwargs: Any) -> Any:
        response = await super().alist(*args, **kwargs)
        response["Own"] = "1"
        return response


class OnTheInstance(Paged):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.filter_queryset = lambda _: 1 / 0


class Raising(Paged):
    def get_serializer_class(self) -> Any:
        raise NotFound("no serializer")


VIEWS: dict[str, Any] = {
    view.__name__: view
    for view in (
        *(Plain, Paged, Searched, ByMethod, AsViewSet, SerializedLater, FilteredLater),
        *(PagedLater, OwnList, OwnFilter, OwnEnvelope, OwnAsyncFilter, OwnAsyncList),
        *(InFront, OnTheInstance, Raising, SerializedAsDrf, SerializedWhole, SerializedByMethod),
        *(NestedLater, Indented, ReadOtherwise, ReadOtherwiseNow, *SERIALIZED.values()),
    )
}


def compared(view: str, query: str) -> tuple[int, str | None, str | None, list[int]]:
    """Return the status, by which path and way the mixin answers, and the statements of both.

    Both answers are the same in what a client sees and in what the response has as its data.
    """
    theirs, ours = VIEWS[view], _fast(VIEWS[view])
    (expected, by_adrf), (found, by_us) = _asked(theirs, query), _asked(ours, query)
    for part in ("status_code", "headers", "content", "data"):
        assert getattr(found, part) == getattr(expected, part), part
    outcome = outcome_of(found)
    path, made = (None, None) if outcome is None else (outcome.path, outcome.made)
    return found.status_code, path, made, [by_adrf, by_us]


def patched() -> list[bool]:
    """Return whether an alist() that was put into adrf is asked, before the first list and after.

    And then whether it is not any more.
    """
    told = []
    view = _fast(Paged)

    async def alist(self: Any, *args: Any, **kwargs: Any) -> Any:
        response = await original(self, *args, **kwargs)
        response["Patched"] = "1"
        return response

    original = mixins.ListModelMixin.alist
    for _ in range(2):
        with patch.object(mixins.ListModelMixin, "alist", alist):
            told.append("Patched" in _asked(view, "")[0].headers)
        told.append("Patched" in _asked(view, "")[0].headers)
    return told


def _fast(view: Any) -> Any:
    if view is InFront:
        return FastInFront
    return type(view.__name__, (AsyncFastListMixin, view), {})


def _asked(view: Any, query: str) -> tuple[Any, int]:
    actions = ({"get": "alist"},) if issubclass(view, viewsets.ModelViewSet) else ()

    async def ask() -> Any:
        return await view.as_view(*actions)(AsyncAPIRequestFactory().get(f"/{query}"))

    with CaptureQueriesContext(connection) as sent:
        response = async_to_sync(ask)()
        response.render()
    return response, len(sent)
