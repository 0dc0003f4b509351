"""The fixture `race`: functions and URLs in the race that `rowpath race` runs, and its result."""

import operator
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import pytest

from rowpath.errors import InvalidRunError, ServerError, UsageError
from rowpath.lab import history
from rowpath.lab.gates import invalidating, mend
from rowpath.lab.load.hosts import is_loopback
from rowpath.lab.load.plan import Target
from rowpath.lab.race.asking import path_of
from rowpath.lab.race.calling import calls_of
from rowpath.lab.race.judging import RaceVerdict
from rowpath.lab.race.record import RaceComparisonRecord, RaceRun, to_json
from rowpath.lab.race.results import Results
from rowpath.lab.race.session import Race
from rowpath.lab.race.values import (
    CALL,
    FEWEST_ENTRANTS,
    MOST_ENTRANTS,
    Entrant,
    RacePlan,
    Same,
    entrants,
    profile_named,
)
from rowpath.pytest_plugin import RaceNotKeptWarning, RaceNotValidWarning
from rowpath.pytest_plugin.sessions import Kept
from rowpath.report.race import notes
from rowpath.stats.interval import Interval

Racer = Callable[[], object] | str
"""A function without parameters, or a URL."""


class RaceResult:
    """What a race came to. All are compared with the first; a ratio is of times, below 1 is faster.

    What a race cannot answer is no answer: `ratio`, `faster` and `slower` raise InvalidRunError
    where the race failed its own tests. `run` has all that was measured, as the file has it.
    """

    def __init__(self, run: RaceRun) -> None:
        self.run = run

    def __repr__(self) -> str:
        """Return the sentences that pytest shows where an assertion fails."""
        said = (*notes.failures(self.run), *(sentence for _, sentence in notes.verdicts(self.run)))
        return f"<RaceResult: {' '.join(said)}>"

    @property
    def valid(self) -> bool:
        """Whether the race passed its own tests."""
        return self.run.valid

    def verdict(self, name: str) -> str:
        """Return `faster`, `slower`, `no difference`, `too noisy`, `undecided` or `not judged`."""
        return self._comparison(name).verdict

    def ratio(self, name: str) -> Interval:
        """Return the ratio of times to the first's, with `estimate`, `low` and `high`."""
        return cast("Interval", self._judged(name).ratio)

    def faster(self, name: str) -> bool:
        """Return whether an entrant was shown to be faster than the first."""
        return self._judged(name).verdict == RaceVerdict.FASTER

    def slower(self, name: str) -> bool:
        """Return whether an entrant was shown to be slower than the first."""
        return self._judged(name).verdict == RaceVerdict.SLOWER

    def assert_faster(self, name: str) -> None:
        """Fail the test unless an entrant was shown to be faster than the first."""
        __tracebackhide__ = True
        if self.verdict(name) != RaceVerdict.FASTER:
            pytest.fail(f"{name} was not shown to be faster. {self._said(name)}")

    def assert_not_slower(self, name: str) -> None:
        """Fail the test if an entrant was shown to be slower than the first.

        Where nothing was shown, be it for noise or since the race is not valid, nothing fails.
        """
        __tracebackhide__ = True
        if self.verdict(name) == RaceVerdict.SLOWER:
            pytest.fail(self._said(name))

    def _comparison(self, name: str) -> RaceComparisonRecord:
        for comparison in self.run.comparisons:
            if comparison.variant == name:
                return comparison
        known = ", ".join(comparison.variant for comparison in self.run.comparisons)
        raise UsageError(
            f"Cannot tell of {name!r}: it was not compared with {self.run.entrants[0].name}. "
            f"Choose one of: {known}."
        )

    def _judged(self, name: str) -> RaceComparisonRecord:
        comparison = self._comparison(name)
        if comparison.verdict == RaceVerdict.NOT_JUDGED or comparison.ratio is None:
            reason = comparison.withheld or "it has too few blocks."
            failed = invalidating(self.run.gates)
            then = mend(failed[0]) if failed else "Let it race for longer."
            raise InvalidRunError(f"Cannot judge {name}: {reason} {then}")
        return comparison

    def _said(self, name: str) -> str:
        names = [comparison.variant for comparison in self.run.comparisons]
        return [sentence for _, sentence in notes.verdicts(self.run)][names.index(name)]


