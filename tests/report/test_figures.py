from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_parts import failing, timed
from report_runs import experiment

from rowpath.lab.record import CacheWorkerRecord, FigureRecord, TimeRecord, VariantRecord
from rowpath.report import figures
from rowpath.stats.interval import Interval

_times_ms = st.floats(min_value=1e-3, max_value=1e7)


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (28.14, "28.1 ms"),
        (0.5324, "0.532 ms"),
        (0.0452, "45.2 µs"),
        (0.1, "0.100 ms"),
        (999.4, "999 ms"),
        (999.6, "1.00 s"),
        (1384, "1.38 s"),
        (1_234_567, "1,230 s"),
        (0, "0 ms"),
    ],
)
def test_a_time_has_three_digits_and_the_unit_that_fits(ms: float, text: str) -> None:
    """A time is told with three significant digits, in µs, ms or s."""
    assert figures.time(ms) == text


@given(_times_ms)
def test_a_time_is_never_off_by_more_than_its_third_digit(ms: float) -> None:
    """What is printed differs from the time by at most half a unit of the third digit."""
    number, unit = figures.time(ms).split(" ")

    told_ms = float(number.replace(",", "")) * {"µs": 1e-3, "ms": 1, "s": 1e3}[unit]

    assert told_ms == pytest.approx(ms, rel=0.00501)


def test_an_interval_is_in_the_unit_of_its_median() -> None:
    """The ends of an interval need no unit of their own."""
    interval = TimeRecord(median=1020, low=954, high=1104)

    assert figures.time_range(interval) == "0.954–1.10"  # noqa: RUF001 (the dash that is printed)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.3666, "×0.37"), (0.0714, "×0.071"), (1.0, "×1.00"), (14.23, "×14.2"), (9.999, "×10.0")],  # noqa: RUF001 (the sign that is printed)
)
def test_a_ratio_has_as_many_digits_as_it_needs(value: float, text: str) -> None:
    """A ratio has two decimals, two digits when small, three when large."""
    assert figures.ratio(value) == text


def test_the_ends_of_a_ratio_stand_without_the_sign() -> None:
    """The sign of multiplication stands once, before the estimate."""
    interval = Interval(estimate=0.37, low=0.351, high=0.392)

    assert figures.ratio_range(interval) == "0.35–0.39"  # noqa: RUF001 (the dash that is printed)


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (149_000, "149 kB"),
        (999_900, "1.00 MB"),
        (14_600_000, "14.6 MB"),
    ],
)
def test_a_size_is_in_decimal_units(size_bytes: int, text: str) -> None:
    """A kB is 1,000 bytes, as in the talk."""
    assert figures.size(size_bytes) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "200 ms"),
        (9.94, "9.94 s"),
        (9.95, "10 s"),
        (59.6, "1 min"),
        (492.4, "8 min 12 s"),
        (3600, "1 h"),
    ],
)
def test_a_duration_is_in_hours_minutes_and_seconds(seconds: float, text: str) -> None:
    """A duration leaves out the parts that are zero."""
    assert figures.duration(seconds) == text


def _with_latency(over: TimeRecord | None) -> VariantRecord:
    """Return a variant of which a rate was measured, and then a latency in seconds."""
    rate, latency = (
        FigureRecord(quantity=quantity, unit=unit, better=better, over_blocks=own, blocks=())
        for quantity, unit, better, own in (
            ("requests_per_s", "1/s", "more", TimeRecord(median=28.14, low=27.0, high=30.26)),
            ("p95", "s", "less", over),
        )
    )
    return replace(timed("load", ms=1.0), figures=(rate, latency))


def test_a_latency_is_told_in_milliseconds_with_its_interval() -> None:
    """It was measured in seconds; without an interval, or unmeasured, there is none."""
    variant = _with_latency(TimeRecord(median=0.25, low=0.125, high=0.5))

    assert figures.latency_ms(variant, "p95") == TimeRecord(median=250.0, low=125.0, high=500.0)
    assert figures.latency_ms(variant, "p50") is None
    assert figures.latency_ms(_with_latency(None), "p95") is None


def test_a_rate_is_told_a_second_with_its_interval() -> None:
    """The interval stands behind it without the unit."""
    rate = figures.figure_of(_with_latency(None), "requests_per_s")

    assert rate is not None
    assert rate.over_blocks is not None
    assert figures.rate(rate.over_blocks.median) == "28.1/s"
    assert figures.rate_range(rate.over_blocks) == "27.0–30.3"  # noqa: RUF001 (the dash that is printed)


def test_an_answer_without_bytes_has_a_size_and_no_answer_has_none() -> None:
    """One that was cut off has the size of what came."""
    empty = replace(timed("x", ms=1.0), bytes=0, bytes_gzip=20)

    assert figures.answer_sizes(empty) == ("0 B", "20 B")
    assert figures.answer_sizes(replace(empty, outcome="It was ended.")) == (figures.NOTHING,)
    cut = replace(empty, outcome="It was ended.", bytes=10)
    assert figures.answer_sizes(cut) == ("10 B", "20 B")


@pytest.mark.parametrize(
    ("peak_mib", "sent", "traced"), [(0.5, 0, True), (0.0, 1, True), (0.0, 0, False)]
)
def test_a_request_that_instruments_saw_has_memory_or_statements(
    peak_mib: float, sent: int, *, traced: bool
) -> None:
    """Of an application of the user's own there is neither."""
    variant = replace(timed("x", ms=1.0), peak_mib=peak_mib, sql_statements=sent)

    assert figures.is_traced(variant) is traced


