"""Patches of what DRF spends a request's time in, so that each phase is timed."""

from collections.abc import Callable
from typing import Any

from rest_framework.response import Response
from rest_framework.serializers import ListSerializer, Serializer

from rowpath.capture.patching import Patch
from rowpath.explain.recording.phase_clock import Clock

METHODS: dict[type, tuple[str, ...]] = {
    ListSerializer: ("to_representation",),
    Serializer: ("to_representation",),
    Response: ("rendered_content",),
}
FINDING = "where the time goes"


def patches(clock: Clock) -> tuple[Patch, ...]:
    """Return the patches by which a clock is told of DRF's phases."""

    def serializing(original: Callable[..., Any]) -> Callable[..., Any]:
        def to_representation(serializer: Any, instance: Any) -> Any:
            if serializer.parent is not None:
                return original(serializer, instance)
            with clock.phase("serializer"):
                return original(serializer, instance)

        return to_representation

    def rendering(original: Any) -> Any:
        def rendered_content(response: Any) -> Any:
            with clock.phase("rendering"):
                return original.fget(response)

        return property(rendered_content)

    return (
        Patch(ListSerializer, {"to_representation": serializing}),
        Patch(Serializer, {"to_representation": serializing}),
        Patch(Response, {"rendered_content": rendering}),
    )
