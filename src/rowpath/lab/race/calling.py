"""Functions as entrants of a race: their results compared, and calls enough for a clock to time."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from itertools import repeat
from time import perf_counter

from rowpath.errors import AnswerError, UsageError
from rowpath.lab.race.asking import Reply
from rowpath.lab.race.values import Call, Same

LEAST_TIMING_S = 0.001
"""A timing is of as many calls as take that long.

To read the clock twice takes some 100 ns, a ten-thousandth of that. timeit (its autorange), pyperf
(its calibration of loops) and pytest-benchmark (calibration_precision) find a number of calls
likewise; they ask for 200 ms, 100 ms and ten steps of the clock.
"""
TRIES = 3
SURELY_LONG_S = 0.1
"""No core is taken for so long, and to call what takes longer three times would be a long wait."""
MOST_SHOWN = 60


class Caller:
    """Calls one function, and times as many calls as its entrant says at once."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def ask(self, *, keeps: bool = False) -> Reply:
        """Return how long as many calls took together as its entrant says.

        Where an answer would be kept it is one call alone, whose result is compared: AnswerError
        where it is no more the same. Whatever the function raises is its caller's.
        """
        call = self._call
        if not keeps:
            took_s = _timed(call.function, call.calls)
            return Reply(took_s=took_s, size_bytes=0, calls=call.calls)
        started = perf_counter()
        result = call.function()
        took_s = perf_counter() - started
        if call.same is not None:
            _check(result, call.expected, call.same, "its result changed meanwhile")
        return Reply(took_s=took_s, size_bytes=0)


def calls_of(functions: Mapping[str, Callable[[], object]], same: Same | None) -> list[Call]:
    """Return functions as they take part, when each was called and its result compared.

    AnswerError where a result is not the same as the first function's, UsageError for what is no
    result: what would still have to be awaited, or iterated over. Results are not compared where
    `same` is None.
    """
    results = {name: _result(name, function) for name, function in functions.items()}
    (baseline, expected), *_ = results.items()
    made = []
    for name, function in functions.items():
        if same is not None:
            if isinstance(results[name], Iterator):
                raise UsageError(
                    f"Cannot compare what {name} returns: it is {_shown(results[name])}, which is "
                    "still to be iterated over. Return a list of it."
                )
            what = f"the results of {name} and {baseline} are not the same"
            _check(results[name], expected, same, what)
        calls = _calls_for(function)
        made.append(Call(function=function, calls=calls, expected=expected, same=same))
    return made


def _result(name: str, function: Callable[[], object]) -> object:
    result = function()
    if inspect.isawaitable(result):
        if inspect.iscoroutine(result):
            result.close()  # or Python warns that it was never awaited
        raise UsageError(
            f"Cannot race {name}: it returns {_shown(result)}, which is still to be awaited. "
            "Race a function that runs it, as asyncio.Runner().run does."
        )
    return result


def _check(result: object, expected: object, same: Same, what: str) -> None:
    try:
        is_same = bool(same(result, expected))
    except Exception as error:
        raise UsageError(
            f"Cannot compare {_shown(result)} with {_shown(expected)}: {error!r}. Say with same= "
            "when two results are the same, or with same=None that any will do."
        ) from error
    if not is_same:
        raise AnswerError(
            f"Cannot compare the times: {what}, {_shown(result)} is not {_shown(expected)}. "
            "Return values (a list, not a queryset), or say with same= when two are the same; "
            "same=None compares nothing."
        )


def _calls_for(function: Callable[[], object]) -> int:
    """Return how many calls take as long as a timing should, a power of 2."""
    calls = 1
    while not _is_long_enough(function, calls):
        calls *= 2
    return calls


def _is_long_enough(function: Callable[[], object], calls: int) -> bool:
    """Return whether so many calls take that long, and not once because others took the core."""
    for _ in range(TRIES):
        took_s = _timed(function, calls)
        if took_s < LEAST_TIMING_S:
            return False
        if took_s > SURELY_LONG_S:
            return True
    return True


def _timed(function: Callable[[], object], calls: int) -> float:
    turns = repeat(None, calls)
    started = perf_counter()
    for _ in turns:
        function()
    return perf_counter() - started


def _shown(value: object) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}..."
