"""Generic views and functions of DRF's, without FastListMixin."""

import json
from typing import Any

from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.generics import ListAPIView
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from fast.shop.models import Topic
from fast.shop.passing.views import Pages
from fast.shop.writing import answered
from rowpath.fast.drf import FastMixin, FastSerializer, outcome_of
from rowpath.fast.drf.admission.passing import _sites


class Topics(serializers.ModelSerializer[Topic]):
    class Meta:
        model = Topic
        fields = ("id", "name")


class FastTopics(FastSerializer, Topics):
    pass


class _Listing(ListAPIView[Any]):
    """Without a mixin."""

    queryset = Topic.objects.order_by("pk")
    serializer_class = Topics


class Paged(_Listing):
    pagination_class = Pages


class _Rewritten(Paged):
    def list(self, request: Any, *_: Any, **__: Any) -> Response:
        queryset = self.filter_queryset(self.get_queryset())
        page = self.paginate_queryset(queryset)
        if page is not None and "all" not in request.query_params:
            serializer = self.get_serializer(page, many=True)
            return self.get_paginated_response(serializer.data)
        serializer = self.get_serializer(queryset, many=True)
        return Response(serializer.data)


class _ByItsPaginator(Paged):
    def get(self, *_: Any, **__: Any) -> Any:
        page = self.paginate_queryset(self.get_queryset())
        assert self.paginator is not None
        return self.paginator.get_paginated_response(self.get_serializer(page, many=True).data)


class _Enveloping(_Rewritten):
    def get_paginated_response(self, data: Any) -> Response:
        return Response({"rows": json.loads(json.dumps(data))})


GENERIC = {
    "list": _Listing,
    "paged": Paged,
    "rewritten": _Rewritten,
    "by_its_paginator": _ByItsPaginator,
    "enveloping": _Enveloping,
}


def generic(of: str, by: str, query: str = "", **said: Any) -> dict[str, Any]:
    """Return what a generic view answers without FastListMixin: its serializer, or it, is fast."""
    _sites.clear()
    base = GENERIC[of]
    fast = {
        "serializer": type("Fast", (base,), {"serializer_class": FastTopics}),
        "view": type("Fast", (FastMixin, base), {}),
    }
    theirs, _ = answered(base, QUERY_STRING=query, **said)
    ours, way = answered(fast[by], QUERY_STRING=query, **said)
    return {"theirs": theirs, "ours": ours, "way": way}


@api_view()
def by_drfs(_request: Any) -> Response:
    return Response(Topics(Topic.objects.order_by("pk"), many=True).data)


@api_view()
def by_ours(_request: Any) -> Response:
    return Response(FastTopics(Topic.objects.order_by("pk"), many=True).data)


def by_function() -> dict[str, Any]:
    """Return what a view answers that is a function."""
    request = APIRequestFactory().get("/")
    theirs, ours = by_drfs(request).render(), by_ours(request).render()
    outcome = outcome_of(ours)
    return {
        "theirs": theirs.content.decode(),
        "ours": ours.content.decode(),
        "way": outcome and outcome.way,
    }
