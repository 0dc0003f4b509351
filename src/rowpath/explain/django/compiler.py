"""A patch of `django.db.models.sql.compiler`: of which query a statement is."""

from collections.abc import Callable
from typing import Any

from django.db.models.sql.compiler import SQLCompiler

from rowpath.capture.patching import Patch
from rowpath.explain.recording.recorder import Recorder

METHODS: dict[type, tuple[str, ...]] = {SQLCompiler: ("execute_sql",)}
FINDING = "relations that are loaded row by row"


def patches(recorder: Recorder) -> tuple[Patch, ...]:
    """Return the patch by which a recorder learns which query is being executed."""

    def replacement(original: Callable[..., Any]) -> Callable[..., Any]:
        def execute_sql(compiler: Any, *args: Any, **kwargs: Any) -> Any:
            recorder.queries.append(compiler.query)
            try:
                return original(compiler, *args, **kwargs)
            finally:
                recorder.queries.pop()

        return execute_sql

    return (Patch(SQLCompiler, {"execute_sql": replacement}),)
