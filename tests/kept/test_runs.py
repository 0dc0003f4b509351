"""A run is read back as it was written, also one of an older rowpath; anything else is refused."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kept.made import lab_run, race_run
from load.made import result, target
from race.made import results as race_results
from rowpath.errors import UsageError
from rowpath.lab import strict_json
from rowpath.lab.integrity import MOST_BLOCKS
from rowpath.lab.load.plan import Target
from rowpath.lab.load.record import to_json as load_json
from rowpath.lab.race.record import RaceRun
from rowpath.lab.race.record import to_json as race_json
from rowpath.lab.race.results import Results, Slot
from rowpath.lab.race.session import Race
from rowpath.lab.record import to_json
from rowpath.lab.rereading import read_back
from rowpath.lab.runs import read_run

RUN = lab_run("lists", "users")
LAB, RACE = to_json(RUN), race_json(race_run())
LOAD = load_json(result(target([0.0], [1.0])), [])


def without(content: Any, keys: set[str]) -> Any:  # noqa: ANN401 any JSON
    if isinstance(content, dict):
        return {key: without(value, keys) for key, value in content.items() if key not in keys}
    return [without(each, keys) for each in content] if isinstance(content, list) else content


def kept(folder: Path, content: bytes) -> Path:
    path = folder / "run.json"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["as it is", "with a mark of bytes"])
def test_a_run_is_read_as_it_was_written(mark: bytes, tmp_path: Path) -> None:
    """Every value comes back, also where an editor has put its mark in front."""
    assert read_run(kept(tmp_path, mark + LAB)) == RUN


def test_a_run_of_the_schema_before_figures_is_read(tmp_path: Path) -> None:
    """What it does not say is as it was then: times were compared, and no run tested itself."""
    content = json.loads(to_json(lab_run("lists")))
    newer = {"figures", "quantity", "controls", "gates", "valid", "asked", "sittings"}
    old = without(content, newer) | {"schema_version": 2}

    found = read_back(kept(tmp_path, json.dumps(old).encode()))

    assert found.doubt == ""
    run = read_run(found.path)
    compared = [each for experiment in run.experiments for each in experiment.comparisons]
    assert compared
    assert {each.quantity for each in compared} == {"time"}


REFUSED: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "it is empty"),
    "blank": (" \n", "it is empty"),
    "no-json": ("{", "it is no JSON (Expecting property name"),
    "no-object": ("[]", "it is no JSON object"),
    "no-version": ("{}", "it has no schema_version that is a whole number"),
    "later": ('{"schema_version": 99}', "it has the schema 99, and this rowpath knows those up to"),
    "zero": ('{"schema_version": 0}', "it has the schema 0, and this rowpath knows those from 2"),
    "older": ('{"schema_version": 1}', "it has the schema 1, and this rowpath knows those from 2"),
    "below": ('{"schema_version": -1}', "it has the schema -1, and this rowpath knows those from"),
    "cut": ('{"schema_version": 3}', "rowpath: Field required"),
    "text-version": ('{"schema_version": "4"}', "it has no schema_version that is a whole"),
    "null-version": ('{"schema_version": null}', "it has no schema_version that is a whole"),
    "odd-version": ('{"schema_version": true}', "it has no schema_version that is a whole"),
    "part-version": ('{"schema_version": 4.0}', "it has no schema_version that is a whole"),
    "later-race": ('{"schema_version": 99, "entrants": []}', "it has the schema 99"),
    "older-race": ('{"schema_version": 0, "entrants": []}', "it has the schema 0"),
    "a-load": (LOAD, "it is the result of a load"),
    "no-text": (b"\xff\xfe\xff", "it is no UTF-8 text (byte 0xff at 0)"),
    "utf-16": (LAB.decode().encode("utf-16"), "it is no UTF-8 text"),
    "binary": (bytes(range(256)), "it is no "),
    "half": (LAB[: len(LAB) // 2], "it is no JSON ("),
    "deep": ("[" * 200_000, "its parts are too deep in one another"),
    "deep-objects": ('{"a":' * 200_000, "its parts are too deep in one another"),
    "nan": ('{"schema_version": 5, "duration_s": NaN}', "it has the number NaN, which no run has"),
    "infinity": ('{"duration_s": -Infinity}', "it has the number -Infinity, which no run has"),
    "overflow": ('{"duration_s": 1e999}', "it has the number 1e999, which no run has"),
    "digits": (f'{{"seed": {"9" * 6_000}}}', "it has a whole number of 6,000 digits"),
    "twice": ('{"seed": 1, "seed": 2}', "the key 'seed' stands twice in one object"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_run_of_ours_is_refused(case: str, tmp_path: Path) -> None:
    """In one line that names the file, says why, and what to do."""
    content, reason = REFUSED[case]
    path = kept(tmp_path, content if isinstance(content, bytes) else content.encode())

    with pytest.raises(UsageError, match=r"^Cannot read the run ") as raised:
        read_back(path)

    assert f"{path}: {reason}" in str(raised.value)
    assert "\n" not in str(raised.value)


def _first(run: Any) -> Any:  # noqa: ANN401 any JSON
    return run["experiments"][0]


EDITS: dict[str, tuple[Callable[[Any], object], str]] = {
    "text for a number": (
        lambda run: run.update(workers="1"),
        "workers: Input should be a valid integer",
    ),
    "a number for text": (
        lambda run: run.update(profile=1),
        "profile: Input should be a valid",
    ),
    "an interval without its estimate": (
        lambda run: _first(run)["comparisons"][0]["ratio"].update(low=9.0),
        "does not hold",
    ),
    "no zone": (
        lambda run: run.update(started_at="2026-03-14T09:26:53"),
        "the time 2026-03-14 09:26:53 has no zone",
    ),
    "no datasets": (lambda run: run.update(datasets=[]), "it has no datasets"),
    "an experiment twice": (
        lambda run: run["experiments"].append(_first(run)),
        "it has the experiment 'lists' twice",
    ),
    "a strange experiment's dataset": (
        lambda run: _first(run).update(dataset="sheep"),
        "nothing follows from its samples ('sheep' is not a valid Data)",
    ),
    "a variant twice": (
        lambda run: _first(run)["variants"].append(_first(run)["variants"][0]),
        "stands twice",
    ),
    "a group that is not there": (
        lambda run: _first(run)["groups"][0].update(name="other"),
        "is of the group 'lists', which is not there",
    ),
    "a variant that is not there": (
        lambda run: _first(run)["variants"].pop(),
        "are compared, and are not two of one group",
    ),
    "fewer samples than figures": (
        lambda run: _first(run)["variants"][0]["samples_ms"].pop(),
        "has samples of another number of blocks than its figures",
    ),
    "figures of unequal length": (
        lambda run: _first(run)["variants"][0]["figures"][0]["blocks"].pop(),
        "has figures of unequal numbers of blocks",
    ),
    "a block of nothing": (
        lambda run: _first(run)["variants"][0]["samples_ms"].__setitem__(0, []),
        "has a block without samples",
    ),
    "too many blocks": (
        lambda run: _first(run)["variants"][0].update(samples_ms=[[1.0]] * 100_000),
        "has more than 250 blocks",
    ),
    "a control of nothing": (
        lambda run: _first(run)["controls"][0].update(slot="nothing clone"),
        "is of a baseline that is not there",
    ),
    "a control of no kind": (
        lambda run: _first(run)["controls"][0].update(kind="sheep"),
        "is of the kind 'sheep', which is none",
    ),
    "times beyond all bounds": (
        lambda run: [
            figure.update(blocks=[1e-300] * 6)
            for figure in _first(run)["variants"][0]["figures"]
            if figure["quantity"] == "time"
        ],
        "",
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_parts_that_do_not_fit_together_are_told(edit: str, tmp_path: Path) -> None:
    """Before anything is made of them: a line, or verdicts that are withheld."""
    content = json.loads(LAB)
    change, reason = EDITS[edit]
    change(content)
    path = kept(tmp_path, json.dumps(content).encode())

    try:
        told = read_back(path).doubt
    except UsageError as error:
        told = f"{error}"

    assert told
    assert reason in told
    assert "\n" not in told


RACE_EDITS: dict[str, tuple[Callable[[Any], object], str]] = {
    "one alone": (lambda run: run["entrants"].__delitem__(slice(1, None)), "it has 1 entrants"),
    "one name for two": (
        lambda run: run["entrants"][1].update(name="A"),
        "it has the entrant 'A' twice",
    ),
    "no clone": (lambda run: run["controls"].pop(0), "it has the controls slowed"),
    "a strange control": (
        lambda run: run["controls"][0].update(kind="sheep"),
        "it has the controls sheep, slowed",
    ),
    "a block of nothing": (
        lambda run: run["entrants"][0]["samples_ms"].__setitem__(0, []),
        "A has a block without samples",
    ),
    "no controls": (lambda run: run["controls"].clear(), "it has the controls none"),
    "a time of nothing": (
        lambda run: run["entrants"][0]["samples_ms"].__setitem__(0, [0.0]),
        "A has a time that is not above 0",
    ),
    "too many blocks": (
        lambda run: run["entrants"][0].update(samples_ms=[[1.0]] * (MOST_BLOCKS + 1)),
        f"A has more than {MOST_BLOCKS} blocks",
    ),
    "nobody who asks": (lambda run: run.update(users=0), "it has 0 users"),
    "two users whose answers nobody counted": (
        lambda run: run.update(users=2),
        "A has 0 values for 6 blocks",
    ),
    "an answer that took nothing": (
        lambda run: run["entrants"][0].update(values_ms=[0.0]),
        "A has a value that is not above 0",
    ),
    "a request that was not sent in one block": (
        lambda run: (
            run.update(requests=[{"method": "GET", "path": path} for path in ("/a", "/b")]),
            run["entrants"][0]["samples_ms"].__setitem__(0, [1.0]),
        ),
        "A has a block without all of its requests",
    ),
    "what no machine tells": (
        lambda run: run["around"][0].update(quantity="sheep"),
        "what went on around A (sheep) is not of its blocks",
    ),
    "more around than slots": (
        lambda run: run["around"][0]["blocks"].append(0.0),
        "is not of its blocks",
    ),
}


@pytest.mark.parametrize("edit", RACE_EDITS)
def test_parts_of_a_race_that_do_not_fit_are_told(edit: str, tmp_path: Path) -> None:
    """In one line."""
    content = json.loads(RACE)
    change, reason = RACE_EDITS[edit]
    change(content)

    with pytest.raises(UsageError) as raised:
        read_back(kept(tmp_path, json.dumps(content).encode()))

    assert reason in str(raised.value)


def test_a_race_of_several_requests_has_each_of_them_in_a_block(tmp_path: Path) -> None:
    """Once is enough."""
    raced = race_results(1.0)
    two = (Target(url="/a"), Target(url="/b"))
    entrants = tuple(replace(each, requests=two) for each in raced.plan.entrants)
    plan = replace(raced.plan, entrants=entrants)
    made = Race(plan)
    made.results = Results(plan=plan, blocks=6)
    for lane in plan.lanes:
        slot = Slot(samples_s=(0.01, 0.02), around={}, requests=2)
        made.results.slots[lane] = [slot] * 6

    assert read_back(kept(tmp_path, race_json(made.run()))).doubt == ""


@pytest.mark.parametrize(("blocks", "users"), [(6, 1), (6, 2), (6, 8), (MOST_BLOCKS, 1)])
def test_a_race_of_two_is_read_however_short_its_times_are(
    blocks: int, users: int, tmp_path: Path
) -> None:
    """One of them takes half a millisecond; as many blocks as a race may have are read, too."""
    scatter = [1 + block / 10_000 for block in range(blocks)]
    raced = race_results(0.05, scatter=scatter, users=users)
    made = Race(raced.plan)
    made.results = raced

    found = read_back(kept(tmp_path, race_json(made.run())))

    assert found.doubt == ""
    assert isinstance(found.run, RaceRun)
    assert [len(each.samples_ms) for each in found.run.entrants] == [blocks] * 2


def test_a_race_is_no_run_to_go_on_with(tmp_path: Path) -> None:
    """A command that takes one kind says what the file is."""
    with pytest.raises(UsageError, match=r"it is a race, not a run of the lab\. Give the JSON"):
        read_run(kept(tmp_path, RACE))


@pytest.mark.parametrize(("name", "reason"), [("none.json", "No such file"), ("", "Is a direct")])
def test_what_is_no_file(name: str, reason: str, tmp_path: Path) -> None:
    """It is told as what the system says."""
    with pytest.raises(UsageError, match=rf"{reason}.*\. Give the JSON file"):
        read_run(tmp_path / name)


def test_a_path_that_is_none() -> None:
    """A NUL, as a shell never gives it, is told too."""
    with pytest.raises(UsageError, match="null"):
        read_run(Path("a\0b"))


def test_a_file_that_never_ends_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A device of zeros is refused after as many bytes as a run can have."""
    monkeypatch.setattr(strict_json, "MOST_BYTES", 1 << 20)

    with pytest.raises(UsageError, match="it has more than 1 MiB, and no run has"):
        read_run(Path("/dev/zero"))