class Races:
    """Runs races for one test."""

    def __init__(self, *, test: str, profile: str, folder: Path, kept: list[Kept]) -> None:
        self._test = test
        self._profile = profile
        self._folder = folder
        self._kept = kept

    def __call__(
        self,
        racers: Mapping[str, Racer] | None = None,
        /,
        *,
        same: Same | None = operator.eq,
        ignore_fields: Sequence[str] = (),
        profile: str | None = None,
        seed: int = 1,
        **named: Racer,
    ) -> RaceResult:
        """Race functions, or URLs, against the first, by their names; return what it came to.

        Results of functions must be the `same` as the first's, answers of URLs the same JSON but
        for `ignore_fields`; with None for `same` nothing is compared. Whatever a function raises
        ends the race and is raised here. AnswerError, UsageError and ServerError say what keeps
        these from being raced; a race that failed its own tests is a RaceNotValidWarning.
        """
        taking_part = _taking_part({**(racers or {}), **named}, same, self._test)
        is_of_calls = taking_part[0].call is not None
        if ignore_fields and (is_of_calls or same is None):
            raise UsageError(
                "Cannot ignore fields: these results are no JSON that is compared. "
                "Leave ignore_fields out, or say with same= when two results are the same."
            )
        plan = RacePlan(
            entrants=taking_part,
            profile=profile_named(profile or self._profile),
            seed=seed,
            ignored=frozenset(ignore_fields),
            may_differ=same is None,
        )
        run = self._raced(plan)
        _check_fallen(run)
        if not run.valid:
            told = " ".join(notes.failures(run))
            warnings.warn(RaceNotValidWarning(f"{self._test}: {told}"), stacklevel=2)
        return RaceResult(run)

    def _raced(self, plan: RacePlan) -> RaceRun:
        racing = Race(plan)
        stopped: str | None = None
        try:
            racing.execute(_Silent())
        except BaseException as error:
            stopped = f"It was ended by {type(error).__name__}."
            raise
        finally:
            if racing.results.orders:
                self._keep(racing.run(stopped))
        return self._kept[-1].run

    def _keep(self, run: RaceRun) -> None:
        path: Path | None = None
        try:
            path = history.keep(
                to_json(run).decode(), kind="race", started_at=run.started_at, folder=self._folder
            )
        except OSError as error:
            said = f"Cannot keep the race of {self._test}: {error}. Choose a --race-runs-dir."
            warnings.warn(RaceNotKeptWarning(said), stacklevel=4)
        finally:
            self._kept.append(Kept(test=self._test, run=run, path=path))


@dataclass(frozen=True, slots=True)
class _Silent:
    """A listener that says nothing: pytest's own output goes on."""

    def step(self, text: str) -> None:
        """Say nothing."""

    def goes_on(self, results: Results) -> None:
        """Say nothing."""


def _taking_part(racers: Mapping[str, Racer], same: Same | None, test: str) -> tuple[Entrant, ...]:
    """Return who takes part, each function called and compared; as `Races` raises."""
    if not FEWEST_ENTRANTS <= len(racers) <= MOST_ENTRANTS:
        raise UsageError(
            f"Cannot race {len(racers)}: a race has {FEWEST_ENTRANTS} to {MOST_ENTRANTS}. "
            "Name as many, as in race(before=f, after=g)."
        )
    urls = [each for each in racers.values() if isinstance(each, str)]
    if urls and len(urls) < len(racers):
        raise UsageError(
            "Cannot race URLs with functions: the one is asked over HTTP, the other called. "
            "Race functions that ask, or URLs alone."
        )
    for name, each in racers.items():
        if not isinstance(each, str) and not callable(each):
            raise UsageError(
                f"Cannot race {name}: it is {each!r}, neither a URL nor a function. "
                f"Write {name}=lambda: ... around what is to be timed."
            )
    if urls:
        return _of_urls(racers, urls, same)
    functions = cast("Mapping[str, Callable[[], object]]", racers)
    places = [Target(url=test, method=CALL) for _ in functions]
    taking_part = entrants(places, list(functions))
    calls = calls_of(functions, same)
    return tuple(replace(each, call=call) for each, call in zip(taking_part, calls, strict=True))


def _of_urls(
    racers: Mapping[str, Racer], urls: Sequence[str], same: Same | None
) -> tuple[Entrant, ...]:
    if same not in {None, operator.eq}:
        raise UsageError(
            "Cannot compare answers of URLs with same=: they are compared as JSON. Leave fields "
            "out with ignore_fields=, or compare nothing with same=None."
        )
    foreign = [url for url in urls if not is_loopback(url)]
    if foreign:
        raise UsageError(
            f"Cannot race {', '.join(foreign)}: a test may ask this machine's loopback alone. "
            "Race other hosts with rowpath race --i-own-this-host."
        )
    targets = [Target(url=url.partition("#")[0]) for url in urls]
    for target in targets:
        path_of(target.url)
    return entrants(targets, list(racers))


def _check_fallen(run: RaceRun) -> None:
    """ServerError where an endpoint fell out."""
    fallen = [f"{each.name}: {each.failed}" for each in run.entrants if each.failed is not None]
    if fallen:
        raise ServerError(
            f"Cannot race all of these to the end: {'; '.join(fallen)}. Correct the endpoint, or "
            "leave it out; what was measured is kept."
        )
