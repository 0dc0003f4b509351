"""A patch of generic foreign keys: which row of whichever model is read."""

from functools import cache
from typing import Any

from django.contrib.contenttypes import fields

from rowpath.capture.patching import Patch
from rowpath.explain.django.related_descriptors import reading_one
from rowpath.explain.recording.recorder import Recorder
from rowpath.explain.trails import Hop, Way

# Since Django 6 the field is apart from what reads it.
_READING: Any = getattr(fields, "GenericForeignKeyDescriptor", fields.GenericForeignKey)
METHODS: dict[type, tuple[str, ...]] = {_READING: ("__get__",)}
FINDING = "generic foreign keys that are loaded row by row"


def patches(recorder: Recorder) -> tuple[Patch, ...]:
    """Return the patch by which a recorder learns which generic relation a statement is for."""
    return (Patch(_READING, {"__get__": lambda original: reading_one(original, recorder, _hop)}),)


@cache
def _hop(descriptor: Any) -> Hop:
    # It leads to one row, which no join can reach: a prefetch does.
    return Hop(name=getattr(descriptor, "field", descriptor).name, way=Way.MANY)
