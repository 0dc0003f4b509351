"""The fast path answers what DRF answers, byte for byte, on a real PostgreSQL."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from rowpath.lab.database import Database, connect

TESTS = Path(__file__).parent.parent
FAST = (
    "whole",
    "empty",
    "related",
    "related-selected",
    "related-ordered",
    "filtered",
    "only",
    "prefetched",
    "annotated",
    "values",
    "pages",
    "offsets",
    "cursors",
    "too-short-to-stream",
    "distinct",
    "distinct-by-relations",
    "chosen",
    "chosen-within",
    "chosen-at-first",
    "chosen-by-view",
    "chosen-by-made",
    "chosen-by-names",
    "chosen-by-building",
    "chosen-by-field",
    "chosen-by-mapping",
    "chosen-by-meta",
    "harmless",
    "dropped",
    "not-dropped",
    "a-row-each-function",
    "a-row-each-template",
    "a-row-each-own",
    "a-row-each-raw",
    "a-row-each-within",
    "summed-as-integer",
    "summed-as-text",
    "summed-to-int",
    "wide-values",
    "in-groups",
    "in-groups-values",
    "plain-keys",
    "plain-keys-selected",
    "plain-keys-summed",
    "plain-keys-by-field",
)
NEEDS_COMPILED = {
    "whole",
    "empty",
    "only",
    "prefetched",
    "pages",
    "offsets",
    "cursors",
    "distinct",
}
LOOKS = "the serializer looks at the rows while it is made."
Answers = dict[str, dict[str, Any]]


@contextmanager
def database_of_its_own(server: Database, name: str) -> Iterator[str]:
    with connect(server.dsn) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    yield make_conninfo(server.dsn, dbname=name)
    with connect(server.dsn) as connection:
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def compared(dsn: str, zone: str, way: str) -> Answers:
    program = [sys.executable, "-W", "error", "-m", "fast.shop.compare", dsn, zone, way]
    done = subprocess.run(program, cwd=TESTS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {line["name"]: line for line in map(json.loads, done.stdout.splitlines())}


ZONES = ("UTC", "Asia/Kathmandu", "America/New_York", "Europe/Amsterdam")


@pytest.fixture(scope="module", params=ZONES)
def compiled(request: pytest.FixtureRequest, database: Database) -> Iterator[Answers]:
    with database_of_its_own(database, "fast_lists") as dsn:
        yield compared(dsn, request.param, "compiled")


@pytest.fixture(scope="module")
def portable(database: Database) -> Iterator[Answers]:
    with database_of_its_own(database, "fast_portable") as dsn:
        yield compared(dsn, "Asia/Kathmandu", "portable")


def test_every_list_has_the_bytes_status_and_headers_of_drf(compiled: Answers) -> None:
    """Whatever answers, it answers what DRF answers, in any current time zone."""
    assert [name for name, told in compiled.items() if "difference" in told] == []


@pytest.mark.parametrize("name", FAST)
def test_a_list_that_compiles_is_written_by_compiled_code(compiled: Answers, name: str) -> None:
    """What should compile does, so that no test passes because DRF answered for both."""
    # A page that is not there is a 404 before anything is read.
    outcomes = [one for one in compiled[name]["outcomes"] if one is not None]

    assert set(outcomes) == {"compiled"}


def test_a_long_list_is_streamed_where_the_view_asks_for_it(compiled: Answers) -> None:
    """StreamingList answers in pieces, which are together what DRF sends in one."""
    assert compiled["streamed"]["outcomes"] == ["streamed"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("method", "x: get_x() is Python code, called for each row."),
        ("chosen-by-rows", LOOKS),
        ("swallowed", LOOKS),
        ("compared", LOOKS),
        ("swallowed-within", LOOKS),
        ("put-into", "this fast.shop.choosing.PutInto has a to_representation of its own."),
        (
            "related-put-into",
            "main: PrimaryKeyRelatedField has a to_representation() of its own.",
        ),
    ],
)
def test_what_does_not_compile_falls_back_and_says_why(
    compiled: Answers, name: str, reason: str
) -> None:
    """A list that cannot be compiled is DRF's, with the field and the reason told."""
    [outcome] = compiled[name]["outcomes"]

    assert outcome.startswith(reason)


def test_the_portable_path_answers_what_drf_answers(portable: Answers) -> None:
    """Without compiled code the answers are the same too."""
    assert [name for name, told in portable.items() if "difference" in told] == []


@pytest.mark.parametrize("name", sorted(set(FAST) - NEEDS_COMPILED - {"too-short-to-stream"}))
def test_a_list_without_files_and_binary_takes_the_portable_path(
    portable: Answers, name: str
) -> None:
    """The portable path answers what needs no more than its values."""
    assert set(portable[name]["outcomes"]) == {"portable"}
