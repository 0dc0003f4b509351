"""The serializer that a view makes for this request, where its fields are the request's own."""

from typing import Any, NoReturn

from rest_framework.generics import GenericAPIView
from rest_framework.serializers import ListSerializer, Serializer

from rowpath.fast.fallback import CannotCompileError


def serializer_of(view: GenericAPIView) -> Serializer:
    """Return what `view` makes for its rows, without rows. Raises CannotCompileError.

    Whatever looks at the rows while the serializer is made gets a CannotCompileError.
    """
    made = view.get_serializer(_Unread(), many=True)
    if type(made) is not ListSerializer:
        raise CannotCompileError(f"get_serializer() returns a {type(made).__name__}")
    child = made.child
    if not isinstance(child, Serializer):
        raise CannotCompileError(f"{type(child).__name__} is not a Serializer with fields")
    return child


def _refuse(*_: Any) -> NoReturn:
    raise CannotCompileError("the serializer looks at the rows while it is made")


class _Unread:
    """Stands for rows that are not read yet, and refuses everything but to be passed on."""

    __getattr__ = __iter__ = __len__ = __bool__ = __getitem__ = __contains__ = _refuse
    __class__ = property(_refuse)  # which isinstance() asks for
