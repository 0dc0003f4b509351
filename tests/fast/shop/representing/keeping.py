"""What is left of a request once its data are made."""

import gc
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any
from weakref import ref

from django.utils import timezone
from rest_framework import serializers

from fast.exact import stand_in_a_module
from fast.shop.representing.bases import recorded
from fast.shop.representing.of_objects import Shop
from fast.shop.representing.values import MOMENT
from rowpath.fast.drf import FastSerializer


class _Watched:
    """A value of a context that knows when it is looked at."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        recorded.append("compared")
        return self is other


_of_a_request: ContextVar[Any] = ContextVar("of_a_request")


def left_alone() -> dict[str, Any]:
    """Make data with something of a request in its context; tell what was done to that."""

    class Made(FastSerializer, serializers.Serializer):
        created = serializers.DateTimeField()

    stand_in_a_module(Made)
    recorded.clear()
    row = SimpleNamespace(created=MOMENT)
    gone = []
    for zone in (None, "Asia/Kathmandu", None):
        value = _Watched()
        gone.append(ref(value))
        token = _of_a_request.set(value)
        with timezone.override(zone):
            assert Made([row, row], many=True).data
        _of_a_request.reset(token)
        del token
    del value
    return {"seen": list(recorded), "kept": sum(each() is not None for each in gone)}


def let_go() -> list[str]:
    """Tell what of a request waits for the search for cycles, or stays for good, after its data."""

    class Made(FastSerializer, serializers.Serializer):
        missing = serializers.CharField(required=False)
        far = serializers.CharField(source="a.b", default=None)

    waiting = []
    row = Shop(1)
    gone = ref(row)
    gc.disable()
    try:
        represent = Made(context={}).to_representation
        represent(row)
        del row
        if gone() is not None:
            waiting.append("a row without an attribute")
    finally:
        gc.enable()
    classes = []
    for _ in range(3):
        of_request = type(
            "OfRequest",
            (FastSerializer, serializers.Serializer),
            {"missing": serializers.CharField(required=False)},
        )
        of_request(Shop(1)).data  # noqa: B018 - it is asked for
        of_request([Shop(2)], many=True).data  # noqa: B018
        classes.append(ref(of_request))
    del of_request
    gc.collect()
    waiting += ["a class of a request" for each in classes if each() is not None]
    return waiting
