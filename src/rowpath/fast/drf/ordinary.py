"""DRF's own answer of a list, from where it has its queryset, and who makes the data of it."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models.query import QuerySet
from rest_framework.generics import GenericAPIView
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from rowpath.fast.drf.data.guard import guarded
from rowpath.fast.drf.data.without_base import Data
from rowpath.fast.drf.shadow import turned_off

DataOf = Callable[[BaseSerializer], Any]
"""Makes a serializer's data."""


def drfs_data(serializer: BaseSerializer) -> Any:
    """Return the data of `serializer` as DRF makes it."""
    return serializer.data


def ordinary_answer(view: GenericAPIView, queryset: QuerySet, data_of: DataOf) -> Response:
    """Answer as ListModelMixin does, from where it has its queryset."""
    page = view.paginate_queryset(queryset)
    if page is None:
        return answer_of(view, queryset, data_of, is_page=False)
    return answer_of(view, page, data_of, is_page=True)


def answer_of(
    view: GenericAPIView, rows: Sequence[Any] | QuerySet, data_of: DataOf, *, is_page: bool
) -> Response:
    """Answer as ListModelMixin does, from where it has its rows."""
    data = data_of(view.get_serializer(rows, many=True))
    return view.get_paginated_response(data) if is_page else Response(data)


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
