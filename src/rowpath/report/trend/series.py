"""Several runs of the same as a trend: each comparison's ratio from run to run. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from rowpath.lab.circumstances import DatasetRecord
from rowpath.lab.gates import invalidating
from rowpath.lab.race.record import RaceRun
from rowpath.lab.record import ExperimentRecord, Run
from rowpath.lab.rereading import Kept
from rowpath.report import figures
from rowpath.stats.interval import Interval

_MOST_NAMED = 6
"""So many differences between two surroundings are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """One of the runs, counted from 1 in the order of their time.

    `surroundings` is the letter of machine and versions; `failed` says why it is not valid, `ended`
    why it is not complete, each empty where it is.
    """

    number: int
    name: str
    started_at: datetime
    surroundings: str
    failed: str
    ended: str

    @property
    def label(self) -> str:
        """What stands for it on an axis: no two runs have the same."""
        return f"{self.number}: {self.started_at:%Y-%m-%d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What a run says of a comparison; `verdict` is empty where it says no word."""

    run: RunLine
    ratio: Interval
    verdict: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A comparison through all runs that have it: what is compared, and of which part."""

    part: str
    title: str
    quantity: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Runs with what they have in common; `surroundings` has a sentence for each letter."""

    runs: tuple[RunLine, ...]
    surroundings: tuple[tuple[str, str], ...]
    series: tuple[Series, ...]

    @property
    def parts(self) -> tuple[tuple[str, tuple[Series, ...]], ...]:
        """The series of each part."""
        names = dict.fromkeys(each.part for each in self.series)
        return tuple(
            (name, tuple(each for each in self.series if each.part == name)) for name in names
        )


Surroundings = tuple[tuple[str, str], ...]
_Key = tuple[str, str, str]


def trend(kept: Sequence[Kept]) -> Trend:
    """Return runs, in the order of their time, as a trend: what is the same in several of them.

    Comparisons are the same where all that bears on their ratio is but machine and versions: the
    experiment, variants, set-up, rows, workers and dataset; of races the names.
    """
    ordered = sorted(kept, key=lambda each: each.run.started_at)
    letters: dict[Surroundings, str] = {}
    lines = []
    for number, each in enumerate(ordered, 1):
        where = _surroundings(each.run)
        letter = letters.setdefault(where, _letter(len(letters)))
        lines.append(_line(number, each, letter))
    points: dict[_Key, list[Point]] = {}
    for line, each in zip(lines, ordered, strict=True):
        for key, ratio, verdict in _comparisons(each.run):
            points.setdefault(key, []).append(Point(run=line, ratio=ratio, verdict=verdict))
    return Trend(
        runs=tuple(lines),
        surroundings=tuple(_told(letters)),
        series=tuple(
            Series(part=part, title=title, quantity=quantity, points=tuple(own))
            for (part, title, quantity), own in points.items()
        ),
    )


def _line(number: int, kept: Kept, letter: str) -> RunLine:
    run = kept.run
    failed = invalidating(run.gates)
    return RunLine(
        number=number,
        name=figures.printable(f"{kept.path}"),
        started_at=run.started_at,
        surroundings=letter,
        failed=figures.printable(failed[0].text) if failed else "",
        ended=figures.printable(run.stopped or ""),
    )


def _letter(number: int) -> str:
    """Return A to Z, then A1 to Z1 and so on."""
    rounds, place = divmod(number, 26)
    return f"{chr(ord('A') + place)}{rounds or ''}"


def _surroundings(run: Run | RaceRun) -> Surroundings:
    where = run.environment
    known = [("rowpath", run.rowpath), ("processor", where.cpu), ("cores", f"{where.cores}")]
    known += [("kernel", where.kernel), ("Python", where.python)]
    if isinstance(run, Run):
        own = run.environment
        known.append(("database", own.postgresql))
        known += sorted(own.packages.items()) + sorted(own.settings.items())
    return tuple(known)


def _told(letters: dict[Surroundings, str]) -> Iterator[tuple[str, str]]:
    """Yield each letter with what it stands for: all of the first, of others what is another."""
    before: Surroundings = ()
    for where, letter in letters.items():
        text = ", ".join(f"{name} {value}" for name, value in where)
        if before:
            text = _differences(dict(before), dict(where))
        yield letter, figures.printable(text)
        before = where


def _differences(before: dict[str, str], now: dict[str, str]) -> str:
    names = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    told = [
        f"{name} {now.get(name, 'not there')} (was {before.get(name, 'not there')})"
        for name in names[:_MOST_NAMED]
    ]
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"as the one before, but {', '.join(told)}{more}"


def _comparisons(run: Run | RaceRun) -> Iterator[tuple[_Key, Interval, str]]:
    if isinstance(run, RaceRun):
        for each in run.comparisons:
            if each.ratio is not None:
                title = figures.printable(f"{each.variant} against {each.baseline}")
                yield ("race", title, figures.quantity(each.quantity)), each.ratio, each.verdict
        return
    datasets = {each.name: each for each in run.datasets}
    for record in run.experiments:
        yield from _of_experiment(record, datasets.get(record.dataset), run.workers)


def _of_experiment(
    record: ExperimentRecord, data: DatasetRecord | None, workers: int
) -> Iterator[tuple[_Key, Interval, str]]:
    part = f"{record.name}{'' if data is None else f', {_dataset(data)}'}"
    if workers != 1:
        part += f", {workers:,} workers"
    for each in record.comparisons:
        if each.ratio is not None:
            setup = figures.words(each.setup)
            title = f"{each.variant} against {each.baseline} ({setup}, {figures.rows(each.rows)})"
            key = (figures.printable(part), figures.printable(title))
            yield (*key, figures.quantity(each.quantity)), each.ratio, ""


def _dataset(data: DatasetRecord) -> str:
    return f"{data.rows:,} rows of {data.name} ({data.checksum[:8]})"
