from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from psycopg import Connection
from psycopg.sql import SQL, Identifier

from rowpath.errors import DatabaseError, DatasetError, DiskError, UsageError
from rowpath.lab.database import Database, connect
from rowpath.lab.dataset import SCHEMA, TABLE, drop, ensure, inspect
from rowpath.lab.dataset.load import checksum_of
from rowpath.lab.dataset.products import FORM, products

PRODUCT = "rowpath_lab.product"
MARKED_SCHEMA = "CREATE SCHEMA rowpath_lab; COMMENT ON SCHEMA rowpath_lab IS 'made by rowpath'; "
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
AS_TOLD = "SET enable_indexscan = off; SET enable_indexonlyscan = off"
PARALLEL = "SET min_parallel_table_scan_size = 0; SET parallel_setup_cost = 0"


def silent(_: str) -> None:
    pass


@pytest.fixture
def connection(empty_database: Database) -> Iterator[Connection]:
    with connect(empty_database.dsn) as opened:
        opened.execute("SET timezone = 'UTC'")
        yield opened


def as_embedded(database: Database) -> Database:
    return Database(dsn=database.dsn, embedded=True, description=database.description)


def value(connection: Connection, statement: str) -> Any:  # noqa: ANN401  # any value of SQL
    row = connection.execute(statement).fetchone()
    return row and row[0]


def count(connection: Connection) -> Any:  # noqa: ANN401  # as value()
    return value(connection, "SELECT count(*) FROM rowpath_lab.product")


def plan(connection: Connection, statement: str) -> list[str]:
    return [line for (line,) in connection.execute(f"EXPLAIN (COSTS OFF) {statement}")]


def test_rows_come_back_as_they_were_made(empty_database: Database, connection: Connection) -> None:
    """The server stores and prints exactly the values that were generated."""
    made = products(0, 5000, seed=7)
    expected = [
        (
            row["id"],
            Decimal(int(row["low_cents"])).scaleb(-2),
            Decimal(int(row["high_cents"])).scaleb(-2),
            row["demand_qty"],
            row["offers_qty"],
            row["bought_qty"],
            row["sold_qty"],
            EPOCH + timedelta(microseconds=int(row["time_us"])),
        )
        for row in made
    ]

    ensure(empty_database, rows=5000, seed=7, report=silent)
    stored = connection.execute("SELECT * FROM rowpath_lab.product ORDER BY id").fetchall()

    assert stored == expected
    assert made["low_cents"].min() < 100


@pytest.mark.parametrize("price", ["low_price", "high_price"])
def test_prices_are_stored_as_the_server_would_store_them(
    empty_database: Database, connection: Connection, price: str
) -> None:
    """A price has the size on disk and the bytes on the wire of the same price read from text."""
    ensure(empty_database, rows=5000, seed=7, report=silent)
    connection.execute(
        SQL(
            "CREATE TABLE read AS SELECT id, {0} AS copied, ({0}::text)::numeric(7, 2) AS typed "
            "FROM rowpath_lab.product"
        ).format(Identifier(price))
    )

    different = connection.execute(
        "SELECT * FROM read JOIN rowpath_lab.product USING (id) "
        "WHERE pg_column_size(copied) <> pg_column_size(typed) "
        "OR numeric_send(copied) <> numeric_send(typed) OR copied::text <> typed::text"
    ).fetchall()

    assert different == []


def test_table_is_the_talk_s(empty_database: Database, connection: Connection) -> None:
    """The table has the talk's columns and types, none of them NULL, a key and an index on time."""
    ensure(empty_database, rows=10, seed=1, report=silent)

    columns = connection.execute(
        "SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute "
        "WHERE attrelid = %s::regclass AND attnum > 0 ORDER BY attnum",
        [PRODUCT],
    ).fetchall()
    indexes = connection.execute(
        "SELECT indexname, replace(replace(indexdef, ' ' || indexname, ''), schemaname || '.', '') "
        "FROM pg_indexes WHERE schemaname = %s AND tablename = %s ORDER BY 1",
        [SCHEMA, TABLE],
    ).fetchall()

    assert columns == [
        ("id", "bigint", True),
        ("low_price", "numeric(7,2)", True),
        ("high_price", "numeric(7,2)", True),
        ("demand_qty", "integer", True),
        ("offers_qty", "integer", True),
        ("bought_qty", "integer", True),
        ("sold_qty", "integer", True),
        ("time_created", "timestamp with time zone", True),
    ]
    assert indexes == [
        ("product_pkey", "CREATE UNIQUE INDEX ON product USING btree (id)"),
        ("product_time_created_idx", "CREATE INDEX ON product USING btree (time_created)"),
    ]


