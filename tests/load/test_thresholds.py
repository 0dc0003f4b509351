"""Limits that a load has to keep: how they are written, and what is told of those it did not."""

import pytest

from load.made import result, target
from rowpath.errors import UsageError
from rowpath.lab.load.thresholds import failed, threshold


@pytest.mark.parametrize(
    ("text", "value"),
    [("p95>2ms", 2.0), ("p95>2s", 2_000.0), ("p0.5>2us", 0.002), ("p99.9>2µs", 0.002)],
)
def test_a_time_is_held_against_milliseconds(text: str, value: float) -> None:
    """Whatever unit it is written in, of any percentile above 0 and below 100."""
    assert threshold(text).value == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("p50>50ms", "p50>50ms, it was 125 ms."),
        ("p50>0.05s", "p50>0.05s, it was 125 ms."),
        ("p50>100us", "p50>100us, it was 125 ms."),
        ("failures>1%", "failures>1%, it was 25%."),
        ("failures>0", "failures>0, it was 1."),
        ("rps<1", "rps<1, it was 0.4/s."),
        ("failures_per_s>0", "failures_per_s>0, it was 0.1/s."),
        ("requests<5", "requests<5, it was 4."),
        (
            "p99>9s",
            "p99>9s could not be judged, of 4 requests there is no p99 (p99 takes 1,000).",
        ),
    ],
)
def test_a_threshold_that_failed_is_told_with_what_it_was(text: str, sentence: str) -> None:
    """Four requests of an eighth of a second, one of which failed, in ten seconds."""
    made = result(target([0.0, 1.0, 2.0, 3.0], [0.125] * 4, reasons=["no"]), run_time_s=10.0)

    assert list(failed(made, (threshold(text),))) == [f"{made.targets[0].name}: {sentence}"]


@pytest.mark.parametrize(
    ("text", "is_kept"),
    [
        ("p95>200ms", True),
        ("p95>0.05s", False),
        ("p95 >= 100 ms", False),
        ("p95>100ms", True),
        ("median>0.1s", True),
        ("max>99ms", False),
        ("mean<1ms", True),
        ("failures>1", True),
        ("failures>=1", False),
        ("failures>24%", False),
        ("failures>25%", True),
        ("requests<4", True),
        ("requests<5", False),
        ("requests_per_s<1/s", False),
        ("rps<0.3", True),
        ("p99>10s", False),
    ],
)
def test_a_threshold_is_the_condition_of_a_failure(text: str, *, is_kept: bool) -> None:
    """Four requests of 0.1 s, one of which failed; what cannot be judged is not kept."""
    made = result(target([0.0, 1.0, 2.0, 3.0], [0.1] * 4, reasons=["no"]), run_time_s=10.0)
    # Differences of times are as exact as times are.
    made.total.ended_s[:] = made.total.started_s + 0.125
    chosen = threshold(text.replace("100", "125").replace("0.1s", "0.125s"))

    assert (list(failed(made, (chosen,))) == []) is is_kept


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("p95", "Write it like"),
        ("p95>200", "p95 is a time"),
        ("p95>2%", "p95 is a time"),
        ("p100>2s", "there is no p100"),
        ("p0>2s", "there is no p0"),
        ("failures>1ms", "failures has no unit 'ms'"),
        ("requests_per_s<1ms", "requests_per_s has no unit"),
        ("latency>1ms", "there is no figure 'latency'"),
        ("p95==1ms", "Write it like"),
        ("p95>-1ms", "Write it like"),
        ("", "Write it like"),
    ],
)
def test_a_threshold_that_cannot_be_read_is_told(text: str, reason: str) -> None:
    """With what is wrong, and how one is written."""
    with pytest.raises(UsageError, match=reason):
        threshold(text)


def test_a_median_is_what_half_of_the_requests_are_within() -> None:
    """Of a hundred that took 1 to 100 ms that is 50 ms, however it is called."""
    made = result(target([0.0] * 100, [number / 1_000 for number in range(1, 101)]))

    for text in ("median>1ms", "med>1ms", "p50>1ms"):
        assert threshold(text).of(made, made.total) == pytest.approx(50)
