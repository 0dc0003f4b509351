"""What two runs say of what both measured."""

from dataclasses import replace

import pytest

from comparing.made import race
from kept.made import lab_run
from rowpath.cli.compare import INVALID, exit_code
from rowpath.errors import UsageError
from rowpath.lab.comparing.comparison import (
    Change,
    ChangeVerdict,
    Comparison,
    Kind,
    compare,
    is_no_change,
)
from rowpath.lab.race.record import RaceRun, RequestRecord
from rowpath.lab.record import Run
from rowpath.report.compare import sentences
from rowpath.stats.interval import Interval

WIDE = (1.0, 1.2, 0.85, 1.1, 0.9, 1.3)
FILES = ("old.json", "new.json")


def compared(old: RaceRun, new: RaceRun) -> Comparison:
    return compare(old, new, files=FILES)


def ratios(comparison: Comparison) -> list[Change]:
    return [each for each in comparison.changes if each.kind is Kind.RATIO]


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        (1.0, 1.1, ChangeVerdict.REGRESSION),
        (1.1, 1.0, ChangeVerdict.IMPROVEMENT),
        (1.0, 1.001, ChangeVerdict.NO_CHANGE),
        (0.5, 0.55, ChangeVerdict.REGRESSION),
        (1.0, 1.02, ChangeVerdict.UNDECIDED),
        (1.02, 1.0, ChangeVerdict.UNDECIDED),
    ],
)
def test_the_verdict_follows_from_the_whole_interval(
    old: float, new: float, verdict: ChangeVerdict
) -> None:
    """Beyond 2% on the worse side it is a regression, whichever is faster in its own run."""
    (change,) = ratios(compared(race(old), race(new)))

    assert change.verdict == verdict
    assert change.change is not None
    assert change.change.estimate == pytest.approx(new / old, rel=0.002)


@pytest.mark.parametrize(
    ("low", "high", "is_none"),
    [
        (1 / 1.02, 1.02, True),
        (0.98, 1.01, False),
        (0.99, 1.021, False),
    ],
)
def test_no_change_is_within_two_percent(low: float, high: float, *, is_none: bool) -> None:
    """To either side, the ends of the band included."""
    assert is_no_change(Interval(estimate=1.0, low=low, high=high)) is is_none


def test_figures_have_the_units_that_they_name() -> None:
    """A race of 10 ms is one of a hundredth of a second, and ratios have no unit."""
    comparison = compared(race(2.0), race(2.0))

    itself = [each for each in comparison.changes if each.kind is Kind.ITSELF]
    assert [(each.name, each.unit) for each in itself] == [("A", "s"), ("B", "s")]
    assert [each.old for each in itself] == pytest.approx([0.01, 0.02], rel=0.001)
    assert [each.new for each in itself] == pytest.approx([0.01, 0.02], rel=0.001)
    (ratio,) = ratios(comparison)
    assert (ratio.unit, ratio.baseline) == ("", "A")
    assert ratio.old == pytest.approx(2.0, rel=0.001)


def test_a_noisy_run_says_how_large_a_change_it_could_have_seen() -> None:
    """What is wide decides nothing, and the smallest visible change is larger than the band."""
    (quiet,) = ratios(compared(race(1.0), race(1.1)))
    (noisy,) = ratios(compared(race(1.0, scatter=WIDE), race(1.1, scatter=WIDE)))

    assert noisy.verdict == ChangeVerdict.UNDECIDED
    assert quiet.visible is not None
    assert noisy.visible is not None
    assert 0.02 < quiet.visible < 0.03 < noisy.visible


def test_the_wider_band_of_both_runs_counts() -> None:
    """Where identical endpoints differed by 4% in the old run, 3% is no regression."""
    # A clone that lies beyond 2% makes a race invalid, so the old run's is a little within noise.
    old = replace(race(1.0), null_band=0.04)

    (change,) = ratios(compared(old, race(1.03)))

    assert change.null_band == 0.04
    assert change.verdict == ChangeVerdict.UNDECIDED
    (other,) = ratios(compared(race(1.0), race(1.03)))
    assert other.verdict == ChangeVerdict.REGRESSION


def test_the_wider_band_of_two_runs_of_the_lab_counts() -> None:
    """A clone that was off by 4% in either makes 3% no regression there."""
    run = lab_run("lists")
    [experiment] = run.experiments
    off = replace(
        run,
        experiments=(
            replace(
                experiment,
                controls=tuple(
                    replace(each, ratio=Interval(estimate=1.04, low=0.99, high=1.06))
                    for each in experiment.controls
                ),
            ),
        ),
    )
    slower = replace(
        run,
        experiments=(
            replace(
                experiment,
                variants=tuple(
                    replace(
                        each,
                        figures=tuple(
                            replace(figure, blocks=tuple(block * 1.03 for block in figure.blocks))
                            for figure in each.figures
                        ),
                    )
                    for each in experiment.variants
                ),
            ),
        ),
    )

    def verdicts(old: Run, new: Run) -> set[ChangeVerdict]:
        changes = compare(old, new, files=FILES).changes
        return {each.verdict for each in changes if each.kind is Kind.ITSELF}

    assert verdicts(run, slower) == {ChangeVerdict.REGRESSION}
    assert verdicts(off, slower) == {ChangeVerdict.UNDECIDED}
    assert verdicts(slower, off) == {ChangeVerdict.UNDECIDED}


