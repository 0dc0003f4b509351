"""What the engine and a measured application tell one another: headers, and what it saw.

It loads no instrument, since a timed application sends its own times as well.
"""

import re
from pathlib import Path

TOKEN_HEADER = "X-Rowpath-Token"  # noqa: S105 the name of a header, no token
"""What a task is asked for with. A browser sends no such header to another site unasked."""
REQUEST_HEADER = "X-Rowpath-Request"
"""Names a request to a traced server, which then leaves a trace of it under that name."""
DURATION_HEADER = "X-Rowpath-Duration-S"
"""The seconds that a task took by its own clock."""
CPU_HEADER = "X-Rowpath-Cpu-S"
"""The seconds of CPU that the task's process used meanwhile."""
PATH_HEADER = "X-Rowpath-Path"
"""How rowpath.fast answered, on a traced server: `compiled`, `portable`, or why DRF did."""
CACHE_HEADER = "X-Rowpath-Cache"
"""Of a server whose cache is looked at: the process that answered, and `hit` or `miss`."""
_HARNESS = {"tracing", "tasks", "recorder"}
_REQUEST = re.compile(r"[0-9A-Za-z-]{1,64}")


def is_request_name(header: str) -> bool:
    """Return whether a header names a request: letters, digits and hyphens, as in a UUID."""
    return _REQUEST.fullmatch(header) is not None


def is_technique(module: str, file: str) -> bool:
    """Return whether code is that of a technique: of a measured application, and no harness."""
    del file
    _, _, place = module.partition("rowpath.lab.apps.")
    return bool(place) and place.rpartition(".")[2] not in _HARNESS


def write_trace(folder: Path, request: str, trace: bytes) -> None:
    """Write a trace's JSON to `<folder>/<request>.json`, whole at once for whoever waits for it."""
    path = folder / f"{request}.json"
    part = path.with_suffix(".part")
    part.write_bytes(trace)
    part.replace(path)
