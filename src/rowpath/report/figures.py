"""How a figure is written for a reader: three significant digits and the unit that fits.

Times are in milliseconds or seconds, sizes in decimal bytes, memory in MiB. A ratio below 1 means
that the variant takes less time than its baseline.
"""

from math import floor, log10
from statistics import median

from rowpath.lab.record import FigureRecord, TimeRecord, VariantRecord
from rowpath.report.endings import has_failed
from rowpath.stats.interval import Interval

TIMES = "\N{MULTIPLICATION SIGN}"
TO = "\N{EN DASH}"
NOTHING = "\N{EN DASH}"
"""Stands in a cell that has no figure."""

_SIZE_UNITS = ("B", "kB", "MB", "GB", "TB")
_STEP = 1000
"""From one decimal unit to the next."""
_SHORT_MS = 0.1
"""Below it a time is told in microseconds."""
_EXACT_S = 9.95
"""Below it, a whole number of seconds is too coarse."""
_EXACT_MIB = 9.95
"""Below it, whole MiB are too coarse for what was added."""
_FINE_RATIO, _COARSE_RATIO = 0.1, 10
"""Below the one, two decimals say too little; from the other on, too much."""

_LONG_NAME = 18
"""With more characters, a name takes too much of a phone's width for one line."""


def significant(value: float, digits: int = 3) -> str:
    """Return `value` with `digits` significant digits, never in scientific notation."""
    if value == 0:
        return "0"
    places = digits - 1 - floor(log10(abs(value)))
    rounded = round(value, places)
    # 9.996 has become 10.0, which has one place too many.
    places = digits - 1 - floor(log10(abs(rounded)))
    return f"{rounded:,.{max(places, 0)}f}"


def _time_unit(ms: float) -> tuple[float, str]:
    if _rounded(ms) >= _STEP:
        return _STEP, "s"
    return (1, "ms") if ms >= _SHORT_MS or ms == 0 else (1 / _STEP, "µs")


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")


def time(ms: float) -> str:
    """Return a time in milliseconds as `28.1 ms`, `1.38 s` or `45.0 µs`."""
    divisor, unit = _time_unit(ms)
    return f"{significant(ms / divisor)} {unit}"


def time_range(interval: TimeRecord) -> str:
    """Return the interval of a time in the unit of its median, which stands before it."""
    divisor, _ = _time_unit(interval.median)
    return f"{significant(interval.low / divisor)}{TO}{significant(interval.high / divisor)}"


def figure_of(variant: VariantRecord, quantity: str) -> FigureRecord | None:
    """Return what a quantity of a variant came to; None where it was not measured."""
    return next((each for each in variant.figures if each.quantity == quantity), None)


def latency_ms(variant: VariantRecord, quantity: str) -> TimeRecord | None:
    """Return a latency in milliseconds with its interval; None where it has none."""
    seen = figure_of(variant, quantity)
    if seen is None or seen.over_blocks is None:
        return None
    over = seen.over_blocks
    return TimeRecord(median=over.median * 1000, low=over.low * 1000, high=over.high * 1000)


def rate(per_s: float) -> str:
    """Return how often something happens: `28.1/s`."""
    return f"{significant(per_s)}/s"


def rate_range(interval: TimeRecord) -> str:
    """Return the interval of a rate, which stands before it."""
    return f"{significant(interval.low)}{TO}{significant(interval.high)}"


def time_seen(variant: VariantRecord) -> float | None:
    """Return the one time in milliseconds that a variant is known by.

    None where it has none: where no answer came, how long that took is no time of a technique.
    """
    if variant.outcome is not None:
        return None
    if variant.time_ms is not None:
        return variant.time_ms.median
    medians = [median(block) for block in variant.samples_ms if block]
    return median(medians) if medians else None


def time_note(variant: VariantRecord) -> str:
    """Return what stands behind a variant's time: its interval, or that it was seen once."""
    if variant.outcome is not None:
        return ""
    if variant.time_ms is not None:
        return time_range(variant.time_ms)
    seen = sum(len(block) for block in variant.samples_ms)
    if seen == 0:
        return ""
    return "once" if seen == 1 else f"{seen} times, no interval"


def ratio_number(ratio: float) -> str:
    """Return a ratio with two decimals, with fewer or more where two say too much or too little."""
    if ratio < _FINE_RATIO:
        return significant(ratio, 2)
    return f"{ratio:.2f}" if round(ratio, 2) < _COARSE_RATIO else significant(ratio)


def ratio(value: float) -> str:
    """Return a ratio as its reader says it: `x0.37`, with the sign of multiplication."""
    return f"{TIMES}{ratio_number(value)}"


def ratio_range(interval: Interval) -> str:
    """Return the interval of a ratio, which stands before it."""
    return f"{ratio_number(interval.low)}{TO}{ratio_number(interval.high)}"


