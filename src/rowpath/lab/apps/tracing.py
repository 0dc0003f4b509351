"""Where a traced application leaves what it saw of a request."""

import re
from pathlib import Path

from rowpath.capture.trace import Trace, to_json

REQUEST_HEADER = "X-Rowpath-Request"
_REQUEST = re.compile(r"[0-9A-Za-z-]{1,64}")


def is_request_name(header: str) -> bool:
    """Return whether a header names a request: letters, digits and hyphens, as in a UUID."""
    return _REQUEST.fullmatch(header) is not None


def write_trace(folder: Path, request: str, trace: Trace) -> None:
    """Write `<folder>/<request>.json`, whole at once for whoever waits for it."""
    path = folder / f"{request}.json"
    part = path.with_suffix(".part")
    part.write_bytes(to_json(trace))
    part.replace(path)
