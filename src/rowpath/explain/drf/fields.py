"""Which field of a serializer reads, told from the frames of DRF's own code."""

from types import FrameType
from typing import Any

from rest_framework.fields import Field

from rowpath.explain.changes.declarations import declared
from rowpath.explain.values import Reader

READING = frozenset({"get_attribute", "to_representation", "get_instance"})
"""The methods of DRF's whose frames are told of."""


def reader_of(frame: FrameType) -> Reader | None:
    """Return the serializer's field that a frame of READING reads for, where it is declared."""
    field = frame.f_locals.get("self")
    if not isinstance(field, Field) or not field.field_name or field.parent is None:
        return None
    owner: Any = type(field.parent)
    name = field.field_name
    file, line = declared(owner, name)
    return Reader(text=f"{owner.__name__}.{name}", file=file, line=line)
