"""The published schemas are those of what is written."""

import pytest

from kept.made import lab_run, race_run
from load.made import result, target
from rowpath.lab.load.record import to_json as load_json
from rowpath.lab.race.record import to_json as race_json
from rowpath.lab.record import to_json
from rowpath.lab.schemas import schemas, text
from written import SCHEMAS, check


@pytest.mark.parametrize("name", schemas())
def test_a_published_schema_is_that_of_the_code(name: str) -> None:
    """Where it is not: python bench/json_schemas.py."""
    assert (SCHEMAS / name).read_text(encoding="utf-8") == text(schemas()[name])


def test_no_other_schema_is_published() -> None:
    """What is no longer written has none."""
    assert {path.name for path in SCHEMAS.iterdir()} == set(schemas())


@pytest.mark.parametrize("blocks", [1, 6])
def test_what_is_written_is_valid_by_its_schema(blocks: int) -> None:
    """A run, a race, a load."""
    check(to_json(lab_run("lists", "users", "fourteen", blocks=blocks)), "lab-run.json")
    check(race_json(race_run(0.5)), "race.json")
    check(load_json(result(target([0.0], [1.0])), ["p95"]), "load.json")
