"""DRF's own answer of a list, from where it has its queryset, and who makes the data of it."""

from typing import Any

from django.db.models.query import QuerySet
from rest_framework.generics import GenericAPIView
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from rowpath.fast.drf.answering.shadow import turned_off
from rowpath.fast.drf.data.guard import guarded
from rowpath.fast.drf.data.without_base import Data


def ordinary_answer(view: GenericAPIView, queryset: QuerySet) -> Response:
    """Answer as ListModelMixin does, from where it has its queryset."""
    page = view.paginate_queryset(queryset)
    serializer = view.get_serializer(queryset if page is None else page, many=True)
    data = serializer.data
    return Response(data) if page is None else view.get_paginated_response(data)


class ListData:
    """Makes the data of one list of `view`, and tells afterwards whether that was rowpath."""

    def __init__(self, view: GenericAPIView) -> None:
        self.is_rowpaths = False
        self._view = view

    def __call__(self, serializer: BaseSerializer) -> Any:
        """Return the data of `serializer`."""
        if not guarded(lambda: turned_off(type(self._view)) is None):
            return serializer.data
        make = Data()
        data = make(serializer)
        self.is_rowpaths = make.is_rowpaths
        return data