def test_next_product_gets_the_next_id(empty_database: Database, connection: Connection) -> None:
    """An application may add a product: its id follows those that were built."""
    ensure(empty_database, rows=10, seed=1, report=silent)

    added = value(
        connection,
        "INSERT INTO rowpath_lab.product (low_price, high_price, demand_qty, offers_qty, "
        "bought_qty, sold_qty, time_created) VALUES (1, 2, 3, 4, 5, 6, now()) RETURNING id",
    )

    assert added == 11


def test_dataset_is_ready_to_be_measured(empty_database: Database, connection: Connection) -> None:
    """After a build the planner has statistics, and every page is known to be visible."""
    ensure(empty_database, rows=3000, seed=1, report=silent)

    known = connection.execute(
        "SELECT reltuples, relallvisible = relpages FROM pg_class WHERE oid = %s::regclass",
        [PRODUCT],
    ).fetchone()

    assert known == (3000, True)


def test_fingerprint_says_what_was_built(empty_database: Database) -> None:
    """The record names rows, seed, form, checksum and size, and is found again."""
    said: list[str] = []

    built = ensure(empty_database, rows=3000, seed=4, report=said.append)
    found = inspect(empty_database)

    assert (built.rows, built.seed, built.form, built.reused) == (3000, 4, FORM, False)
    assert built.checksum == checksum_of(3000, seed=4)
    assert built.size_bytes > 3000 * 70
    assert found is not None
    assert found.checksum == built.checksum
    assert "3,000 of 3,000 rows" in said


def test_same_rows_are_reused(empty_database: Database, connection: Connection) -> None:
    """A dataset that is what the run needs is not built again."""
    ensure(empty_database, rows=1000, seed=1, report=silent)
    before = value(connection, "SELECT 'rowpath_lab.product'::regclass::oid")

    record = ensure(empty_database, rows=1000, seed=1, report=silent)

    assert record.reused
    assert value(connection, "SELECT 'rowpath_lab.product'::regclass::oid") == before


def test_lost_statistics_are_made_again(empty_database: Database, connection: Connection) -> None:
    """Rows whose statistics are gone, as after a kill right behind the build, get them again."""
    ensure(empty_database, rows=1000, seed=1, report=silent)
    connection.execute("DELETE FROM pg_statistic WHERE starelid = 'rowpath_lab.product'::regclass")

    record = ensure(empty_database, rows=1000, seed=1, report=silent)

    assert record.reused
    assert value(connection, "SELECT count(*) FROM pg_stats WHERE tablename = 'product'") == 8


@pytest.mark.parametrize(("rows", "seed"), [(2000, 1), (1000, 2)], ids=["rows", "seed"])
def test_other_rows_are_built_anew_in_our_own_database(
    empty_database: Database, connection: Connection, rows: int, seed: int
) -> None:
    """In the embedded database, a run that needs other rows gets them."""
    database = as_embedded(empty_database)
    ensure(database, rows=1000, seed=1, report=silent)

    record = ensure(database, rows=rows, seed=seed, report=silent)

    assert not record.reused
    assert record.checksum == checksum_of(rows, seed=seed)
    assert count(connection) == rows


@pytest.mark.parametrize(
    ("rows", "seed", "reason"),
    [
        (10_000_000, 1, "it has 1,000 rows and the run needs 10,000,000"),
        (1000, 2, "it was made from the seed 1 and the run needs 2"),
    ],
)
def test_other_rows_of_the_user_s_database_are_kept(
    empty_database: Database, connection: Connection, rows: int, seed: int, reason: str
) -> None:
    """In a database of the user's, other rows are an error that says how to build them."""
    ensure(empty_database, rows=1000, seed=1, report=silent)

    with pytest.raises(DatasetError, match=f"{reason}.*rowpath lab data --rows {rows} --seed"):
        ensure(empty_database, rows=rows, seed=seed, report=silent)

    assert count(connection) == 1000


