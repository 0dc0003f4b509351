"""Lists that compile, and some of whose values are DRF's to write; the URLs of some of them."""

import logging
from typing import Any

from django.db.models import F
from django.test import RequestFactory
from django.urls import path
from rest_framework import serializers
from rest_framework.generics import ListAPIView

from fast.shop.lists import Pages
from fast.shop.models import Note
from fast.shop.ways import fast


class Called(serializers.Serializer):
    topic = serializers.CharField(source="topic.name", default=str)


class CalledNotes(ListAPIView):
    """Every fourth note has no topic."""

    queryset = Note.objects.order_by("id")
    serializer_class = Called


class CalledPages(CalledNotes):
    """The last pages have notes without a topic."""

    queryset = Note.objects.order_by(F("topic").asc(nulls_last=True), "id")
    pagination_class = Pages


urlpatterns = [path("called/", fast(CalledNotes).as_view())]


def warnings_of(*, pages: list[int], requests: int) -> list[str]:
    """Return what is logged as a warning while these pages are asked for again and again."""
    view = fast(type("Listed", (CalledPages,), {"serializer_class": type("Own", (Called,), {})}))
    heard = _Heard()
    logger = logging.getLogger("rowpath.fast")
    logger.addHandler(heard)
    try:
        for number in range(requests):
            request = RequestFactory().get("/", {"page": pages[number % len(pages)]})
            view.as_view()(request).render()
    finally:
        logger.removeHandler(heard)
    return heard.messages


class _Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: Any) -> None:
        self.messages.append(record.getMessage())
