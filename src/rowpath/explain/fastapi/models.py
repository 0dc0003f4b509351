"""Which field of a response model reads, told from the frames of FastAPI's and Pydantic's code."""

from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from rowpath.explain.changes.declarations import declared
from rowpath.explain.recording.recorder import Recorder
from rowpath.explain.values import Reader

VALIDATING = frozenset({"validate", "model_validate"})
"""The functions of FastAPI's and Pydantic's whose frames are told of."""
_COMPAT = "fastapi._compat"


def reader_of(recorder: Recorder) -> Callable[[FrameType], Reader | None]:
    """Return what tells the field of a model that a frame reads a relation of the recorder's for.

    Pydantic's core has no frames: the field is the one that is named like the relation.
    """

    def reader(frame: FrameType) -> Reader | None:
        model = _validated(frame)
        access = recorder.accesses[-1] if recorder.accesses else None
        if model is None or access is None or not access[0].path:
            return None
        return _field(model, access[0].path[-1].name)

    return reader


def _validated(frame: FrameType) -> Any:
    """Return the type that a frame validates a value for, None where it validates none."""
    name = frame.f_code.co_name
    if name == "validate" and str(frame.f_globals.get("__name__")).startswith(_COMPAT):
        field = getattr(frame.f_locals.get("self"), "field_info", None)
        return field.annotation if isinstance(field, FieldInfo) else None
    if name == "model_validate" and frame.f_globals.get("__name__") == "pydantic.main":
        return frame.f_locals.get("cls")
    return None


def _field(annotation: Any, name: str) -> Reader | None:
    models = tuple(_models(annotation, set()))
    for model in models:
        for field, info in model.model_fields.items():
            if name in {field, info.alias, info.validation_alias}:
                file, line = declared(model, field)
                return Reader(text=f"{model.__name__}.{field}", file=file, line=line)
    if not models:
        return None
    file, line = declared(models[0], None)
    return Reader(text=models[0].__name__, file=file, line=line)


def _models(annotation: Any, seen: set[type]) -> Iterator[type[BaseModel]]:
    """Yield the models of an annotation, and those of their fields behind them."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation in seen:
            return
        seen.add(annotation)
        yield annotation
        for info in annotation.model_fields.values():
            yield from _models(info.annotation, seen)
    for argument in get_args(annotation):
        yield from _models(argument, seen)