@pytest.mark.parametrize("invalid_first", [True, False])
def test_an_invalid_run_gives_no_verdict(invalid_first: bool) -> None:  # noqa: FBT001
    """Whichever of the two failed its own tests."""
    bad, good = race(1.0, clone=1.2), race(1.5)

    comparison = compared(bad, good) if invalid_first else compared(good, bad)

    assert comparison.valid is False
    assert {each.verdict for each in comparison.changes} == {ChangeVerdict.NOT_JUDGED}


def test_a_comparison_in_which_nothing_can_be_judged_is_no_success() -> None:
    """A gate may withhold every verdict of two valid runs: that is no green build."""
    comparison = compared(race(1.0), race(1.0))
    withheld = tuple(
        replace(each, verdict=ChangeVerdict.NOT_JUDGED, withheld="The clone differs.")
        for each in comparison.changes
    )

    assert exit_code(comparison, "regression") == 0
    assert exit_code(replace(comparison, changes=withheld), "regression") == INVALID


@pytest.mark.parametrize("invalid_first", [True, False])
def test_a_run_that_says_it_is_invalid_gives_no_verdict(invalid_first: bool) -> None:  # noqa: FBT001
    """Though none of its gates withholds anything, and the other run is sound."""
    bad, good = replace(race(1.0), valid=False), race(1.5)

    comparison = compared(bad, good) if invalid_first else compared(good, bad)

    assert {(each.verdict, each.withheld) for each in comparison.changes} == {
        (ChangeVerdict.NOT_JUDGED, "A run failed its own tests.")
    }


def test_what_could_not_see_five_percent_does_not_say_no_change() -> None:
    """A race whose delay was not found leaves it undecided, and that is told."""
    blind = race(1.0, slowed=1.0)

    comparison = compared(blind, race(1.0))
    (change,) = ratios(comparison)

    why = "one of the runs could have missed 5%"
    assert change.verdict == ChangeVerdict.UNDECIDED
    assert any(why in note for note in sentences.notes(comparison))
    assert not any(why in note for note in sentences.notes(compared(race(1.0), race(1.0))))


def test_on_another_machine_ratios_alone_are_compared() -> None:
    """And it says what differs."""
    old = race(1.0)
    there = replace(old, environment=replace(old.environment, cpu="Another"))

    comparison = compared(old, there)

    assert comparison.elsewhere == (f"CPU: {old.environment.cpu}, then Another",)
    assert {each.kind for each in comparison.changes} == {Kind.RATIO}
    assert [each.p_holm for each in comparison.changes] == [1.0]


def test_what_is_not_the_same_is_left_out_with_the_reason() -> None:
    """Another path is another thing, and so is a name that only one run has."""
    old, new = race(1.0, 1.0), race(1.0, 1.0, 1.0)
    a, b, c = old.entrants
    old = replace(old, entrants=(a, replace(b, url="http://127.0.0.1:8000/other?x=1"), c))

    comparison = compared(old, new)

    assert comparison.left_out == (
        "race, B: request: GET /other?x=1, then GET /b",
        "race, D: it is in the new run alone",
    )
    assert [each.name for each in ratios(comparison)] == ["C"]


REQUESTS = (RequestRecord(method="GET", path="/b"), RequestRecord(method="POST", path="/c"))


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (race(1.0), race(1.0, users=8), "users: 1, then 8"),
        (race(1.0, users=4), race(1.0, users=8), "users: 4, then 8"),
        (
            race(1.0),
            replace(race(1.0), restarted=True),
            "servers: left as they run, then started anew for each block",
        ),
        (
            race(1.0),
            replace(race(1.0), requests=REQUESTS),
            "request: GET /b, then GET /b, POST /c",
        ),
        (
            replace(race(1.0), requests=REQUESTS),
            replace(race(1.0), requests=REQUESTS[:1]),
            "request: GET /b, POST /c, then GET /b",
        ),
    ],
)
def test_a_race_is_compared_with_its_like_alone(old: RaceRun, new: RaceRun, why: str) -> None:
    """As many users, the same requests, and servers that were started by the race or not."""
    with pytest.raises(UsageError, match=f"race, B: {why}"):
        compared(old, new)
    for run in (old, new):
        assert compared(run, run).left_out == ()


def test_a_race_under_load_is_compared_by_what_its_blocks_count_as() -> None:
    """By the time per answer, of which a single answer's time says nothing."""
    comparison = compared(race(1.0, users=8), race(1.1, users=8))

    (ratio,) = ratios(comparison)
    assert ratio.verdict == ChangeVerdict.REGRESSION
    assert ratio.quantity == "time per answer at 8 users"
    itself = [each for each in comparison.changes if each.kind is Kind.ITSELF]
    assert [each.old for each in itself] == pytest.approx([0.00125, 0.00125], rel=0.001)
    assert [each.new for each in itself] == pytest.approx([0.00125, 0.001375], rel=0.001)


