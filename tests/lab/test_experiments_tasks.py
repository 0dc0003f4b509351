"""Tasks begin alike each time, and leave what they are known to leave."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from psycopg.sql import SQL, Identifier, Literal

from conftest import LOGS_ROWS, database_with
from rowpath.lab.answers.check import check_answer
from rowpath.lab.answers.reference import reference
from rowpath.lab.applications import App
from rowpath.lab.apps.settings import AppSettings
from rowpath.lab.conditions import CONTROLLED
from rowpath.lab.database import Database, connect
from rowpath.lab.dataset import LOGS as LOGS_DATASET
from rowpath.lab.dataset import SCHEMA
from rowpath.lab.experiment import Experiment, Task
from rowpath.lab.experiments.loops import LOOPS
from rowpath.lab.experiments.writes import WRITES
from rowpath.lab.measures import TaskClock
from rowpath.lab.measuring.asking import ask
from rowpath.lab.measuring.client import connected
from rowpath.lab.plan import Cell
from rowpath.lab.servers.server import Server, serving

SIZE = 40
READ_TABLES = [table.name for table in LOGS_DATASET.tables if not table.working]
# The cache's is no task's: its variants fill it, in their own experiment.
WORKING_TABLES = [
    table.name for table in LOGS_DATASET.tables if table.working and table.name != "draft_cache"
]
WRITERS = [variant.name for variant in WRITES.variants]

LABEL, TIME, NOTES = "label_by_save", "updated_by_auto_now", "changes_by_signal"
# What each technique leaves otherwise than the baseline of its group does.
SKIPPED = {
    "save-atomic": set(),
    "save-update-fields": {TIME},
    "bulk-update": {LABEL, TIME, NOTES},
    "update": {LABEL, TIME, NOTES},
    "update-all": set(),
    "bulk-create": {LABEL, NOTES},
    "bulk-create-batches": {LABEL, NOTES},
    "bulk-create-all": set(),
    "copy": {LABEL, TIME, NOTES},
    "add-all": set(),
    "remove-all": set(),
    "set": set(),
    "remove-add": set(),
}

NO_ROWS = (None,)
"""The digest of an empty table."""

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A database of its own, since tasks write, and an application on it as it is timed."""

    database: Database
    server: Server

    def cell(self, experiment: Experiment, name: str, rows: int = SIZE) -> Cell:
        """Return a variant as it is asked for here."""
        return Cell(
            variant=experiment.variant(name),
            path=experiment.path(name),
            conditions=CONTROLLED,
            rows=rows,
            measure=TaskClock(),
        )

    def answer(self, experiment: Experiment, name: str, rows: int = SIZE) -> Rows:
        """Return what a variant answers."""
        cell = self.cell(experiment, name, rows)
        with connected(self.server.url) as client:
            answered: Rows = json.loads(ask(client, cell, self.server).body)
        return answered

    def digests(self, tables: list[str]) -> dict[str, object]:
        """Return a digest of all rows of each table."""
        digest = SQL("SELECT md5(string_agg(held::text, '' ORDER BY id)) FROM {} AS held")
        with connect(self.database.dsn) as connection:
            return {
                table: connection.execute(digest.format(Identifier(SCHEMA, table))).fetchone()
                for table in tables
            }


@pytest.fixture(scope="module")
def site(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A few thousand rows of logs, and a server."""
    logs = tmp_path_factory.mktemp("logs")
    with database_with(database, "tasks", {LOGS_DATASET: LOGS_ROWS}) as own:
        settings = AppSettings(dsn=own.dsn, conditions=CONTROLLED, trace_folder=None)
        with serving(App.DJANGO, settings, logs=logs) as server:
            yield Site(database=own, server=server)


def test_a_task_begins_alike_each_time(site: Site) -> None:
    """Whatever it or another left before, it leaves the same rows again."""
    first = {name: site.answer(WRITES, name) for name in WRITERS}
    for name in WRITERS:
        site.answer(WRITES, name, rows=SIZE // 2)
    again = {name: site.answer(WRITES, name) for name in reversed(WRITERS)}

    assert again == first
    assert all(first.values())


def test_tasks_write_their_own_tables_only(site: Site) -> None:
    """No row that others read is touched, and every table of theirs is put to use."""
    read_before = site.digests(READ_TABLES)
    used = set()

    for experiment in (LOOPS, WRITES):
        for variant in experiment.variants:
            if isinstance(variant.asks, Task):
                site.answer(experiment, variant.name)
                used |= {
                    table
                    for table, digest in site.digests(WORKING_TABLES).items()
                    if digest != NO_ROWS
                }

    assert site.digests(READ_TABLES) == read_before
    assert used == set(WORKING_TABLES)


@pytest.mark.parametrize(("name", "columns"), SKIPPED.items())
def test_what_a_technique_skips_is_seen_in_the_rows_it_leaves(
    name: str, columns: set[str], site: Site
) -> None:
    """Each row differs from the baseline's in these columns, and in no other."""
    baseline = WRITES.group_of(WRITES.variant(name)).baseline

    pairs = zip(site.answer(WRITES, baseline), site.answer(WRITES, name), strict=True)
    differing = [{key for key in one if one[key] != other[key]} for one, other in pairs]

    assert differing == [columns] * len(differing)


def test_every_technique_is_held_against_its_baseline() -> None:
    """None is missing above."""
    baselines = {group.baseline for group in WRITES.groups}

    assert SKIPPED.keys() == set(WRITERS) - baselines


def test_a_label_that_save_did_not_make_is_that_of_before(site: Site) -> None:
    """The talk's warning, seen: dps has been raised, and the label still says the old one."""
    saved = site.answer(WRITES, "save")
    updated = site.answer(WRITES, "update")

    assert [row["dps"] for row in updated] == [row["dps"] for row in saved]
    assert all(row[LABEL].endswith(f" {row['dps']}") for row in saved)
    assert all(row[LABEL].endswith(f" {row['dps'] - 1}") for row in updated)


def test_the_first_task_finds_new_fights_for_some_benchmarks(site: Site) -> None:
    """Both its cases are met: somebody was best where fights are new, and nobody where none is."""
    found = site.answer(LOOPS, "t1-loop")

    assert {row["new"] > 0 for row in found} == {False, True}
    assert all((row["new"] > 0) == (row["best_player"] is not None) for row in found)


@pytest.fixture
def second_task_is_late(site: Site) -> Iterator[None]:
    """The benchmarks' dps has not been checked for longer than it has been."""
    move = SQL("UPDATE {} SET dps_checked_until = dps_checked_until + {} * interval '3 hours'")
    benchmark = Identifier(SCHEMA, "benchmark")
    with connect(site.database.dsn) as connection:
        connection.execute(move.format(benchmark, Literal(-1)))
        yield
        connection.execute(move.format(benchmark, Literal(1)))


@pytest.mark.usefixtures("second_task_is_late")
@pytest.mark.parametrize("name", ["t2-loop", "t2-annotated"])
def test_the_second_task_would_find_what_is_new(name: str, site: Site) -> None:
    """It answers nought for the talk's idle state, and is no constant for that."""
    cell = site.cell(LOOPS, name)

    found = site.answer(LOOPS, name)

    assert len({row["new"] for row in found}) > 1
    with reference(site.database.dsn) as table:
        check_answer(cell, json.dumps(found).encode(), table)


def test_the_second_task_finds_nothing(site: Site) -> None:
    """The talk's idle state: no new data for any benchmark."""
    assert [row["new"] for row in site.answer(LOOPS, "t2-annotated")] == [0] * SIZE
