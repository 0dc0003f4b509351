"""A run is read back as it was written, also one of an older rowpath; anything else is refused."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from report_runs import whole_run

from rowpath.errors import UsageError
from rowpath.lab.record import SCHEMA_VERSION, to_json
from rowpath.lab.runs import read_run

RUN = whole_run()
# What schema 3 added to schema 2.
ADDED = {"figures", "quantity"}


def without(content: Any, keys: set[str]) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(content, dict):
        return {key: without(value, keys) for key, value in content.items() if key not in keys}
    return [without(each, keys) for each in content] if isinstance(content, list) else content


def kept(folder: Path, content: Any) -> Path:  # noqa: ANN401 - any JSON
    path = folder / "run.json"
    path.write_text(json.dumps(content))
    return path


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Every value comes back."""
    path = tmp_path / "run.json"
    path.write_bytes(to_json(replace(RUN, schema_version=SCHEMA_VERSION)))

    assert read_run(path) == replace(RUN, schema_version=SCHEMA_VERSION)


def test_a_run_of_the_schema_before_is_read(tmp_path: Path) -> None:
    """What it does not say is as it was then: times were compared."""
    content = without(json.loads(to_json(RUN)), ADDED) | {"schema_version": 2}

    run = read_run(kept(tmp_path, content))

    assert len(run.experiments) == len(RUN.experiments)
    compared = [each for experiment in run.experiments for each in experiment.comparisons]
    assert compared
    assert {each.quantity for each in compared} == {"time"}


REFUSED: dict[str, tuple[str | bytes, str]] = {
    "no-json": ("{", "it is no JSON"),
    "no-run": ("[]", "it has no schema_version"),
    "later": ('{"schema_version": 99}', "it has the schema 99, and this rowpath knows those up to"),
    "older": ('{"schema_version": 1}', "it has the schema 1, and this rowpath knows those from 2"),
    "cut": ('{"schema_version": 3}', "rowpath: Field required"),
    "odd-version": ('{"schema_version": true}', "it has no schema_version"),
    "no-text": (b"\xff\xfe\xff", "it is no JSON"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_run_of_ours_is_refused(case: str, tmp_path: Path) -> None:
    """In one line that names the file, says why, and what to do."""
    content, reason = REFUSED[case]
    path = tmp_path / "run.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())

    with pytest.raises(UsageError, match=r"^Cannot read the run ") as raised:
        read_run(path)

    assert f"{path}: {reason}" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """It is told as what the system says."""
    with pytest.raises(UsageError, match=r"No such file or directory\. Give the JSON file"):
        read_run(tmp_path / "none.json")