@pytest.mark.parametrize("old_lacks", [True, False])
def test_what_one_of_two_runs_did_not_measure_is_left_out(old_lacks: bool) -> None:  # noqa: FBT001
    """Without a block of it, or of its baseline, there is no change and no ratio to tell."""
    whole = race(1.0, 1.0)
    a, b, c = whole.entrants

    def left_out(lacking: RaceRun) -> tuple[str, ...]:
        pair = (lacking, whole) if old_lacks else (whole, lacking)
        return compared(*pair).left_out

    unmeasured = replace(whole, entrants=(a, replace(b, samples_ms=()), c))
    assert left_out(unmeasured) == ("race, B: it was measured in no block",)
    zero = replace(whole, entrants=(a, replace(b, samples_ms=((0.0,), *b.samples_ms[1:])), c))
    assert left_out(zero) == (
        "race, B: its time is 0 in a block, or beyond all measure: there is no ratio",
    )


@pytest.mark.parametrize("block_ms", [1e-9, 1e18])
def test_a_value_at_the_end_of_all_measure_is_left_out(block_ms: float) -> None:
    """A picosecond, and 10 to the power of 15 seconds: no run measures either."""
    whole = race(1.0)
    odd = replace(
        whole,
        entrants=tuple(
            replace(each, samples_ms=((block_ms,), *each.samples_ms[1:])) for each in whole.entrants
        ),
    )

    with pytest.raises(UsageError, match="race, A: its time is 0 in a block, or beyond all"):
        compared(whole, odd)


@pytest.mark.parametrize("old_lacks", [True, False])
def test_where_one_run_has_no_baseline_nothing_can_be_compared(old_lacks: bool) -> None:  # noqa: FBT001
    """And the error names both files, and each reason."""
    whole = race(1.0)
    a, b = whole.entrants
    lacking = replace(whole, entrants=(replace(a, samples_ms=()), b))

    with pytest.raises(UsageError) as caught:
        compared(*((lacking, whole) if old_lacks else (whole, lacking)))

    assert str(caught.value) == (
        "Cannot compare old.json with new.json: race, A: it was measured in no block; race, B: "
        "there is no block in which its baseline was measured, too. Name two runs of the same."
    )


def test_each_run_is_named_by_its_own_file() -> None:
    """The first is the old one."""
    comparison = compared(race(1.0), race(1.0))

    assert (comparison.old.file, comparison.new.file) == FILES


def test_a_race_is_not_compared_with_a_run_of_the_lab() -> None:
    """And the error names both files in the order in which they were given."""
    with pytest.raises(UsageError, match=r"Cannot compare old\.json with new\.json: one is a race"):
        compare(race(1.0), lab_run("lists"), files=FILES)


def test_another_port_is_the_same_endpoint() -> None:
    """A server that is started anew listens elsewhere."""
    old = race(1.0)
    moved = tuple(replace(each, url=each.url.replace(":8000", ":9000")) for each in old.entrants)

    assert compared(replace(old, entrants=moved), old).left_out == ()


def test_where_nothing_is_the_same_there_is_an_error_with_the_reasons() -> None:
    """A comparison of nothing is a mistake in the command."""
    old = race(1.0)
    renamed = tuple(replace(each, name=f"{each.name}2") for each in old.entrants)

    with pytest.raises(UsageError, match=r"race, A: it is in the old run alone; .*Name two runs"):
        compared(old, replace(old, entrants=renamed))


def test_p_values_are_corrected_over_the_family() -> None:
    """Six blocks of each run have 2 in 924 at best, times the number of comparisons."""
    (alone,) = ratios(compared(race(1.0), race(1.1)))
    three = ratios(compared(race(1.0, 1.0, 1.0), race(1.1, 1.1, 1.1)))

    assert alone.p_holm == pytest.approx(2 / 924)
    assert [each.p_holm for each in three] == pytest.approx([6 / 924] * 3)


def test_with_too_many_comparisons_nothing_is_shown() -> None:
    """What Holm's correction leaves above 5% is undecided, however clear each interval is."""
    many = [1.0] * 6
    old, new = (
        race(*many, scatter=(1, 1.001, 0.999, 1.002)),
        race(1.1, *many[1:], scatter=(1.0, 1.003, 0.998, 1.004)),
    )

    first = ratios(compared(old, new))[0]

    assert first.change is not None
    assert first.change.low > 1.02
    assert first.p_holm == pytest.approx(12 / 70)
    assert first.verdict == ChangeVerdict.UNDECIDED


def test_too_few_blocks_have_no_interval_and_no_verdict() -> None:
    """Three blocks against three say nothing."""
    (change,) = ratios(compared(race(1.0, scatter=(1, 1, 1)), race(2.0, scatter=(1, 1, 1))))

    assert (change.change, change.p_holm, change.visible) == (None, None, None)
    assert change.verdict == ChangeVerdict.UNDECIDED
