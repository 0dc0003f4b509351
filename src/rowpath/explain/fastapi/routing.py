"""Patches of `fastapi.routing`: what FastAPI spends its time in; and where a view begins."""

from collections.abc import Callable
from types import CodeType, ModuleType
from typing import Any

import starlette.routing
from fastapi import routing
from starlette.responses import JSONResponse

from rowpath.capture.patching import Patch
from rowpath.explain.recording.phase_clock import PhaseClock

METHODS: dict[type | ModuleType, tuple[str, ...]] = {
    routing: ("run_endpoint_function", "serialize_response", "solve_dependencies"),
    JSONResponse: ("render",),
}
FINDING = "where the time goes"


def boundaries() -> frozenset[CodeType]:
    """Return the code that calls a view: what calls it in turn is middleware."""
    makers = (routing.get_request_handler, starlette.routing.request_response)
    return frozenset(
        code
        for maker in makers
        for code in maker.__code__.co_consts
        if isinstance(code, CodeType) and code.co_name == "app"
    )


def patches(clock: PhaseClock) -> tuple[Patch, ...]:
    """Return the patches by which a clock is told of FastAPI's phases."""

    def counted(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        return lambda original: _in_phase(original, name, clock)

    return (
        Patch(
            routing,
            {
                "run_endpoint_function": counted("view"),
                "serialize_response": counted("validation and serialisation"),
                "solve_dependencies": counted("dependencies"),
            },
        ),
        Patch(JSONResponse, {"render": lambda original: _rendering(original, clock)}),
    )


def _in_phase(original: Callable[..., Any], name: str, clock: PhaseClock) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> Any:
        with clock.phase(name):
            return await original(*args, **kwargs)

    return call


def _rendering(original: Callable[..., Any], clock: PhaseClock) -> Callable[..., Any]:
    def render(*args: Any, **kwargs: Any) -> Any:
        with clock.phase("rendering"):
            return original(*args, **kwargs)

    return render
