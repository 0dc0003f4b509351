"""The fight logs: what each row is made of, and what stands in the tables then."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg import Connection
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Composed, Identifier

from conftest import LOGS_ROWS
from rowpath.lab.database import Database, connect
from rowpath.lab.dataset import LOGS, drop, ensure
from rowpath.lab.dataset.documents import DOCUMENT
from rowpath.lab.dataset.load import CHUNK_ROWS, checksum_of, chunks
from rowpath.lab.dataset.logs.benchmarks import labels
from rowpath.lab.dataset.logs.players import NAMES, SPREAD, names_of
from rowpath.lab.dataset.table import Part, Table, Wanted
from rowpath.lab.dataset.wire import TEXT, Values, encode

# Held since form 2. A change of a single value of the dataset changes them, and must raise its
# form.
CHECKSUM_OF_1000 = "1d3b6bad9ee4888bd535cd4611630b9915a6236247158c88d1c51e83bb6c9bce"
CHECKSUM_OF_120_000 = "1599de97ade922788299c807ccc555ce9ebb2e5e8a1667fceb57bfcca1d66d1f"

WHEN = "DEFERRABLE INITIALLY DEFERRED"
FILLED = [table for table in LOGS.tables if not table.working]
SIZES = [1, 9, 10, 11, 49, 999, 2_000, 123_457]

NUMBERS_AT = """
    SELECT count(*), min(number), max(number), bool_and(number %% 1 = 0)
    FROM (SELECT ({} #> %s)::numeric AS number FROM {}) AS found
"""
SHAPES = """
    SELECT DISTINCT
        jsonb_array_length({0}), jsonb_array_length({0}->0), jsonb_array_length({0}->0->0),
        jsonb_array_length(jsonb_path_query_array({0}, '$[*][*][*]'))
    FROM {1}
"""

each_filled = pytest.mark.parametrize("table", FILLED, ids=lambda table: table.name)
seeds = st.integers(0, 2**63 - 1)


def values_of(name: str, rows: int, *, seed: int = 1) -> dict[str, Values]:
    """Return all values of a table, a column at a time."""
    (table,) = (each for each in LOGS.tables if each.name == name)
    return dict(table.values(Part(start=0, count=table.size(rows), rows=rows, seed=seed)))


def popularity(ids: Values, among: int) -> Values:
    """Return how often each id from 1 on comes up, the most popular first."""
    return np.sort(np.bincount(ids, minlength=among + 1)[1:])[::-1]


@pytest.fixture(scope="module")
def connection(logs: Database) -> Iterator[Connection]:
    """A connection to the logs, which sees the tables without their schema and cannot write."""
    with connect(logs.dsn) as opened:
        opened.execute("SET search_path = rowpath_lab")
        opened.execute("SET default_transaction_read_only = on")
        yield opened


def value(connection: Connection, statement: str | Composed) -> Any:  # noqa: ANN401  # of SQL
    row = connection.execute(statement).fetchone()
    return row and row[0]


def test_rows_are_the_same_on_every_machine() -> None:
    """The same seed gives the same bytes on every machine, within a chunk and over several."""
    assert checksum_of(Wanted(dataset=LOGS, rows=1000, seed=1)) == CHECKSUM_OF_1000
    assert checksum_of(Wanted(dataset=LOGS, rows=120_000, seed=1)) == CHECKSUM_OF_120_000


def test_another_seed_gives_other_rows() -> None:
    """Rows from two seeds differ."""
    one, other = (checksum_of(Wanted(dataset=LOGS, rows=1000, seed=seed)) for seed in (1, 2))

    assert one != other


@each_filled
@settings(max_examples=25)
@given(seed=seeds, rows=st.sampled_from(SIZES), data=st.data())
def test_any_part_of_the_rows_is_made_alone(
    table: Table, seed: int, rows: int, data: st.DataObject
) -> None:
    """A row depends on its number, the size and the seed, not on the rows made along with it."""
    size = min(table.size(rows), 3_000)
    start = data.draw(st.integers(0, size - 1))
    count = data.draw(st.integers(1, size - start))

    whole = table.values(Part(start=0, count=size, rows=rows, seed=seed))
    alone = table.values(Part(start=start, count=count, rows=rows, seed=seed))

    assert list(alone) == list(table.kinds)
    for name, values in alone.items():
        together = whole[name][..., start : start + count]
        assert values.dtype == together.dtype
        assert np.array_equal(values, together)


def test_chunks_hold_every_row_once() -> None:
    """The chunks are the tables in their order, each whole, and the last one may be short."""
    rows = CHUNK_ROWS + 7

    made = list(chunks(Wanted(dataset=LOGS, rows=rows, seed=5)))

    assert list(dict.fromkeys(chunk.table for chunk in made)) == [table.name for table in FILLED]
    for table in FILLED:
        part = Part(start=0, count=table.size(rows), rows=rows, seed=5)
        wire = b"".join(chunk.wire for chunk in made if chunk.table == table.name)
        assert wire == bytes(encode(table.kinds, table.values(part)))


@given(seed=seeds, start=st.integers(0, 10**9))
def test_account_names_are_all_different(seed: int, start: int) -> None:
    """Names have six letters and four digits, and no two accounts share one."""
    names = names_of(np.arange(start, start + 2_000), seed=seed)

    assert len(np.unique(names)) == 2_000
    assert all(len(name) == 11 and b"." in name for name in names)


def test_account_names_cannot_meet_however_many_there_are() -> None:
    """The step from name to name has no divisor in common with their number."""
    assert np.gcd(NAMES, SPREAD) == 1


def test_label_has_no_gaps() -> None:
    """A label is written without the zeros or blanks that a fixed width would have."""
    wire = bytes(
        encode(
            {"label": TEXT},
            {"label": labels(np.array([7, 40]), np.array([1, 27]), np.array([2_005, 8_999]))},
        )
    )

    assert wire[6:] == b"boss 7 spec 1 2005" + wire[24:30] + b"boss 40 spec 27 8999"


@pytest.mark.parametrize("rows", SIZES)
def test_nobody_is_in_a_fight_twice(rows: int) -> None:
    """The ten players of a fight have different accounts, however few there are."""
    players = values_of("player_fight", rows)
    accounts = values_of("character", rows)["account_id"][players["character_id"] - 1]

    pairs = np.stack((players["fight_id"], accounts), axis=1)

    assert len(np.unique(pairs, axis=0)) == rows


@pytest.mark.parametrize("rows", SIZES)
def test_a_fight_has_different_tags(rows: int) -> None:
    """Not the same one twice, and those of a fight stand together, in the order of the fights."""
    tags = values_of("fight_tags", rows)
    pairs = np.stack((tags["fight_id"], tags["tag_id"]), axis=1)

    assert (np.diff(tags["fight_id"]) >= 0).all()
    assert 1 <= tags["fight_id"].min() <= tags["fight_id"].max() <= LOGS.sizes(rows)["fight"]
    assert 1 <= tags["tag_id"].min() <= tags["tag_id"].max() <= LOGS.sizes(rows)["tag"]
    assert len(np.unique(pairs, axis=0)) == len(pairs)


@given(seed=seeds)
def test_fights_have_from_no_tag_to_four_and_two_on_average(seed: int) -> None:
    """Each number comes up about as often, so that no constant answers for a fight's tags."""
    fights = 10_001
    tags = values_of("fight_tags", 10 * fights, seed=seed)

    numbers = np.bincount(np.bincount(tags["fight_id"], minlength=fights + 1)[1:])

    assert len(tags["fight_id"]) == 2 * fights
    assert len(numbers) == 5
    assert numbers.min() > fights / 6


@pytest.mark.parametrize("rows", SIZES)
def test_a_character_plays_a_specialization_of_its_profession(rows: int) -> None:
    """A player's specialization belongs to the profession of the character."""
    players = values_of("player_fight", rows)
    of_character = values_of("character", rows)["profession_id"][players["character_id"] - 1]
    of_specialization = values_of("specialization", rows)["profession_id"][
        players["specialization_id"] - 1
    ]

    assert np.array_equal(of_character, of_specialization)


@pytest.mark.parametrize("rows", SIZES)
def test_new_reports_are_the_last_few(rows: int) -> None:
    """The last 200 reports, or the last fifth of fewer, end after the fights were checked."""
    ends = values_of("report", rows)["time_end"]
    benchmarks = values_of("benchmark", rows)
    fights_checked, dps_checked = (
        np.unique(benchmarks[name]) for name in ("fights_checked_until", "dps_checked_until")
    )
    new = min(200, len(ends) // 5)

    assert len(fights_checked) == len(dps_checked) == 1
    assert np.flatnonzero(ends >= fights_checked).tolist() == list(
        range(len(ends) - new, len(ends))
    )
    assert (ends < dps_checked).all()


@given(seed=seeds)
def test_reports_come_one_after_the_other(seed: int) -> None:
    """Reports begin and end in the order of their ids, some minutes apart, and last minutes."""
    reports = values_of("report", 20_000, seed=seed)
    lasted_us = reports["time_end"] - reports["time_start"]
    apart_s = np.diff(reports["time_start"]) / 1e6

    assert (np.diff(reports["time_end"]) > 0).all()
    assert np.array_equal(lasted_us, 1000 * reports["duration_ms"])
    assert 60e6 <= lasted_us.min() < lasted_us.max() < 6 * 60e6
    assert 4 * 60 < apart_s.min() < apart_s.max() < 14 * 60
    assert np.array_equal(reports["is_success"], reports["left_health_percent"] == 0)
    assert reports["left_health_percent"].max() <= 100_00


def test_few_are_popular_and_many_are_rare() -> None:
    """Bosses, accounts, specializations and tags: one has many times the median's rows."""
    rows = 200_000
    players = values_of("player_fight", rows)
    accounts = values_of("character", rows)["account_id"][players["character_id"] - 1]
    sizes = LOGS.sizes(rows)

    bosses = popularity(values_of("fight", rows)["boss_id"], sizes["boss"])
    tags = popularity(values_of("fight_tags", rows)["tag_id"], sizes["tag"])
    specializations = popularity(players["specialization_id"], sizes["specialization"])
    of_accounts = popularity(accounts, sizes["account"])

    for counts in (bosses, tags, specializations, of_accounts):
        assert counts[0] > 10 * np.median(counts)
    assert (of_accounts < of_accounts.mean() / 4).mean() > 0.4
    assert bosses[0] == np.bincount(values_of("fight", rows)["boss_id"])[1]


def test_every_table_has_its_rows(connection: Connection) -> None:
    """The tables have the rows that the dataset says, with ids from 1 on."""
    held = {
        table.name: connection.execute(
            SQL("SELECT count(*), coalesce(min(id), 1), coalesce(max(id), 0) FROM {}").format(
                Identifier(table.name)
            )
        ).fetchone()
        for table in LOGS.tables
    }

    assert held == {name: (rows, 1, rows) for name, rows in LOGS.sizes(LOGS_ROWS).items()}


def test_every_reference_is_a_foreign_key_as_django_makes_them(connection: Connection) -> None:
    """Each column that names another table's id has a constraint, checked at the commit."""
    made = connection.execute(
        "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = 'f' AND convalidated AND connamespace = 'rowpath_lab'::regnamespace"
    ).fetchall()

    assert sorted((table.strip('"'), key.replace('"', "")) for table, key in made) == sorted(
        (
            table.name,
            f"FOREIGN KEY ({column.name}) REFERENCES {column.references}(id) {WHEN}",
        )
        for table in LOGS.tables
        for column in table.columns
        if column.references
    )


def test_every_reference_leads_to_a_row(connection: Connection) -> None:
    """No row names one that is not there."""
    lost = {
        (table.name, column.name): value(
            connection,
            SQL(
                "SELECT count(*) FROM {} AS held LEFT JOIN {} AS other ON other.id = held.{} "
                "WHERE other.id IS NULL"
            ).format(*map(Identifier, (table.name, column.references, column.name))),
        )
        for table in LOGS.tables
        for column in table.columns
        if column.references
    }

    assert len(lost) == 17
    assert set(lost.values()) == {0}


def test_every_reference_has_an_index(connection: Connection) -> None:
    """As Django makes them; of a pair that is unique, the pair's index serves the first."""
    firsts = {
        (table, column)
        for table, column in connection.execute(
            "SELECT relname, attname FROM pg_index JOIN pg_class ON pg_class.oid = indrelid "
            "JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]"
        )
    }

    for table in LOGS.tables:
        for column in table.columns:
            if column.references:
                assert (table.name, column.name) in firsts
    assert ("report", "time_end") in firsts
    assert ("report", "time_start") not in firsts


def test_dudes_are_accounts(connection: Connection) -> None:
    """Each dude has the name of an account, and no two the same."""
    assert (
        value(
            connection,
            "SELECT count(DISTINCT name) FROM dude JOIN account ON name = gw2_account_name",
        )
        == LOGS.sizes(LOGS_ROWS)["dude"]
    )


def test_label_is_what_the_application_writes(connection: Connection) -> None:
    """The label of a benchmark is made of its boss, its specialization and its dps."""
    other = (
        "SELECT count(*) FROM benchmark WHERE label IS DISTINCT FROM "
        "'boss ' || boss_id || ' spec ' || specialization_id || ' ' || dps"
    )

    assert value(connection, other) == 0
    assert value(connection, "SELECT count(DISTINCT length(label)) FROM benchmark") > 1


def test_texts_of_several_lengths_are_whole(connection: Connection) -> None:
    """Roles, types of encounter and names have no blank and no zero byte after them."""
    roles = connection.execute("SELECT DISTINCT role FROM player_fight ORDER BY 1").fetchall()
    types = connection.execute("SELECT DISTINCT encounter_type FROM boss ORDER BY 1").fetchall()
    rivals = value(connection, "SELECT title FROM boss WHERE id = 1")

    assert roles == [("dps",), ("healer",), ("support",)]
    assert types == [("fractal",), ("raid",), ("strike",)]
    assert rivals == "Vale Guardian"
    assert value(connection, "SELECT count(*) FROM tag WHERE name <> trim(name)") == 0


@pytest.mark.parametrize(
    ("table", "column"), [("player_fight", "damage_data"), ("fight", "squad_damage_data")]
)
def test_damage_is_found_by_target_phase_and_second(
    connection: Connection, table: str, column: str
) -> None:
    """Each place of a document, 2 by 2 by 3 of them, holds a whole number; there are no others."""
    for target in range(2):
        for phase in range(2):
            for second in range(3):
                found = connection.execute(
                    SQL(NUMBERS_AT).format(*map(Identifier, (column, table))),
                    [[str(target), str(phase), str(second)]],
                ).fetchone()
                assert found is not None
                assert found[0] == LOGS.sizes(LOGS_ROWS)[table]
                assert 1 <= found[1] < found[2] <= 9_999
                assert found[3]
    shape = SQL(SHAPES).format(*map(Identifier, (column, table)))
    assert connection.execute(shape).fetchall() == [(2, 2, 3, 12)]


def test_dps_is_the_damage_to_the_first_target(connection: Connection) -> None:
    """A player's dps is the first target's damage by second."""
    others = (
        "SELECT count(*) FROM player_fight WHERE dps <> (SELECT sum(number::integer) / 6 "
        "FROM jsonb_path_query(damage_data, '$[0][*][*]') AS number)"
    )

    assert value(connection, others) == 0


def test_our_own_server_and_another_one_hold_the_same(logs: Database, database: Database) -> None:
    """Documents that a server got as it stores them are those that it makes of JSON.

    They are equal, have the size on disk of those, and the same bytes there; so are all rows. What
    lets a server take them so is gone with the build's end.
    """
    with connect(database.dsn) as connection:
        connection.execute("CREATE DATABASE own")
        own = Database(
            dsn=make_conninfo(database.dsn, dbname="own"), embedded=True, description="our own"
        )
        built = ensure(own, LOGS, rows=LOGS_ROWS, seed=1, report=lambda _: None)

        ours, theirs = (dump(each) for each in (own, logs))

        assert ours == theirs
        assert casts(own) == 0
        assert built.checksum == checksum_of(Wanted(dataset=LOGS, rows=LOGS_ROWS, seed=1))
        assert drop(own) == ()
        connection.execute("DROP DATABASE own")


def casts(database: Database) -> Any:  # noqa: ANN401  # as value()
    """Return how many casts there are that take a jsonb as it is stored."""
    with connect(database.dsn) as connection:
        return value(
            connection,
            "SELECT count(*) FROM pg_cast WHERE castmethod = 'b' "
            "AND 'jsonb'::regtype IN (castsource, casttarget)",
        )


def dump(database: Database) -> dict[str, list[Any]]:
    """Return every row of every table, with its size on disk, and documents as they are stored."""
    with connect(database.dsn) as connection, connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL search_path = rowpath_lab")
        connection.execute("CREATE CAST (jsonb AS bytea) WITHOUT FUNCTION")
        return {table.name: connection.execute(_all_of(table)).fetchall() for table in LOGS.tables}


def _all_of(table: Table) -> Composed:
    stored = (
        SQL("{}::bytea").format(Identifier(name))
        for name, kind in table.kinds.items()
        if kind is DOCUMENT
    )
    expressions = SQL(", ").join([SQL("held.*"), SQL("pg_column_size(held)"), *stored])
    return SQL("SELECT {} FROM {} AS held ORDER BY id").format(expressions, Identifier(table.name))
