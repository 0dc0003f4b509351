"""What was raced in a session of pytest: told in its summary, and written for --race-json."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rowpath.lab.race.record import RaceRun, to_json
from rowpath.report import figures
from rowpath.report.race import notes


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A race, the test that it is of, and its file; None where it could not be written."""

    test: str
    run: RaceRun
    path: Path | None


def told(kept: Sequence[Kept]) -> Iterator[str]:
    """Yield what the races came to, line by line; what failed stands first in each."""
    for each in kept:
        yield figures.printable(each.test)
        for sentence in notes.failures(each.run):
            yield f"  {sentence}"
        for _, sentence in notes.verdicts(each.run):
            yield f"  {sentence}"
    folders = {str(each.path.parent) for each in kept if each.path is not None}
    if folders:
        yield f"Kept in {', '.join(sorted(folders))}."


def as_json(kept: Sequence[Kept]) -> bytes:
    """Return all races as UTF-8 JSON: a list of objects with `test` and `race`."""
    races = [{"test": each.test, "race": json.loads(to_json(each.run))} for each in kept]
    return json.dumps(races, indent=1, ensure_ascii=False).encode() + b"\n"
