"""The URLs that rowpath_plan is tried on: lists that are fast, fall back, or are broken."""

from typing import Any

from django.urls import include, path
from rest_framework.generics import CreateAPIView, ListAPIView
from rest_framework.routers import DefaultRouter
from rest_framework.views import APIView
from rest_framework.viewsets import ReadOnlyModelViewSet

from fast.shop.lists import LISTS, Pages
from fast.shop.models import Note
from fast.shop.views import NOTES, Flat, FlatFields, NoteFields, Own
from fast.shop.ways import fast


class NoteSet(ReadOnlyModelViewSet):
    queryset = NOTES
    serializer_class = NoteFields
    pagination_class = Pages


class OfOwner(ListAPIView):
    serializer_class = FlatFields

    def get_queryset(self) -> Any:
        return NOTES.filter(owner__username=self.kwargs["name"])


class WithoutQueryset(ListAPIView):
    serializer_class = FlatFields


class WithoutSerializer(ListAPIView):
    queryset = NOTES


class Raising(ListAPIView):
    serializer_class = FlatFields

    def get_queryset(self) -> Any:
        raise ZeroDivisionError("no queryset today")


class Extra(ListAPIView):
    queryset = NOTES.extra(select={"x": "no_such_column"})
    serializer_class = FlatFields


class BadRows(ListAPIView):
    """Its statement compiles, and fails when it is run."""

    serializer_class = FlatFields

    def get_queryset(self) -> Any:
        return Note.objects.using("missing")


class NotAList(APIView):
    """A view without rows, which is no list."""


class Creating(CreateAPIView):
    """A view that lists nothing, which is no list either."""

    queryset = NOTES
    serializer_class = FlatFields


router = DefaultRouter()
router.register("sets", fast(NoteSet))

urlpatterns = [
    path("fast/", fast(Flat).as_view()),
    path("plain/", Flat.as_view()),
    path("method/", fast(LISTS["method"][0]).as_view()),
    path("plain-method/", LISTS["method"][0].as_view()),
    path("empty/", fast(LISTS["empty"][0]).as_view()),
    path("owners/<str:name>/notes/", fast(OfOwner).as_view()),
    path("own/", fast(Own).as_view()),
    path("broken/queryset/", fast(WithoutQueryset).as_view()),
    path("broken/serializer/", fast(WithoutSerializer).as_view()),
    path("broken/raising/", Raising.as_view()),
    path("broken/extra/", Extra.as_view()),
    path("broken/rows/", fast(BadRows).as_view()),
    path("no-rows/", NotAList.as_view()),
    path("creating/", Creating.as_view()),
    path("nested/", include([path("fast/", fast(Flat).as_view())])),
    path("router/", include(router.urls)),
]
