"""Where time goes, without counting any of it twice."""

from collections.abc import Iterator

from rowpath.explain.recording.phase_clock import PhaseClock


def ticks() -> Iterator[float]:
    second = 0.0
    while True:
        yield second
        second += 1


def test_a_phase_is_counted_without_those_inside_it() -> None:
    """While an inner phase runs, the outer one does not."""
    clock = PhaseClock(iter(ticks()).__next__)

    with clock.phase("view"), clock.phase("SQL"):
        pass

    assert {each.name: each.duration_s for each in clock.phases()} == {"view": 2, "SQL": 1}


def test_a_phase_within_itself_is_counted_once() -> None:
    """A phase that begins again inside of itself is one time, not two."""
    clock = PhaseClock(iter(ticks()).__next__)

    with clock.phase("building SQL"), clock.phase("building SQL"):
        pass

    assert [(each.name, each.duration_s) for each in clock.phases()] == [("building SQL", 3)]
