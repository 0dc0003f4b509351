"""A patch of generic foreign keys: which row of whichever model is read."""

from collections.abc import Callable
from typing import Any

from django.contrib.contenttypes import fields
from django.db.models import Model

from rowpath.capture.patching import Patch
from rowpath.explain.django.query import retag, tag_of
from rowpath.explain.recorder import Recorder, extended
from rowpath.explain.trails import Hop, Way

# Since Django 6 the field is apart from what reads it.
_READING: Any = getattr(fields, "GenericForeignKeyDescriptor", fields.GenericForeignKey)
METHODS: dict[type, tuple[str, ...]] = {_READING: ("__get__",)}
FINDING = "generic foreign keys that are loaded row by row"


def patches(recorder: Recorder) -> tuple[Patch, ...]:
    """Return the patch by which a recorder learns which generic relation a statement is for."""
    return (Patch(_READING, {"__get__": lambda original: _generic(original, recorder)}),)


def _generic(original: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    def get(descriptor: Any, instance: Model | None, owner: Any = None) -> Any:
        if instance is None or not recorder.is_watching:
            return original(descriptor, instance, owner)
        name = getattr(descriptor, "field", descriptor).name
        # It leads to one row, which no join can reach: a prefetch does.
        reached = extended(tag_of(instance), Hop(name=name, way=Way.MANY))
        recorder.accesses.append(reached)
        try:
            value = original(descriptor, instance, owner)
        finally:
            recorder.accesses.pop()
        if reached is not None and isinstance(value, Model):
            retag(value, reached)
        return value

    return get