def size(size_bytes: int) -> str:
    """Return a number of bytes in decimal units: `149 kB`."""
    value, unit = float(size_bytes), _SIZE_UNITS[0]
    for larger in _SIZE_UNITS[1:]:
        if _rounded(value) < _STEP:
            break
        value, unit = value / _STEP, larger
    return f"{value:.0f} {unit}" if unit == "B" else f"{significant(value)} {unit}"


def answer_sizes(variant: VariantRecord) -> tuple[str, ...]:
    """Return the size of an answer, raw and gzipped; a dash where no answer came."""
    if variant.outcome is not None and variant.bytes == 0:
        return (NOTHING,)
    return size(variant.bytes), size(variant.bytes_gzip)


def is_traced(variant: VariantRecord) -> bool:
    """Return whether instruments saw the request: in an application of the user's own none are."""
    return variant.peak_mib > 0 or variant.sql_statements > 0  # every worker they saw holds memory


def statements(variant: VariantRecord) -> tuple[str, ...]:
    """Return how many statements a request sent, and of these how many alike if several were."""
    if variant.outcome is not None and not variant.sql_statements:
        return (NOTHING,)
    similar = (f"{variant.sql_similar:,} similar",) if variant.sql_similar > 1 else ()
    return (count(variant.sql_statements), *similar)


def connections(variant: VariantRecord) -> tuple[str, ...]:
    """Return over how many connections a request sent its statements, and how many at once."""
    if not variant.sql_connections:
        return (NOTHING,)
    return (f"{variant.sql_connections:,} conn.", f"{variant.sql_at_once:,} at once")


def cache_workers(variant: VariantRecord) -> tuple[str, ...]:
    """Return how many pages were made for how many requests, and each worker's hit rate."""
    workers = variant.cache_workers
    if not workers:
        return (NOTHING,)
    asked = sum(each.requests for each in workers)
    made = asked - sum(each.hits for each in workers)
    return (f"{made:,} of {asked:,}", *(f"{each.hits / each.requests:.1%}" for each in workers))


def sql_time(variant: VariantRecord) -> str:
    """Return how long a request waited for the database; a dash where it asked nothing."""
    return time(variant.sql_ms) if variant.sql_statements else NOTHING


def memory(mib: float) -> str:
    """Return memory in whole MiB."""
    return f"{mib:,.0f} MiB"


def growth(mib: float) -> str:
    """Return how much memory was added, in MiB, with a decimal where that is little."""
    exact = round(mib, 1) > 0 and mib < _EXACT_MIB
    return f"+{mib:.1f} MiB" if exact else f"+{mib:,.0f} MiB"


def memory_figures(variant: VariantRecord) -> tuple[str, ...]:
    """Return the peak of the worker's memory, and how much of it a request added.

    Where no answer came, there is the peak alone at which the worker was ended, if it was.
    """
    if variant.outcome is not None:
        return (NOTHING if has_failed(variant) else memory(variant.peak_mib),)
    return (memory(variant.peak_mib), growth(variant.grown_mib))


def count(number: int) -> str:
    """Return a number of things with its thousands set apart."""
    return f"{number:,}"


_QUANTITIES = {
    "time": "time",
    "requests_per_s": "requests per second",
    "p50": "median latency",
    "p95": "the latency that 95% have at most",
}
THROUGHPUT = "requests_per_s"
"""Of all that is compared the one quantity that is better where it is more."""


def quantity(name: str) -> str:
    """Return a quantity in words."""
    return _QUANTITIES.get(name, words(printable(name)))


def told(variant: VariantRecord) -> tuple[str, ...]:
    """Return the talk's own figures for a variant, none, one or two."""
    figures = []
    if variant.told_ms is not None:
        figures.append(time(variant.told_ms))
    if variant.told_requests_per_s is not None:
        figures.append(f"{variant.told_requests_per_s:g} RPS")
    return tuple(figures)


def duration(seconds: float) -> str:
    """Return how long something took, in hours, minutes and seconds where it took long."""
    if seconds < _EXACT_S:
        return time(seconds * _STEP)
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (rest, "s"))
    return " ".join(f"{value} {unit}" for value, unit in parts if value)


def rows(number: int) -> str:
    """Return how many rows an answer has, or is made from."""
    return f"{number:,} row{'' if number == 1 else 's'}"


def parted(name: str, most: int = _LONG_NAME) -> str:
    """Return a variant's name, in two lines parted at the dash in its middle where it is long."""
    dashes = [place for place, character in enumerate(name) if character == "-"]
    if len(name) <= most or not dashes:
        return name
    ends = (place + 1 for place in reversed(dashes))
    middle = min(ends, key=lambda end: abs(end - len(name) / 2))
    return f"{name[:middle]}\n{name[middle:]}"


def words(name: str) -> str:
    """Return a name of the lab as words: `as-told` is `as told`."""
    return name.replace("-", " ")


def printable(text: str) -> str:
    """Return text on one line without anything that a terminal would act on."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
