"""What the machine did between two moments is what its counters grew by."""

import os
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from rowpath.lab.measures import OTHER_CPU, PRESSURE, STANDSTILLS, STEAL
from rowpath.lab.measuring.machine import Look, between, look, span_s

BEFORE = Look(at_s=10.0, busy_s=5.0, steal_s=1.0, pressure_s=2.0, standstills=3)
AFTER = Look(at_s=14.0, busy_s=9.0, steal_s=2.5, pressure_s=3.0, standstills=5)
CORES = os.cpu_count() or 1


def test_what_went_on_is_a_share_of_all_processors() -> None:
    """In four seconds 4 of CPU, of which 1 is our own, and 1.5 stolen; someone waited for 1.

    Who waits does so on no processor: that is a share of the time alone.
    """
    seen = between(BEFORE, AFTER, own_s=1.0)

    assert seen == pytest.approx(
        {OTHER_CPU: 0.75 / CORES, STEAL: 0.375 / CORES, PRESSURE: 0.25, STANDSTILLS: 2}
    )
    assert span_s(BEFORE, AFTER) == 4.0
    assert span_s(BEFORE, replace(BEFORE, at_s=10.25)) == 0.25
    assert span_s(BEFORE, BEFORE) > 0


def test_what_a_tick_takes_from_a_slot_is_less_than_nothing() -> None:
    """It is not cut off: the slot before has it, and the mean of both is right."""
    assert between(BEFORE, AFTER, own_s=6.0)[OTHER_CPU] == pytest.approx(-0.5 / CORES)


@pytest.mark.parametrize("is_before", [True, False])
def test_what_a_system_does_not_tell_is_left_out(*, is_before: bool) -> None:
    """Of either moment: nothing is made up of the other."""
    before, after = (
        replace(each, steal_s=None, pressure_s=None) if lacks else each
        for each, lacks in ((BEFORE, is_before), (AFTER, not is_before))
    )

    assert set(between(before, after, own_s=1.0)) == {OTHER_CPU, STANDSTILLS}


def test_processors_are_busy_where_they_do_not_wait() -> None:
    """All that they did, but for idling, waiting for disks, and what was a guest's or a host's."""
    idle = ("idle", "iowait", "steal", "guest", "guest_nice")

    def busy_s() -> float:
        times = psutil.cpu_times()
        return sum(times) - sum(getattr(times, name, 0.0) for name in idle)

    before_s = busy_s()
    seen = look()
    after_s = busy_s()

    assert before_s - 1e-6 <= seen.busy_s <= after_s + 1e-6
    assert (seen.steal_s is None) is not hasattr(psutil.cpu_times(), "steal")


@pytest.mark.parametrize(
    ("content", "waited_s"),
    [
        ("some avg10=0.00 avg60=1.00 avg300=2.00 total=1500000\nfull avg10=0.00 total=7\n", 1.5),
        ("", None),
        (None, None),
    ],
)
def test_pressure_is_told_in_seconds(
    content: str | None, waited_s: float | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel counts the microseconds in which some process waited, where it counts them."""
    file = tmp_path / "cpu"
    if content is not None:
        file.write_text(content)
    monkeypatch.setattr("rowpath.lab.measuring.machine.PRESSURE_FILE", file)

    assert look().pressure_s == waited_s