def test_other_rows_are_replaced_on_demand(
    empty_database: Database, connection: Connection
) -> None:
    """In a database of the user's, other rows are built when that is what was asked for."""
    ensure(empty_database, rows=1000, seed=1, report=silent)

    ensure(empty_database, rows=500, seed=1, report=silent, replace=True)

    assert count(connection) == 500


@pytest.mark.parametrize(
    ("statement", "damage"),
    [
        ("DROP TABLE rowpath_lab.product", "the table is gone"),
        ("DROP INDEX rowpath_lab.product_time_created_idx", "its index on time_created is gone"),
        ("ALTER TABLE rowpath_lab.product DROP CONSTRAINT product_pkey", "its index on id is gone"),
        ("ALTER TABLE rowpath_lab.product ADD COLUMN name text", "its columns are not those"),
        (
            "ALTER TABLE rowpath_lab.product ALTER demand_qty DROP NOT NULL",
            "its columns are not those",
        ),
        ("DELETE FROM rowpath_lab.product WHERE id > 900", "it has 900 rows"),
        ("TRUNCATE rowpath_lab.product", "it has 0 rows"),
    ],
)
def test_damaged_table_is_not_reused(
    empty_database: Database, connection: Connection, statement: str, damage: str
) -> None:
    """A table that is not as it was built is an error in the user's database, else built anew."""
    ensure(empty_database, rows=1000, seed=1, report=silent)
    connection.execute(statement)

    with pytest.raises(DatasetError, match=damage):
        ensure(empty_database, rows=1000, seed=1, report=silent)
    found = inspect(empty_database)
    record = ensure(as_embedded(empty_database), rows=1000, seed=1, report=silent)

    assert found is None
    assert not record.reused
    assert count(connection) == 1000


@pytest.mark.parametrize(
    ("made", "left"),
    [
        ("CREATE SCHEMA rowpath_lab", "SELECT 'rowpath_lab'::regnamespace"),
        (
            "CREATE SCHEMA rowpath_lab; CREATE TABLE rowpath_lab.product (id bigint)",
            "SELECT count(*) FROM rowpath_lab.product",
        ),
        (
            MARKED_SCHEMA + "CREATE TABLE rowpath_lab.product (id bigint)",
            "SELECT count(*) FROM rowpath_lab.product",
        ),
        (
            MARKED_SCHEMA + "CREATE VIEW rowpath_lab.product AS SELECT 1 AS id",
            "SELECT id FROM rowpath_lab.product",
        ),
        (
            MARKED_SCHEMA + "CREATE TABLE rowpath_lab.dataset (name text)",
            "SELECT count(*) FROM rowpath_lab.dataset",
        ),
    ],
    ids=["schema", "schema with table", "table", "view", "fingerprint"],
)
@pytest.mark.parametrize(
    "as_found", [as_embedded, lambda database: database], ids=["ours", "theirs"]
)
def test_what_rowpath_did_not_make_is_never_touched(
    empty_database: Database,
    connection: Connection,
    made: str,
    left: str,
    as_found: Callable[[Database], Database],
) -> None:
    """A schema, table or view of somebody else's stays, whatever is asked for."""
    connection.execute(made)
    database = as_found(empty_database)

    with pytest.raises(DatasetError, match="rowpath did not make it"):
        ensure(database, rows=10, seed=1, report=silent, replace=True)
    with pytest.raises(DatasetError, match="rowpath did not make it"):
        drop(database)
    with pytest.raises(DatasetError, match="rowpath did not make it"):
        inspect(database)

    assert value(connection, left) is not None


def test_drop_removes_all_that_rowpath_made(
    empty_database: Database, connection: Connection
) -> None:
    """After drop neither tables nor schema are there, and a second drop has nothing to do."""
    ensure(empty_database, rows=10, seed=1, report=silent)

    kept = drop(empty_database)
    again = drop(empty_database)

    assert kept == again == ()
    assert value(connection, "SELECT to_regnamespace('rowpath_lab')") is None
    assert inspect(empty_database) is None


