"""The serializer that a view makes for this request, where its fields are the request's own."""

from typing import Any, NoReturn

from rest_framework.generics import GenericAPIView
from rest_framework.serializers import ListSerializer, Serializer

from rowpath.fast.fallback import CannotCompileError


def serializer_of(view: GenericAPIView) -> Serializer:
    """Return what `view` makes for its rows, without rows. Raises CannotCompileError.

    Whatever looks at the rows while the serializer and its fields are made gets a
    CannotCompileError, and so does this one's caller, whoever catches the first.
    """
    rows = _Unread()
    try:
        child = _child_of(view.get_serializer(rows, many=True))
        _make_fields(child)
    except Exception:
        _check_unread(rows)
        raise
    _check_unread(rows)
    return child


def _child_of(made: Any) -> Serializer:
    if type(made) is not ListSerializer:
        raise CannotCompileError(f"get_serializer() returns a {type(made).__name__}")
    if own := vars(made).keys() & {"to_representation", "data", "get_attribute"}:
        raise CannotCompileError(f"get_serializer() puts a {min(own)} into its serializer")
    if not isinstance(made.child, Serializer):
        raise CannotCompileError(f"{type(made.child).__name__} is not a Serializer with fields")
    return made.child


def _make_fields(serializer: Serializer) -> None:
    for field in serializer._readable_fields:
        child = field.child if isinstance(field, ListSerializer) else field
        if isinstance(child, Serializer):
            _make_fields(child)


def _check_unread(rows: "_Unread") -> None:
    if object.__getattribute__(rows, "touched"):
        raise CannotCompileError(_LOOKS) from None


def _refuse(rows: "_Unread", *_: Any) -> NoReturn:
    object.__setattr__(rows, "touched", True)
    raise CannotCompileError(_LOOKS)


_LOOKS = "the serializer looks at the rows while it is made"


class _Unread:
    """Stands for rows that are not read yet, and refuses everything but to be passed on.

    It notes that it was asked. What only type() and `is` tell, it cannot see.
    """

    __slots__ = ("touched",)

    def __init__(self) -> None:
        object.__setattr__(self, "touched", False)

    __getattr__ = __setattr__ = __delattr__ = __dir__ = __reduce_ex__ = __reduce__ = _refuse
    __iter__ = __reversed__ = __len__ = __bool__ = __getitem__ = __contains__ = __call__ = _refuse
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __hash__ = _refuse
    __repr__ = __str__ = __format__ = __and__ = __or__ = __xor__ = __add__ = __radd__ = _refuse
    __class__ = property(_refuse)  # which isinstance() asks for
