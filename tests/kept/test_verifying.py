"""What a run's file says follows from the samples in it, or is not believed."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kept.made import lab_run, race_run
from race.made import results as race_results
from rowpath.errors import UsageError
from rowpath.lab.differing import first_difference
from rowpath.lab.race.judging import DIGITS
from rowpath.lab.race.record import RaceRun
from rowpath.lab.race.record import to_json as race_json
from rowpath.lab.race.results import Slot
from rowpath.lab.race.runs import computed_again as race_computed_again
from rowpath.lab.race.session import Race
from rowpath.lab.record import Run, to_json
from rowpath.lab.rereading import read_back
from rowpath.lab.verifying import computed_again

ALL = ("lists", "users", "fourteen")
LAB_RUN, RACE_RUN = lab_run(*ALL), race_run(0.62, 1.0, 1.4)
LAB, RACE = to_json(LAB_RUN), race_json(RACE_RUN)
Edit = Callable[[Any], None]


def kept(folder: Path, text: bytes, edit: Edit = lambda _: None) -> Path:
    """Return the file of a run in which something was edited by hand."""
    content = json.loads(text)
    edit(content)
    path = folder / "run.json"
    path.write_text(json.dumps(content))
    return path


def first(content: Any, *keys: str) -> Any:  # noqa: ANN401 any JSON
    """Return what stands below the keys, of a list in its first part."""
    for key in keys:
        content = content[key]
        content = content[0] if isinstance(content, list) else content
    return content


@pytest.mark.parametrize("blocks", [0, 1, 5, 6, 9])
def test_a_run_that_is_computed_again_is_the_very_same(blocks: int) -> None:
    """Intervals, ratios, p-values, gates, verdicts and shares, whatever a slot measured."""
    run = lab_run(*ALL, blocks=blocks)

    assert computed_again(run) == run
    if blocks == 9:
        explained = [each for record in run.experiments for each in record.explanations]
        assert explained
        verdicts = {claim.verdict for record in run.experiments for claim in record.claims}
        assert len(verdicts - {"not judged", "inconclusive"}) > 1


@pytest.mark.parametrize("users", [1, 2, 8])
@pytest.mark.parametrize("other_cpu", [0.0, 0.6])
def test_a_race_that_is_computed_again_is_the_very_same(users: int, other_cpu: float) -> None:
    """Of a user or of many, on a machine that was busy before; what fell out is still out."""
    raced = race_results(0.62, 1.0, users=users, other_cpu=other_cpu)
    raced.fallen[raced.plan.others[0]] = "it answered with status 500"
    made = Race(raced.plan)
    made.results = raced
    run = made.run()

    assert [each.failed is None for each in run.entrants] == [True, False, True]
    assert race_computed_again(run) == run


def test_a_race_that_does_not_say_how_busy_the_machine_was_saw_nothing_of_it() -> None:
    """Its file has no gate of that: what is computed again has one that passes."""
    run = replace(RACE_RUN, gates=())

    gates = {each.name: each for each in race_computed_again(run).gates}

    assert (gates["other_work"].value, gates["other_work"].passed) == (0.0, True)


def test_a_file_that_nobody_edited_is_believed(tmp_path: Path) -> None:
    """A run and a race come back as they were written, and their verdicts are counted."""
    lab = read_back(kept(tmp_path, LAB))
    race = read_back(kept(tmp_path, RACE))

    assert (lab.doubt, race.doubt) == ("", "")
    assert lab.run == LAB_RUN
    assert isinstance(race.run, RaceRun)
    assert race_json(race.run) == RACE
    assert lab.verdicts == sum(len(each.claims) for each in LAB_RUN.experiments)
    assert race.verdicts == 3


LAB_EDITS: dict[str, Edit] = {
    "a verdict": lambda run: first(run, "experiments", "claims").update(verdict="refuted"),
    "a ratio": lambda run: first(run, "experiments", "comparisons")["ratio"].update(low=0.01),
    "what a claim measured": lambda run: first(run, "experiments", "claims", "measured").update(
        low=0.01
    ),
    "a p-value": lambda run: first(run, "experiments", "comparisons").update(p_holm=0.5),
    "a number of blocks": lambda run: first(run, "experiments", "comparisons").update(blocks=60),
    "a median": lambda run: first(run, "experiments", "variants", "time_ms").update(high=1e9),
    "a figure": lambda run: first(run, "experiments", "variants", "figures", "over_blocks").update(
        median=1.0, low=0.5, high=2.0
    ),
    "a block's figure": lambda run: first(run, "experiments", "variants", "figures")[
        "blocks"
    ].__setitem__(0, 0.001),
    "a sample": lambda run: first(run, "experiments", "variants")["samples_ms"][0].__setitem__(
        1, 0.5
    ),
    "a gate": lambda run: first(run, "gates").update(passed=False),
    "a gate less": lambda run: run["gates"].pop(),
    "whether it is valid": lambda run: run.update(valid=False),
    "a clone": lambda run: first(run, "experiments", "controls")["ratio"].update(low=0.2),
    "a clone's samples": lambda run: first(run, "experiments", "controls")["figures"][0][
        "blocks"
    ].__setitem__(0, 9.0),
    "a share": lambda run: run["experiments"][2]["explanations"][0]["shares"][0]["share"].update(
        low=-9.0
    ),
    "a claim less": lambda run: run["experiments"][0]["claims"].pop(),
    "what was claimed": lambda run: first(run, "experiments", "claims").update(claimed_ratio=3.0),
    "the table's rows": lambda run: run["datasets"][0].update(rows=20_000),
}


@pytest.mark.parametrize("edit", LAB_EDITS)
def test_an_edited_run_gives_no_verdict(edit: str, tmp_path: Path) -> None:
    """Whatever of it was edited: it is not valid, says so first, and judges nothing."""
    found = read_back(kept(tmp_path, LAB, LAB_EDITS[edit]))

    assert isinstance(found.run, Run)
    assert "the file has" in found.doubt
    assert not found.run.valid
    assert found.run.gates[0].name == "file"
    assert found.doubt in found.run.gates[0].text
    claims = [claim for record in found.run.experiments for claim in record.claims]
    assert {claim.verdict for claim in claims} == {"not judged"}
    assert all(found.doubt in claim.withheld for claim in claims)


RACE_EDITS: dict[str, Edit] = {
    "a verdict": lambda run: first(run, "comparisons").update(verdict="slower"),
    "a ratio": lambda run: first(run, "comparisons")["ratio"].update(high=0.99),
    "a sample": lambda run: run["entrants"][1]["samples_ms"][0].__setitem__(0, 99.0),
    "a median": lambda run: first(run, "entrants", "median_ms").update(high=99.0),
    "a p-value": lambda run: first(run, "comparisons").update(p_holm=1.0),
    "a gate": lambda run: first(run, "gates").update(value=1.5),
    "the band": lambda run: run.update(null_band=0.2),
    "the clone": lambda run: first(run, "controls")["samples_ms"][0].__setitem__(0, 20.0),
    "steal": lambda run: next(each for each in run["around"] if each["quantity"] == "steal")[
        "blocks"
    ].__setitem__(0, 1.0),
}


@pytest.mark.parametrize("edit", RACE_EDITS)
def test_an_edited_race_gives_no_verdict(edit: str, tmp_path: Path) -> None:
    """It is not valid, says so first, and judges nothing."""
    found = read_back(kept(tmp_path, RACE, RACE_EDITS[edit]))

    assert "the file has" in found.doubt
    assert not found.run.valid
    assert found.run.gates[0].name == "file"
    assert not isinstance(found.run, Run)
    assert {each.verdict for each in found.run.comparisons} == {"not judged"}


def test_a_text_that_a_later_rowpath_would_word_otherwise_is_no_edit(tmp_path: Path) -> None:
    """What is shown is worded by the rowpath that shows it."""

    def reword(run: Any) -> None:  # noqa: ANN401 any JSON
        first(run, "gates").update(text="All is well.")
        first(run, "experiments", "claims").update(why="Because.")

    found = read_back(kept(tmp_path, LAB, reword))

    assert found.doubt == ""
    assert isinstance(found.run, Run)
    assert to_json(found.run) == LAB


@pytest.mark.parametrize("schema", [2, 3, 4])
def test_an_older_run_is_judged_by_the_rules_of_today(schema: int, tmp_path: Path) -> None:
    """Its figures must follow from its samples; its verdicts are given anew."""

    def older(run: Any) -> None:  # noqa: ANN401 any JSON
        run["schema_version"] = schema
        for record in run["experiments"]:
            for claim in record["claims"]:
                claim["verdict"] = "confirmed"
            if schema < 4:
                del record["controls"]
            for each in record["explanations"]:
                del each["corners"]
        if schema < 4:
            del run["gates"], run["valid"]

    found = read_back(kept(tmp_path, LAB, older))

    assert isinstance(found.run, Run)
    assert (found.doubt, found.is_older) == ("", True)
    claims = {claim.verdict for record in found.run.experiments for claim in record.claims}
    assert "direction only" in claims
    assert "confirmed" not in claims


def test_an_older_run_whose_ratio_was_edited_is_doubted_too(tmp_path: Path) -> None:
    """Only rules have changed since, not what a ratio is."""

    def edit(run: Any) -> None:  # noqa: ANN401 any JSON
        LAB_EDITS["a ratio"](run)
        run["schema_version"] = 4

    assert "ratio.low" in read_back(kept(tmp_path, LAB, edit)).doubt


def test_a_time_of_nothing_is_refused(tmp_path: Path) -> None:
    """Nothing follows from it, so there is nothing to show."""
    for text, keys in ((LAB, ("experiments", "variants")), (RACE, ("entrants",))):

        def edit(run: Any, keys: tuple[str, ...] = keys) -> None:  # noqa: ANN401 any JSON
            first(run, *keys)["samples_ms"][0][0] = -1.0

        with pytest.raises(UsageError, match=r"a time that is not above 0\. Give the JSON file"):
            read_back(kept(tmp_path, text, edit))


def test_a_difference_is_told_with_its_place_and_both_values() -> None:
    """As a path through the file, in which parts are told by their names."""
    run = lab_run("lists")
    [record] = run.experiments
    [ratio] = {each.ratio for each in record.comparisons[:1] if each.ratio}
    edited = replace(record.comparisons[0], ratio=replace(ratio, low=0.25))
    other = replace(
        run, experiments=(replace(record, comparisons=(edited, *record.comparisons[1:])),)
    )

    told = first_difference(other, run)

    name = record.comparisons[0]
    assert told == (
        f"experiments.lists.comparisons.{name.variant}, {name.baseline}, {name.setup}, "
        f"{name.rows}, time.ratio.low: the file has 0.25, its samples give {ratio.low:.6g}"
    )
    assert first_difference(run, run) == ""


@given(st.lists(st.floats(1e-5, 30.0), min_size=1, max_size=5))
def test_times_of_a_race_come_back_from_its_file_to_the_last_bit(samples_s: list[float]) -> None:
    """They are counted as whole nanoseconds before anything is made of them."""
    slot = Slot(samples_s=tuple(samples_s), around={})
    written = [round(sample_s * 1000, DIGITS) for sample_s in slot.samples_s]

    again = Slot(samples_s=tuple(ms / 1000 for ms in written), around={})

    assert again == slot
    assert again.samples_s == pytest.approx(samples_s, abs=1e-9)


def test_a_time_follows_from_its_samples_in_seconds() -> None:
    """What the file's samples have in milliseconds, whatever its figure says."""
    record = LAB_RUN.experiments[0]
    variant = record.variants[0]
    time = next(each for each in variant.figures if each.quantity == "time")
    wrong = replace(time, blocks=tuple(block * 3 for block in time.blocks))
    figures = tuple(wrong if each is time else each for each in variant.figures)
    edited = replace(record, variants=(replace(variant, figures=figures), *record.variants[1:]))

    found = computed_again(replace(LAB_RUN, experiments=(edited, *LAB_RUN.experiments[1:])))

    again = next(
        each for each in found.experiments[0].variants[0].figures if each.quantity == "time"
    )
    assert again.blocks == pytest.approx(time.blocks)


def test_a_run_without_figures_is_compared_by_its_samples() -> None:
    """As in a file of schema 2, which had none: ratios are the same, whatever the unit."""
    record = LAB_RUN.experiments[0]
    bare = replace(
        record,
        variants=tuple(replace(each, figures=()) for each in record.variants),
        controls=(),
        claims=(),
    )

    found = computed_again(replace(LAB_RUN, experiments=(bare,)))

    own = [each.ratio for each in found.experiments[0].comparisons if each.quantity == "time"]
    said = [each.ratio for each in record.comparisons if each.quantity == "time"]
    assert own == said
    assert own
