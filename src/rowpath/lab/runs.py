"""Runs that were kept, read back."""

import json
from pathlib import Path

from pydantic import ValidationError

from rowpath.errors import UsageError
from rowpath.lab.record import SCHEMA_VERSION, Run, from_json

OLDEST_SCHEMA = 2
"""What came later has a default: schema 3 added each variant's `figures` and what is compared."""


def read_run(path: Path) -> Run:
    """Return the run that is kept in a file; UsageError where there is none, or none of ours."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"Cannot read the run {path}: {error.strerror or error}. Give the JSON file of a run."
        ) from error
    try:
        version = _schema_version(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise _not_a_run(path, f"it is no JSON ({error})") from error
    if version is None:
        raise _not_a_run(path, "it has no schema_version")
    if version > SCHEMA_VERSION:
        raise UsageError(
            f"Cannot read the run {path}: it has the schema {version}, and this rowpath knows "
            f"those up to {SCHEMA_VERSION}. Read it with the rowpath that wrote it, or a later one."
        )
    if version < OLDEST_SCHEMA:
        raise UsageError(
            f"Cannot read the run {path}: it has the schema {version}, and this rowpath knows "
            f"those from {OLDEST_SCHEMA} on. Measure it again."
        )
    try:
        return from_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise _not_a_run(path, f"{place or 'it'}: {first['msg']}") from error


def _schema_version(content: object) -> int | None:
    version = content.get("schema_version") if isinstance(content, dict) else None
    return version if isinstance(version, int) and not isinstance(version, bool) else None


def _not_a_run(path: Path, reason: str) -> UsageError:
    return UsageError(f"Cannot read the run {path}: {reason}. Give the JSON file of a run.")
