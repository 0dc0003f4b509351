"""Lists that a StreamingList answers, in pieces or not."""

from typing import Any

from django.urls import path
from rest_framework.generics import ListAPIView
from rest_framework.pagination import PageNumberPagination

from fast.shop.asynchronous import WithMethod
from fast.shop.models import Note
from fast.shop.views import NOTES, FlatFields
from rowpath.fast.drf import FastListMixin, StreamingList


class Rows(StreamingList, ListAPIView):
    queryset = NOTES
    serializer_class: Any = FlatFields


class Pages(PageNumberPagination):
    page_size = 2


class Paged(Rows):
    pagination_class = Pages


class Unsaid(Rows):
    serializer_class = WithMethod


class Said(Unsaid):
    stream_instances = True


class Prefetching(Said):
    queryset = NOTES.prefetch_related("topic")


class AroundThem(WithMethod):
    def get_length(self, note: Note) -> int:
        around: Any = self.parent
        return len(note.text) + len(around.instance)


class Around(Said):
    serializer_class = AroundThem


class Plain(FastListMixin, ListAPIView):
    queryset = NOTES
    serializer_class = WithMethod


VIEWS = (Rows, Paged, Unsaid, Said, Prefetching, Around, Plain)
urlpatterns = [path(f"{view.__name__}/", view.as_view()) for view in VIEWS]
