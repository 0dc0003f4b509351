"""Generated lists are answered as DRF answers them, on PostgreSQL and SQLite.

`ROWPATH_HYPOTHESIS_EXAMPLES` is the number of requests that are compared, more or less.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from fast.drf.long_runs import ASKED, IS_LONG, VARIABLE
from rowpath.lab.database import Database, connect

TESTS = Path(__file__).parents[2]
# Each round is a process of its own, as Django and DRF keep every model that there ever was.
MOST_IN_A_ROUND = 10_000
# An example is a world with about so many requests, so a share of 1 is that many times too much.
REQUESTS = 6
SHARES = {"compiled": 0.7, "portable": 0.15, "sqlite": 0.15}
# Each Python draws cases of its own, and CI has two: each of them tries its part of the usual ones.
PARTS = 1 if IS_LONG else 2


@dataclass(slots=True)
class Found:
    """What came of a hunt."""

    difference: str | None = None
    counts: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, summary: dict[str, Any]) -> None:
        """Take in what a round found."""
        self.difference = summary.pop("difference", None)
        for name, counts in summary.items():
            self.counts.setdefault(name, Counter()).update(counts)

    def share(self, *paths: str) -> float:
        """Return the share of these paths among the requests that DRF answers."""
        told = self.counts["paths"]
        return sum(told[path] for path in paths) / (told.total() - told["raised"])


@contextmanager
def database_of_its_own(server: Database, name: str) -> Iterator[str]:
    with connect(server.dsn) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    dsn = make_conninfo(server.dsn, dbname=name)
    with connect(dsn) as connection:
        connection.execute("CREATE EXTENSION hstore")
    yield dsn
    with connect(server.dsn) as connection:
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


def hunted(dsn: str, way: str) -> Found:
    found, left = Found(), ASKED
    while left > 0 and found.difference is None:
        asked, left = min(left, MOST_IN_A_ROUND), left - MOST_IN_A_ROUND
        found.add(one_round(dsn, way, asked))
    return found


def one_round(dsn: str, way: str, asked: int) -> dict[str, Any]:
    share = SHARES[way] / REQUESTS / PARTS
    program = [sys.executable, "-W", "error", "-m", "fast.drf.hunt", dsn, way, str(share)]
    environment = dict(os.environ)
    if IS_LONG:
        environment[VARIABLE] = str(asked)
    done = subprocess.run(
        program, cwd=TESTS, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    summary: dict[str, Any] = json.loads(done.stdout)
    return summary


@pytest.fixture(scope="module")
def found(database: Database) -> Mapping[str, Found]:
    """What came of the hunt on each way."""
    with database_of_its_own(database, "hunted") as dsn:
        return {
            "compiled": hunted(dsn, "compiled"),
            "portable": hunted(dsn, "portable"),
            "sqlite": hunted("", "sqlite"),
        }


@pytest.mark.parametrize("way", SHARES)
def test_every_generated_list_has_the_answer_of_drf(found: Mapping[str, Found], way: str) -> None:
    """Status, headers, body and data are DRF's, or the same error is raised, whatever the list."""
    assert found[way].difference is None, found[way].difference


def test_most_generated_lists_are_compiled(found: Mapping[str, Found]) -> None:
    """More than half of the lists are written by compiled code, so that much is tried."""
    assert found["compiled"].share("compiled", "streamed") >= 0.55


@pytest.mark.parametrize("way", ["portable", "sqlite"])
def test_many_generated_lists_take_the_portable_path(found: Mapping[str, Found], way: str) -> None:
    """Without compiled code two of five lists still do without DRF's instances."""
    assert found[way].share("portable") >= 0.4


@pytest.mark.parametrize("way", SHARES)
def test_most_generated_data_is_made_by_members(found: Mapping[str, Found], way: str) -> None:
    """Nearly all that has rows, and a fifth by fields that are made once for a class."""
    told = found[way].counts["data"]
    made = told["recipe"] + told["fields"]

    assert made >= 0.9 * (made + told["drf"])
    assert told["recipe"] >= 0.2 * made


