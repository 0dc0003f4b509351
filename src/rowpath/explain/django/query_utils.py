"""A patch of `django.db.models.query_utils`: which deferred column of which row is loaded."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.db.models import Model
from django.db.models.query_utils import DeferredAttribute

from rowpath.capture.patching import Patch
from rowpath.explain.django.query import tag_of
from rowpath.explain.recording.recorder import Recorder
from rowpath.explain.trails import Hop, Way

METHODS: dict[type, tuple[str, ...]] = {DeferredAttribute: ("__get__",)}
FINDING = "columns that are loaded row by row"


@cache
def _hop(name: str) -> Hop:
    return Hop(name=name, way=Way.COLUMN)


def patches(recorder: Recorder) -> tuple[Patch, ...]:
    """Return the patch by which a recorder learns which column a statement is for."""
    return (Patch(DeferredAttribute, {"__get__": lambda original: _deferred(original, recorder)}),)


def _deferred(original: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    def get(descriptor: Any, instance: Model | None, owner: Any = None) -> Any:
        if instance is None:
            return original(descriptor, instance, owner)
        name = descriptor.field.attname
        if name in (row := instance.__dict__):
            return row[name]
        if not recorder.is_watching:
            return original(descriptor, instance, owner)
        tag = tag_of(instance)
        access = None if tag is None else (tag.reached(_hop(name)), instance)
        return recorder.loading(access, original, descriptor, instance, owner)

    return get
