"""Kept runs, read back whatever they are of."""

import json
from pathlib import Path

from pydantic import ValidationError

from rowpath.errors import UsageError
from rowpath.lab.race import record as race_record
from rowpath.lab.race.record import RaceRun
from rowpath.lab.record import Run
from rowpath.lab.runs import read_run


def read(path: Path) -> Run | RaceRun:
    """Return the run of the lab or the race in a file; UsageError where there is none of both."""
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise _refused(path, error.strerror or str(error)) from error
    except (ValueError, RecursionError) as error:
        raise _refused(path, f"it is no JSON ({error})") from error
    if not isinstance(content, dict) or "entrants" not in content:
        return read_run(path)
    return _race(path)


def _race(path: Path) -> RaceRun:
    """Return a race. Only one version of its schema was ever written."""
    try:
        run = race_record.from_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise _refused(path, f"{place or 'it'}: {first['msg']}") from error
    if run.schema_version != race_record.SCHEMA_VERSION:
        raise _refused(
            path,
            f"it is a race of the schema {run.schema_version}, and this rowpath knows "
            f"{race_record.SCHEMA_VERSION}",
        )
    return run


def _refused(path: Path, reason: str) -> UsageError:
    return UsageError(f"Cannot read the run {path}: {reason}. Give the JSON file of a run.")
