"""What compiling is asked of one process: what it keeps, and what it refuses."""

import gc
import weakref
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Prefetch
from rest_framework.generics import ListAPIView
from rest_framework.serializers import CharField, Serializer
from rest_framework.test import APIRequestFactory

from fast.shop.lists import LISTS
from fast.shop.models import Category, Product
from fast.shop.ways import fast
from rowpath.fast.django.kinds import kind_of
from rowpath.fast.drf import outcome_of
from rowpath.fast.fallback import CannotCompileError


def requests_kept(of: str) -> int:
    """Return how many of five requests for the list `of` are still there when all are done."""
    seen: list[weakref.ref[Any]] = []
    view = fast(LISTS[of][0])

    def noted(self: Any, *args: Any, **kwargs: Any) -> Any:
        request = ListAPIView.initialize_request(self, *args, **kwargs)
        seen.append(weakref.ref(request))
        return request

    view.initialize_request = noted
    for _ in range(5):
        view.as_view()(APIRequestFactory().get("/")).render()
    gc.collect()
    return sum(one() is not None for one in seen)


def refused_arrays() -> list[str]:
    """Return why arrays of what is no plain value have no kind."""
    items = (models.FileField(), models.ImageField(), models.BinaryField())
    reasons = []
    for item in (*items, ArrayField(models.FileField())):
        try:
            kind_of(ArrayField(item))
        except CannotCompileError as error:
            reasons.append(str(error))
    return reasons


def over_and_back() -> list[object]:
    """Return how a list is answered that comes back to its row, and whether as by DRF."""
    none = Category.objects.filter(pk=-1)
    rows = Product.objects.order_by("id").prefetch_related(Prefetch("category", none))
    name = CharField(source="detail.product.category.name", allow_null=True)
    serializer = type("Back", (Serializer,), {"name": name})
    view: Any = type("View", (ListAPIView,), {"queryset": rows, "serializer_class": serializer})
    ours, theirs = (
        one.as_view()(APIRequestFactory().get("/")).render() for one in (fast(view), view)
    )
    outcome = outcome_of(ours)
    return [str(outcome and outcome.reason), ours.content == theirs.content]


def serializers_made(of: str, requests: int) -> int:
    """Return how many serializers the fast view of the list `of` makes for so many requests."""
    made = 0

    def counted(self: Any, *args: Any, **kwargs: Any) -> Any:
        nonlocal made
        made += 1
        return ListAPIView.get_serializer(self, *args, **kwargs)

    view = type("Counting", (fast(LISTS[of][0]),), {"get_serializer": counted})
    for _ in range(requests):
        view.as_view()(APIRequestFactory().get("/")).render()
    return made