@pytest.mark.parametrize(
    ("sent", "similar", "told"),
    [(0, 0, ("0",)), (1, 0, ("1",)), (3, 1, ("3",)), (2, 2, ("2", "2 similar"))],
)
def test_statements_are_told_with_those_that_are_alike(
    sent: int, similar: int, told: tuple[str, ...]
) -> None:
    """One alone is like no other; what failed before it sent any has no number of them."""
    variant = replace(timed("x", ms=1.0), sql_statements=sent, sql_similar=similar)

    assert figures.statements(variant) == told
    failed = replace(variant, outcome="It fails.")
    assert figures.statements(failed) == (told if sent else (figures.NOTHING,))


def test_connections_are_told_with_those_in_use_at_once() -> None:
    """Where nobody looked there is nothing to tell."""
    variant = timed("x", ms=1.0)

    assert figures.connections(variant) == (figures.NOTHING,)
    used = replace(variant, sql_connections=4, sql_at_once=3)
    assert figures.connections(used) == ("4 conn.", "3 at once")


def test_a_cache_tells_what_was_made_and_how_often_each_worker_had_it() -> None:
    """Of 30 requests 20 found their page, so ten were made."""
    workers = (CacheWorkerRecord(requests=20, hits=15), CacheWorkerRecord(requests=10, hits=5))
    variant = timed("x", ms=1.0)

    assert figures.cache_workers(variant) == (figures.NOTHING,)
    assert figures.cache_workers(replace(variant, cache_workers=workers)) == (
        "10 of 30",
        "75.0%",
        "50.0%",
    )


@pytest.mark.parametrize(
    ("told_ms", "per_s", "text"),
    [
        (None, None, ()),
        (1_380.0, None, ("1.38 s",)),
        (None, 12.5, ("12.5 RPS",)),
        (80.0, 12.5, ("80.0 ms", "12.5 RPS")),
    ],
)
def test_the_talks_own_figures_are_told_as_far_as_it_has_them(
    told_ms: float | None, per_s: float | None, text: tuple[str, ...]
) -> None:
    """A time, a rate, both or neither."""
    variant = replace(timed("x", ms=1.0), told_ms=told_ms, told_requests_per_s=per_s)

    assert figures.told(variant) == text


def _lazy_variant(name: str) -> VariantRecord:
    return {variant.name: variant for variant in experiment("lazy").variants}[name]


def test_a_variant_seen_once_has_its_one_time() -> None:
    """A variant without an interval shows the time that was seen and says once."""
    variant = _lazy_variant("iterator")

    assert figures.time_seen(variant) == 41_200
    assert figures.time_note(variant) == "once"


def test_a_variant_that_was_ended_has_no_figures() -> None:
    """Where no answer came, no time and no size are told."""
    variant = _lazy_variant("list")

    assert figures.time_seen(variant) is None
    assert figures.answer_sizes(variant) == (figures.NOTHING,)
    assert figures.statements(variant) == (figures.NOTHING,)


def test_the_memory_at_which_a_worker_was_ended_is_known() -> None:
    """Its peak is told; what it held before is not known, so neither is what was added."""
    assert figures.memory_figures(_lazy_variant("list")) == ("2,051 MiB",)


def test_a_variant_that_failed_has_no_memory() -> None:
    """What a request took until its error is no figure of the technique."""
    assert figures.memory_figures(failing("x", rows=1, group="all")) == (figures.NOTHING,)


@pytest.mark.parametrize(
    ("mib", "text"),
    [
        (0, "+0 MiB"),
        (0.04, "+0 MiB"),
        (0.42, "+0.4 MiB"),
        (21.4, "+21 MiB"),
        (9.94, "+9.9 MiB"),
        (9.95, "+10 MiB"),
    ],
)
def test_growth_has_a_sign_and_as_many_digits_as_it_needs(mib: float, text: str) -> None:
    """What was added is told in whole MiB, with a decimal where it is little."""
    assert figures.growth(mib) == text


def test_a_variant_that_asked_nothing_waited_for_nothing() -> None:
    """Without a statement there is no time for SQL, rather than a time of zero."""
    assert figures.sql_time(timed("lazy", ms=1, statements=())) == figures.NOTHING


@pytest.mark.parametrize(("number", "text"), [(1, "1 row"), (1_000, "1,000 rows")])
def test_a_size_is_in_words(number: int, text: str) -> None:
    """A number of rows has its thousands apart, and one row is one."""
    assert figures.rows(number) == text


def test_text_for_the_terminal_cannot_command_it() -> None:
    """Escape sequences and line ends of foreign text do not reach the terminal."""
    assert figures.printable("a\x1b[31m\n\x07b\u2028 c") == "a [31m b c"


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("drf-no-serializer", "drf-no-serializer"),
        ("foreign-keys-selected-only", "foreign-keys-\nselected-only"),
        ("tags-prefetched-to-attr", "tags-prefetched-\nto-attr"),
        ("anamewithoutanydashinit", "anamewithoutanydashinit"),
        ("of-eighteen-letter", "of-eighteen-letter"),
        ("of-nineteen-letters", "of-nineteen-\nletters"),
    ],
)
def test_a_long_name_stands_in_two_lines(name: str, label: str) -> None:
    """A name that takes too much of a phone's width is parted at the dash in its middle."""
    assert figures.parted(name) == label
