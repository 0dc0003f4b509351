"""Patches of models' attributes: which column of which row is read.

A value stands in the row's `__dict__`, and Django's own attributes of a model's class define no
`__set__`, so that Python finds it there without asking them. For one answer each is replaced by
one that does, and so is asked for every read.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db.models import Model

from rowpath.capture.patching import Patch
from rowpath.explain.django.query import tag_of
from rowpath.explain.recording.recorder import Recorder

METHODS: dict[type, tuple[str, ...]] = {Model: ("__reduce__", "save_base")}
FINDING = "columns that nobody reads"


@contextmanager
def recorded(recorder: Recorder) -> Iterator[None]:
    """Tell a recorder of every column that is read of a row within the block."""
    originals = [
        (model, field.attname, vars(model)[field.attname])
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_concrete_fields
        if field.attname in vars(model)
    ]
    with Patch(Model, {name: _whole(recorder) for name in METHODS[Model]}).applied():
        try:
            for model, name, original in originals:
                setattr(model, name, _Column(original, name, recorder))
            yield
        finally:
            for model, name, original in originals:
                setattr(model, name, original)


def _whole(recorder: Recorder) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Have all columns of a row read by what takes it whole, past its attributes."""

    def replacement(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(row: Model, *args: Any, **kwargs: Any) -> Any:
            for field in row._meta.concrete_fields:
                _note(row, field.attname, recorder)
            return original(row, *args, **kwargs)

        return call

    return replacement


def _note(row: Model, name: str, recorder: Recorder) -> None:
    tag = tag_of(row) if recorder.reads_columns else None
    if tag is not None:
        tag.columns.add(name)


class _Column:
    """The attribute of a model's class for one column, which tells that it is read."""

    def __init__(self, original: Any, name: str, recorder: Recorder) -> None:
        self._original = original
        self._name = name
        self._recorder = recorder
        self._is_data = hasattr(original, "__set__")

    def __get__(self, row: Model | None, owner: type | None = None) -> Any:
        if row is None:
            return self._original.__get__(None, owner)
        _note(row, self._name, self._recorder)
        values = row.__dict__
        if not self._is_data and self._name in values:
            return values[self._name]
        return self._original.__get__(row, owner)

    def __set__(self, row: Model, value: object) -> None:
        if self._is_data:
            self._original.__set__(row, value)
        else:
            row.__dict__[self._name] = value

    def __delete__(self, row: Model) -> None:
        if self._name not in row.__dict__:
            raise AttributeError(self._name)
        del row.__dict__[self._name]
