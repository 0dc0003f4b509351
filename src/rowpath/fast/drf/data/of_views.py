"""The serializers of views that say so are marked as DRF's get_serializer() makes them.

It is the function of DRF's GenericAPIView that looks, rather than one of a mixin's in front of it:
tools that describe an API, and rowpath, tell by that function whether a view has one of its own.
"""

from typing import Any

from rest_framework.generics import GenericAPIView
from rest_framework.serializers import BaseSerializer

from rowpath.fast.drf.data.hook import Function, put
from rowpath.fast.drf.data.without_base import stand_in

MARKS = "_rowpath_marks"
"""What a view has whose serializers are marked."""


def _marking(theirs: Function) -> Function:
    def get_serializer(self: GenericAPIView, *args: Any, **kwargs: Any) -> BaseSerializer:
        serializer: BaseSerializer = theirs(self, *args, **kwargs)
        if getattr(self, MARKS, False) is True:
            stand_in(serializer)
        return serializer

    return get_serializer


put(GenericAPIView, "get_serializer", _marking)