def test_few_lists_raise_or_cannot_be_made(found: Mapping[str, Found]) -> None:
    """What is generated mostly works in DRF, so that there are answers to compare."""
    counts = found["compiled"].counts

    assert counts["paths"]["raised"] <= counts["paths"].total() / 4
    assert counts["unmade"].total() <= counts["paths"].total() / 20


def test_as_many_requests_are_compared_as_were_asked_for(found: Mapping[str, Found]) -> None:
    """The number of cases is not only a setting."""
    compared = sum(one.counts["paths"].total() for one in found.values())

    assert compared >= ASKED / PARTS * 0.8


KINDS = (
    *("CharField", "IntegerField", "BooleanField", "FloatField", "DecimalField", "DateTimeField"),
    *("DateField", "TimeField", "DurationField", "UUIDField", "ChoiceField", "JSONField"),
    *("ListField", "FileField", "ModelField", "ReadOnlyField", "IPAddressField", "SlugField"),
    *("PrimaryKeyRelatedField", "SlugRelatedField", "nested serializer", "dotted source"),
    *("list of serializers", "list of PrimaryKeyRelatedField", "list of SlugRelatedField"),
    *("DecimalField of DecimalField", "DateTimeField of DateTimeField"),
    "ReadOnlyField of ArrayField",
    *("CharField of annotation", "IntegerField of annotation", "ReadOnlyField of annotation"),
    *("filter", "exclude", "order_by", "annotate", "values", "only", "defer", "select_related"),
    *("prefetch_related", "reverse", "nulls_last", "Case", "Coalesce", "Count", "Subquery"),
    *("Exists", "Window", "Max", "Cast", "JSONObject", "F", "Q"),
    *("PageNumberPagination", "LimitOffsetPagination", "CursorPagination", "JSONRenderer"),
    *("SearchFilter", "OrderingFilter", "DjangoFilterBackend"),
    *("USE_TZ = False", "COERCE_DECIMAL_TO_STRING", "COERCE_BIGINT_TO_STRING", "DATETIME_FORMAT"),
)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_was_compiled(found: Mapping[str, Found], kind: str) -> None:
    """Every kind of field, queryset, paginator and setting was in a list that compiled."""
    assert found["compiled"].counts["kinds"][kind] > 0


def test_long_lists_were_streamed(found: Mapping[str, Found]) -> None:
    """Some of the lists left in pieces, of rows and of instances."""
    told = found["compiled"].counts

    assert told["paths"]["streamed"] > 0
    assert told["by_django"]["pieces"] > 0


@pytest.mark.parametrize("way", SHARES)
def test_most_lists_that_are_not_read_fast_are_written_from_their_instances(
    found: Mapping[str, Found], way: str
) -> None:
    """By the mixin alone: as many as are answered with rowpath's data or more."""
    told = found[way].counts["paths"]
    made = told["instances"] + told["data"]

    assert made >= 0.6 * (made + told["DRF"])


@pytest.mark.parametrize("way", SHARES)
def test_nearly_all_lists_are_written_from_instances_where_django_reads_them(
    found: Mapping[str, Found], way: str
) -> None:
    """Whichever way they would take, each was asked as one that Django has to read."""
    told = found[way].counts["by_django"]

    assert told["instances"] + told["pieces"] >= 0.8 * (told.total() - told["raised"])


@pytest.mark.parametrize("way", SHARES)
def test_nearly_all_lists_of_a_fast_serializer_are_written_where_drf_lists_them(
    found: Mapping[str, Found], way: str
) -> None:
    """DRF's own list() passes the data on to its answer."""
    told = found[way].counts["passed_on"]

    assert told["instances"] >= 0.8 * (told.total() - told["raised"])


@pytest.mark.parametrize("way", SHARES)
def test_most_lists_of_adrfs_are_not_left_to_it(found: Mapping[str, Found], way: str) -> None:
    """Those that are tried as lists of asynchronous views, with serializers of adrf's, too."""
    told = found[way].counts["awaited"]

    assert told["rows"] + told["instances"] + told["data"] >= 0.7 * (told.total() - told["raised"])
    assert told["rows"] > 0
