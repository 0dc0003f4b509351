import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_parts import failing, timed
from report_runs import experiment

from rowpath.lab.record import TimeRecord, VariantRecord
from rowpath.report import figures
from rowpath.stats.interval import Interval

_times_ms = st.floats(min_value=1e-3, max_value=1e7)


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (28.14, "28.1 ms"),
        (0.5324, "0.532 ms"),
        (0.0452, "45.2 µs"),
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
    ("seconds", "text"), [(0.2, "200 ms"), (59.6, "1 min"), (492.4, "8 min 12 s"), (3600, "1 h")]
)
def test_a_duration_is_in_hours_minutes_and_seconds(seconds: float, text: str) -> None:
    """A duration leaves out the parts that are zero."""
    assert figures.duration(seconds) == text


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
    [(0, "+0 MiB"), (0.04, "+0 MiB"), (0.42, "+0.4 MiB"), (21.4, "+21 MiB"), (9.96, "+10 MiB")],
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
    ],
)
def test_a_long_name_stands_in_two_lines(name: str, label: str) -> None:
    """A name that takes too much of a phone's width is parted at the dash in its middle."""
    assert figures.parted(name) == label
