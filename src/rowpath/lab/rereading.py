"""A kept run as whoever shows or compares it takes it: what follows from its samples, no more.

Whatever reads a run to render it or to compare it reads it here. A run that goes on with `--resume`
takes the samples alone, and so does not.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from rowpath.errors import UsageError
from rowpath.lab import verifying
from rowpath.lab.differing import first_difference
from rowpath.lab.gates import Withheld
from rowpath.lab.race import runs as race_runs
from rowpath.lab.race.judging import RaceVerdict
from rowpath.lab.race.record import RaceRun
from rowpath.lab.record import JUDGED_ALIKE_SINCE, GateRecord, Run
from rowpath.lab.runs import LAB, Kind, not_a_run, opened, read
from rowpath.stats.verdict import Verdict

RunType = TypeVar("RunType", Run, RaceRun)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A run that was read back: `run` is what follows from its samples.

    `doubt` says where the file says something else, empty where it does not. Then the run is not
    valid, its first gate says why, and nothing in it is judged. `is_older` says that its verdicts
    were given by the rules of an older rowpath, so that those of `run` may be others.
    """

    path: Path
    run: Run | RaceRun
    verdicts: int
    doubt: str
    is_older: bool = False


def as_said(path: Path) -> Run | RaceRun:
    """Return the run in a file as the file has it, for whoever only lists it.

    UsageError where there is none that can be read.
    """
    file = opened(path)
    if file.kind is Kind.LAB:
        return read(file, LAB)
    if file.kind is Kind.RACE:
        return read(file, race_runs.RACE)
    raise UsageError(
        f"Cannot read the run {path}: it is {file.kind}, whose requests are not kept one by one. "
        "Give the JSON file of a run of the lab or of a race."
    )


def read_back(path: Path) -> Kept:
    """Return the run in a file; UsageError where there is none that can be read."""
    said = as_said(path)
    return _lab(path, said) if isinstance(said, Run) else _race(path, said)


def _lab(path: Path, said: Run) -> Kept:
    found = _computed(path, said, verifying.computed_again)
    is_older = said.schema_version < JUDGED_ALIKE_SINCE
    compared = (said, found) if not is_older else map(_without_verdicts, (said, found))
    doubt = first_difference(*compared)
    if doubt:
        experiments = tuple(
            replace(
                record,
                claims=tuple(
                    replace(
                        each,
                        verdict=Verdict.NOT_JUDGED,
                        withheld=_why(doubt),
                        other_ratio=None,
                        other_verdict="",
                    )
                    for each in record.claims
                ),
            )
            for record in found.experiments
        )
        gates = (_gate(doubt), *found.gates)
        found = replace(found, experiments=experiments, gates=gates, valid=False)
    verdicts = sum(len(record.claims) for record in found.experiments)
    return Kept(path=path, run=found, verdicts=verdicts, doubt=doubt, is_older=is_older)


def _race(path: Path, said: RaceRun) -> Kept:
    found = _computed(path, said, race_runs.computed_again)
    doubt = first_difference(said, found)
    if doubt:
        comparisons = tuple(
            replace(each, verdict=RaceVerdict.NOT_JUDGED, withheld=_why(doubt))
            for each in found.comparisons
        )
        gates = (_gate(doubt), *found.gates)
        found = replace(found, comparisons=comparisons, gates=gates, valid=False)
    return Kept(path=path, run=found, verdicts=len(found.comparisons), doubt=doubt)


def _computed(path: Path, said: RunType, again: Callable[[RunType], RunType]) -> RunType:
    try:
        return again(said)
    except (ValueError, ArithmeticError) as error:
        raise not_a_run(path, f"nothing follows from its samples ({error})") from error


def _without_verdicts(run: Run) -> Run:
    experiments = tuple(replace(record, claims=()) for record in run.experiments)
    return replace(run, experiments=experiments, gates=(), valid=True)


def _why(doubt: str) -> str:
    return f"This file says what does not follow from its samples ({doubt})."


def _gate(doubt: str) -> GateRecord:
    return GateRecord(
        name="file",
        stage="",
        measure="",
        passed=False,
        value=1.0,
        bound=0.0,
        withholds=Withheld.VERDICTS,
        invalidates=True,
        text=_why(doubt),
    )