def test_drop_keeps_what_else_is_in_the_schema(
    empty_database: Database, connection: Connection
) -> None:
    """What somebody else made in our schema is kept with the schema, and named."""
    ensure(empty_database, rows=10, seed=1, report=silent)
    connection.execute("CREATE TABLE rowpath_lab.notes AS SELECT 'mine' AS text")
    connection.execute("CREATE DOMAIN rowpath_lab.price AS numeric(7,2)")

    kept = drop(empty_database)

    assert kept == ("table rowpath_lab.notes", "type rowpath_lab.price")
    assert value(connection, "SELECT text FROM rowpath_lab.notes") == "mine"
    assert value(connection, "SELECT to_regclass('rowpath_lab.product')") is None


@pytest.mark.parametrize(("rows", "seed"), [(0, 1), (-5, 1), (10, -1), (10, 2**63)])
def test_values_that_cannot_be_are_refused(empty_database: Database, rows: int, seed: int) -> None:
    """No rows, and a seed that does not fit, are refused before anything is done."""
    with pytest.raises(UsageError, match="Cannot build"):
        ensure(empty_database, rows=rows, seed=seed, report=silent)

    assert inspect(empty_database) is None


def test_build_that_cannot_fit_the_disk_is_not_begun(empty_database: Database) -> None:
    """More rows than the disk has room for are refused with both sizes, before the first one."""
    with pytest.raises(DiskError, match=r"Cannot build 10,000,000,000,000 rows: it needs"):
        ensure(as_embedded(empty_database), rows=10**13, seed=1, report=silent)

    assert inspect(empty_database) is None


def test_user_without_rights_in_the_schema_is_told(
    empty_database: Database, connection: Connection
) -> None:
    """A user who may see our schema but not write to it gets a sentence, and the rows stay."""
    ensure(empty_database, rows=10, seed=1, report=silent)
    connection.execute("CREATE ROLE reader LOGIN")
    connection.execute("GRANT USAGE ON SCHEMA rowpath_lab TO reader")
    connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA rowpath_lab TO reader")
    reader = Database(
        dsn=f"{empty_database.dsn} user=reader", embedded=False, description="the shop"
    )

    with pytest.raises(DatabaseError, match="Cannot build 20 rows: must be owner of table"):
        ensure(reader, rows=20, seed=1, report=silent, replace=True)
    connection.execute("DROP OWNED BY reader; DROP ROLE reader")

    assert count(connection) == 10


@pytest.mark.parametrize("parallel", ["", PARALLEL], ids=["serial", "parallel"])
@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM {} ORDER BY time_created LIMIT 100",
        "SELECT low_price, high_price FROM {} ORDER BY time_created LIMIT 1000",
        "SELECT * FROM {} ORDER BY time_created",
        "SELECT * FROM {} LIMIT 100",
    ],
)
def test_set_up_without_the_index_is_planned_as_if_there_were_none(
    empty_database: Database, connection: Connection, query: str, parallel: str
) -> None:
    """With index scans off, a query has the plan that it has on a table without the index."""
    ensure(empty_database, rows=20_000, seed=1, report=silent)
    connection.execute("CREATE TABLE bare AS TABLE rowpath_lab.product")
    connection.execute("ALTER TABLE bare ADD PRIMARY KEY (id)")
    connection.execute("ANALYZE bare")
    connection.execute(f"SELECT; {parallel}")
    on_bare = plan(connection, query.format("bare"))

    connection.execute(AS_TOLD)
    as_told = plan(connection, query.format(PRODUCT))

    assert [line.replace(" on product", " on bare") for line in as_told] == on_bare
    assert "Index" not in "".join(as_told)


def test_set_up_without_the_index_still_finds_a_row_by_its_key(
    empty_database: Database, connection: Connection
) -> None:
    """With index scans off, one row is found through the primary key by a bitmap scan."""
    ensure(empty_database, rows=20_000, seed=1, report=silent)

    connection.execute(AS_TOLD)
    lines = plan(connection, "SELECT * FROM rowpath_lab.product WHERE id = 2")

    assert "Bitmap Index Scan on product_pkey" in "".join(lines)


def test_set_up_with_the_index_uses_it(empty_database: Database, connection: Connection) -> None:
    """As it is, the table is read in the order of time through the index."""
    ensure(empty_database, rows=20_000, seed=1, report=silent)

    lines = plan(connection, "SELECT * FROM rowpath_lab.product ORDER BY time_created LIMIT 100")

    assert "Index Scan using product_time_created_idx" in "".join(lines)
