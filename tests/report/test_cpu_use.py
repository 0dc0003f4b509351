import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowpath.lab.record import CpuLineRecord
from rowpath.report import cpu


def line(*looks: tuple[float, float], name: str = "t1") -> CpuLineRecord:
    """Return a line of (until, share)."""
    return CpuLineRecord(
        name=name, at_s=tuple(at for at, _ in looks), share=tuple(share for _, share in looks)
    )


@st.composite
def lines(draw: st.DrawFn) -> CpuLineRecord:
    """A line whose looks come at uneven times, as a busy machine makes them."""
    spans = draw(st.lists(st.floats(min_value=0.001, max_value=30), min_size=1, max_size=40))
    shares = draw(
        st.lists(st.floats(min_value=0, max_value=4), min_size=len(spans), max_size=len(spans))
    )
    ends = [sum(spans[: place + 1]) for place in range(len(spans))]
    return line(*zip(ends, shares, strict=True))


@given(lines())
def test_steps_use_as_much_as_the_looks_saw(seen: CpuLineRecord) -> None:
    """Means over steps lose no CPU and make none up."""
    whole_s = cpu.span_s([seen])
    starts = (0.0, *seen.at_s)
    used = sum(
        (end - start) * share
        for start, end, share in zip(starts, seen.at_s, seen.share, strict=False)
    )

    steps = cpu.steps(seen, cpu.step_s(whole_s))

    assert sum((each.end_s - each.start_s) * each.share for each in steps) == pytest.approx(used)
    assert steps[-1].end_s == pytest.approx(whole_s)
    assert len(steps) <= 81


@given(lines())
def test_a_mean_lies_between_the_looks(seen: CpuLineRecord) -> None:
    """No step shows more than the most that was seen, or less than nothing."""
    steps = cpu.steps(seen, cpu.step_s(cpu.span_s([seen])))

    assert all(-1e-6 <= each.share <= max(seen.share) + 1e-6 for each in steps)


@pytest.mark.parametrize(
    ("whole_s", "step_s"), [(0.3, 0.1), (8.0, 0.1), (8.1, 0.2), (60, 1), (720, 10)]
)
def test_a_step_is_a_round_number_of_seconds(whole_s: float, step_s: float) -> None:
    """It is 1, 2 or 5 times a power of ten, short where little time passed, and never noise."""
    assert cpu.step_s(whole_s) == pytest.approx(step_s)


def test_a_process_that_ends_early_is_busy_until_then() -> None:
    """Its mean is over the time that everything took, and its busy time its own."""
    seen = line((1.0, 0.5), (4.0, 0.0), name="t2")

    use = cpu.use(seen, of_s=4.0)

    assert use.share == pytest.approx(0.125)
    assert use.busy_s == pytest.approx(1.0)
    assert str(use) == "t2: 12% of a core, busy 1.00 s of 4.00 s"


def test_where_nothing_was_seen_there_is_nothing_to_say() -> None:
    """A request shorter than a look has no line."""
    assert cpu.uses([line()]) == ()
    assert cpu.steps(line(), 0.1) == ()


@pytest.mark.parametrize(
    ("names", "title"),
    [
        (("t1", "t2", "PostgreSQL"), "CPU while t1 and t2 run at once"),
        (("t1", "PostgreSQL"), "CPU while t1 runs"),
        (("t1", "t2", "t3"), "CPU while t1, t2 and t3 run at once"),
    ],
)
def test_the_title_names_the_tasks(names: tuple[str, ...], title: str) -> None:
    """The database is no task, wherever it stands."""
    assert cpu.title([line((1.0, 0.1), name=name) for name in names]) == title


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0%"), (0.004, "0.4%"), (0.0999, "10%"), (0.31, "31%"), (1.7, "170%")]
)
def test_a_share_is_in_percent_of_a_core(share: float, text: str) -> None:
    """It has a decimal where it is small."""
    assert cpu.percent(share) == text
