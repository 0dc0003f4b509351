"""The JSON schemas of all that rowpath writes of a measurement, as they are published."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from rowpath.lab import record as lab
from rowpath.lab.load import record as load
from rowpath.lab.race import record as race

_Schema = dict[str, Any]
WRITTEN: Mapping[str, tuple[str, int, Callable[[], _Schema]]] = {
    "lab-run.json": ("A run of rowpath lab run", lab.SCHEMA_VERSION, lab.json_schema),
    "race.json": ("A race of rowpath race", race.SCHEMA_VERSION, race.json_schema),
    "load.json": ("The result of rowpath load", load.SCHEMA_VERSION, load.json_schema),
}
"""Each file's name, its title, and where its schema comes from."""


def schemas() -> dict[str, _Schema]:
    """Return the schema of each kind of file by the name of its own file, in draft 2020-12."""
    return {name: _schema(*about) for name, about in WRITTEN.items()}


def text(schema: Mapping[str, Any]) -> str:
    """Return a schema as its file has it."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _schema(title: str, version: int, make: Callable[[], _Schema]) -> _Schema:
    schema = make()
    schema["properties"]["schema_version"] = {"const": version, "type": "integer"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": f"{title}, schema {version}",
    }
