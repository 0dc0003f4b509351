from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from psycopg import Connection
from psycopg.sql import SQL, Composed, Identifier

from rowpath.errors import DatabaseError, DatasetError, DiskError, UsageError
from rowpath.lab.database import Database, connect
from rowpath.lab.dataset import (
    DATASETS,
    LOGS,
    PRODUCTS,
    SCHEMA,
    Dataset,
    dataset_named,
    ensure,
    inspect,
    sizes_on_disk,
)
from rowpath.lab.dataset.load import checksum_of
from rowpath.lab.dataset.products import products
from rowpath.lab.dataset.table import Part, Wanted

PRODUCT = "rowpath_lab.product"
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)

each_dataset = pytest.mark.parametrize("dataset", DATASETS, ids=lambda dataset: dataset.name)


def silent(_: str) -> None:
    pass


@pytest.fixture
def connection(empty_database: Database) -> Iterator[Connection]:
    with connect(empty_database.dsn) as opened:
        opened.execute("SET timezone = 'UTC'")
        yield opened


def as_embedded(database: Database) -> Database:
    return Database(dsn=database.dsn, embedded=True, description=database.description)


def value(connection: Connection, statement: str | Composed) -> Any:  # noqa: ANN401  # of SQL
    row = connection.execute(statement).fetchone()
    return row and row[0]


def count(connection: Connection, dataset: Dataset) -> Any:  # noqa: ANN401  # as value()
    return value(
        connection, SQL("SELECT count(*) FROM {}").format(Identifier(SCHEMA, dataset.main))
    )


def checksum(dataset: Dataset, rows: int, seed: int) -> str:
    return checksum_of(Wanted(dataset=dataset, rows=rows, seed=seed))


def test_datasets_are_known_by_name() -> None:
    """A dataset is found by its name; another name is an error that says which there are."""
    assert [dataset_named(name) for name in ("products", "logs")] == [PRODUCTS, LOGS]
    with pytest.raises(UsageError, match=r"dataset 'product': .* Give products or logs\."):
        dataset_named("product")


def test_datasets_have_their_sizes() -> None:
    """The default is ten million products and a million player fights; working tables are empty."""
    assert PRODUCTS.sizes(PRODUCTS.default_rows) == {"product": 10_000_000}
    sizes = LOGS.sizes(LOGS.default_rows)
    assert (sizes["player_fight"], sizes["fight"], sizes["account"]) == (1_000_000, 100_000, 20_000)
    assert [name for name, rows in sizes.items() if rows == 0] == [
        "draft_benchmark",
        "draft_change",
        "draft_collection",
        "draft_collection_fights",
        "draft_cache",
    ]


def test_no_two_datasets_share_a_table() -> None:
    """A table is of one dataset, so that each is built and dropped without the others."""
    names = [table.name for dataset in DATASETS for table in dataset.tables]

    assert len(names) == len(set(names))


def test_products_come_back_as_they_were_made(
    empty_database: Database, connection: Connection
) -> None:
    """The server stores and prints exactly the values that were generated."""
    made = products(Part(start=0, count=5000, rows=5000, seed=7))
    expected = [
        (
            number,
            Decimal(int(low)).scaleb(-2),
            Decimal(int(high)).scaleb(-2),
            *quantities,
            EPOCH + timedelta(microseconds=int(time)),
        )
        for number, (low, high, *quantities, time) in enumerate(
            zip(*made.values(), strict=True), start=1
        )
    ]

    ensure(empty_database, PRODUCTS, rows=5000, seed=7, report=silent)
    stored = connection.execute("SELECT * FROM rowpath_lab.product ORDER BY id").fetchall()

    assert stored == expected
    assert made["low_price"].min() < 100


@pytest.mark.parametrize("price", ["low_price", "high_price"])
def test_prices_are_stored_as_the_server_would_store_them(
    empty_database: Database, connection: Connection, price: str
) -> None:
    """A price has the size on disk and the bytes on the wire of the same price read from text."""
    ensure(empty_database, PRODUCTS, rows=5000, seed=7, report=silent)
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


def test_product_table_is_the_talk_s(empty_database: Database, connection: Connection) -> None:
    """The table has the talk's columns and types, none of them NULL, a key and an index on time."""
    ensure(empty_database, PRODUCTS, rows=10, seed=1, report=silent)

    columns = connection.execute(
        "SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute "
        "WHERE attrelid = %s::regclass AND attnum > 0 ORDER BY attnum",
        [PRODUCT],
    ).fetchall()
    indexes = connection.execute(
        "SELECT indexname, replace(replace(indexdef, ' ' || indexname, ''), schemaname || '.', '') "
        "FROM pg_indexes WHERE schemaname = %s AND tablename = 'product' ORDER BY 1",
        [SCHEMA],
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
    ensure(empty_database, PRODUCTS, rows=10, seed=1, report=silent)

    added = value(
        connection,
        "INSERT INTO rowpath_lab.product (low_price, high_price, demand_qty, offers_qty, "
        "bought_qty, sold_qty, time_created) VALUES (1, 2, 3, 4, 5, 6, now()) RETURNING id",
    )

    assert added == 11


@each_dataset
def test_next_ids_follow_those_that_were_built(
    empty_database: Database, connection: Connection, dataset: Dataset
) -> None:
    """In every table the next id is the number of rows and one; in a working table it is 1."""
    ensure(empty_database, dataset, rows=1000, seed=1, report=silent)

    following = {
        table.name: value(
            connection, f"SELECT nextval(pg_get_serial_sequence('rowpath_lab.{table.name}', 'id'))"
        )
        for table in dataset.tables
    }

    assert following == {name: rows + 1 for name, rows in dataset.sizes(1000).items()}


@each_dataset
def test_dataset_is_ready_to_be_measured(
    empty_database: Database, connection: Connection, dataset: Dataset
) -> None:
    """After a build the planner has statistics, and every page is known to be visible."""
    ensure(empty_database, dataset, rows=3000, seed=1, report=silent)

    known = {
        table.name: connection.execute(
            "SELECT reltuples, relallvisible = relpages FROM pg_class WHERE oid = %s::regclass",
            [f"rowpath_lab.{table.name}"],
        ).fetchone()
        for table in dataset.tables
    }

    assert known == {name: (rows, True) for name, rows in dataset.sizes(3000).items()}


@each_dataset
def test_fingerprint_says_what_was_built(empty_database: Database, dataset: Dataset) -> None:
    """The record names rows, seed, form, checksum and size, and is found again."""
    said: list[str] = []

    built = ensure(empty_database, dataset, rows=3000, seed=4, report=said.append)
    found = inspect(empty_database, dataset)

    assert (built.name, built.rows, built.seed) == (dataset.name, 3000, 4)
    assert (built.form, built.reused) == (dataset.form, False)
    assert built.checksum == checksum(dataset, 3000, seed=4)
    assert built.tables == dataset.sizes(3000)
    assert built.size_bytes > 3000 * 70
    assert found is not None
    assert (found.checksum, found.tables) == (built.checksum, built.tables)
    assert f"{dataset.main}: 3,000 of 3,000 rows" in said


@each_dataset
def test_sizes_on_disk_are_those_of_all_tables(empty_database: Database, dataset: Dataset) -> None:
    """Each table has its size, and together they are the dataset's as it was built."""
    built = ensure(empty_database, dataset, rows=3000, seed=4, report=silent)

    sizes = sizes_on_disk(empty_database, dataset)

    assert list(sizes) == [table.name for table in dataset.tables]
    # VACUUM has since cut off empty pages, and written a map of each table's others.
    assert abs(sum(sizes.values()) - built.size_bytes) < 100_000 * len(sizes)


@each_dataset
def test_same_rows_are_reused(
    empty_database: Database, connection: Connection, dataset: Dataset
) -> None:
    """A dataset that is what the run needs is not built again."""
    ensure(empty_database, dataset, rows=1000, seed=1, report=silent)
    main = f"SELECT 'rowpath_lab.{dataset.main}'::regclass::oid"
    before = value(connection, main)

    record = ensure(empty_database, dataset, rows=1000, seed=1, report=silent)

    assert record.reused
    assert value(connection, main) == before


@each_dataset
def test_lost_statistics_are_made_again(
    empty_database: Database, connection: Connection, dataset: Dataset
) -> None:
    """Rows whose statistics are gone, as after a kill right behind the build, get them again."""
    ensure(empty_database, dataset, rows=1000, seed=1, report=silent)
    connection.execute(
        "DELETE FROM pg_statistic WHERE starelid = %s::regclass", [f"{SCHEMA}.{dataset.main}"]
    )

    record = ensure(empty_database, dataset, rows=1000, seed=1, report=silent)

    assert record.reused
    known = "SELECT count(*) FROM pg_stats WHERE tablename = %s"
    assert connection.execute(known, [dataset.main]).fetchone() == (8,)


@each_dataset
@pytest.mark.parametrize(("rows", "seed"), [(2000, 1), (1000, 2)], ids=["rows", "seed"])
def test_other_rows_are_built_anew_in_our_own_database(
    empty_database: Database, connection: Connection, dataset: Dataset, rows: int, seed: int
) -> None:
    """In the embedded database, a run that needs other rows gets them."""
    database = as_embedded(empty_database)
    ensure(database, dataset, rows=1000, seed=1, report=silent)

    record = ensure(database, dataset, rows=rows, seed=seed, report=silent)

    assert not record.reused
    assert record.checksum == checksum(dataset, rows, seed=seed)
    assert count(connection, dataset) == rows


@pytest.mark.parametrize(
    ("dataset", "rows", "seed", "reason"),
    [
        (PRODUCTS, 10_000_000, 1, "it has 1,000 products and the run needs 10,000,000"),
        (LOGS, 1_000_000, 1, "it has 1,000 player fights and the run needs 1,000,000"),
        (PRODUCTS, 1000, 2, "it was made from the seed 1 and the run needs 2"),
        (LOGS, 1000, 2, "it was made from the seed 1 and the run needs 2"),
    ],
)
def test_other_rows_of_the_user_s_database_are_kept(  # noqa: PLR0913  # one a part
    *,
    empty_database: Database,
    connection: Connection,
    dataset: Dataset,
    rows: int,
    seed: int,
    reason: str,
) -> None:
    """In a database of the user's, other rows are an error that says how to build them."""
    ensure(empty_database, dataset, rows=1000, seed=1, report=silent)

    command = f"rowpath lab data {dataset.name} --rows {rows} --seed {seed}"
    with pytest.raises(DatasetError, match=f"{reason}.*{command}"):
        ensure(empty_database, dataset, rows=rows, seed=seed, report=silent)

    assert count(connection, dataset) == 1000


@each_dataset
def test_other_rows_are_replaced_on_demand(
    empty_database: Database, connection: Connection, dataset: Dataset
) -> None:
    """In a database of the user's, other rows are built when that is what was asked for."""
    ensure(empty_database, dataset, rows=1000, seed=1, report=silent)

    ensure(empty_database, dataset, rows=500, seed=1, report=silent, replace=True)

    assert count(connection, dataset) == 500


@each_dataset
def test_one_dataset_is_built_beside_the_other(
    empty_database: Database, connection: Connection, dataset: Dataset
) -> None:
    """A build leaves the other dataset's tables, rows and fingerprint as they are."""
    (other,) = (each for each in DATASETS if each is not dataset)
    before = ensure(empty_database, other, rows=500, seed=3, report=silent)
    main = f"SELECT 'rowpath_lab.{other.main}'::regclass::oid"
    table = value(connection, main)

    for rows in (1000, 600):
        ensure(as_embedded(empty_database), dataset, rows=rows, seed=1, report=silent)
    found = inspect(empty_database, other)

    assert found is not None
    assert found.checksum == before.checksum
    assert value(connection, main) == table
    assert (count(connection, dataset), count(connection, other)) == (600, 500)


@pytest.mark.parametrize(
    ("dataset", "statement", "damage"),
    [
        (PRODUCTS, "DROP TABLE {s}.product", "its table product is gone"),
        (
            PRODUCTS,
            "DROP INDEX {s}.product_time_created_idx",
            "the index on time_created of its table product is gone",
        ),
        (
            PRODUCTS,
            "ALTER TABLE {s}.product DROP CONSTRAINT product_pkey",
            "the index on id of its table product is gone",
        ),
        (PRODUCTS, "ALTER TABLE {s}.product ADD COLUMN name text", "the columns of its table"),
        (PRODUCTS, "ALTER TABLE {s}.product ALTER demand_qty DROP NOT NULL", "the columns of its"),
        (PRODUCTS, "DELETE FROM {s}.product WHERE id > 900", "its table product has 900 rows"),
        (PRODUCTS, "TRUNCATE {s}.product", "its table product has 0 rows"),
        (LOGS, "DROP TABLE {s}.dude", "its table dude is gone"),
        (LOGS, "DROP TABLE {s}.draft_change", "its table draft_change is gone"),
        (
            LOGS,
            "DROP INDEX {s}.character_account_id_idx",
            "the index on account_id of its table character is gone",
        ),
        (
            LOGS,
            "ALTER TABLE {s}.fight_tags DROP CONSTRAINT fight_tags_fight_id_tag_id_key",
            "the index on fight_id and tag_id of its table fight_tags is gone",
        ),
        (
            LOGS,
            "ALTER TABLE {s}.report ALTER is_cm TYPE text",
            "the columns of its table report are not those that were built",
        ),
        (
            LOGS,
            "ALTER TABLE {s}.draft_benchmark DROP COLUMN label",
            "the columns of its table draft_benchmark are not those that were built",
        ),
        (
            LOGS,
            "DELETE FROM {s}.benchmark WHERE id = 1",
            "its table benchmark has 49 rows and the largest id is 50",
        ),
    ],
)
def test_damaged_table_is_not_reused(
    empty_database: Database,
    connection: Connection,
    dataset: Dataset,
    statement: str,
    damage: str,
) -> None:
    """A table that is not as it was built is an error in the user's database, else built anew."""
    ensure(empty_database, dataset, rows=1000, seed=1, report=silent)
    connection.execute(statement.format(s=SCHEMA))

    with pytest.raises(DatasetError, match=f"it is not as it was built, {damage}"):
        ensure(empty_database, dataset, rows=1000, seed=1, report=silent)
    found = inspect(empty_database, dataset)
    record = ensure(as_embedded(empty_database), dataset, rows=1000, seed=1, report=silent)

    assert found is None
    assert not record.reused
    assert count(connection, dataset) == 1000


def test_working_tables_may_hold_anything(empty_database: Database, connection: Connection) -> None:
    """Rows that an application left in a working table, and a lost index there, are no damage."""
    ensure(empty_database, LOGS, rows=1000, seed=1, report=silent)
    connection.execute("INSERT INTO rowpath_lab.draft_collection (name) VALUES ('best of')")
    connection.execute("DROP INDEX rowpath_lab.draft_benchmark_boss_id_idx")

    record = ensure(empty_database, LOGS, rows=1000, seed=1, report=silent)

    assert record.reused


@each_dataset
@pytest.mark.parametrize(("rows", "seed"), [(0, 1), (-5, 1), (10, -1), (10, 2**63)])
def test_values_that_cannot_be_are_refused(
    empty_database: Database, dataset: Dataset, rows: int, seed: int
) -> None:
    """No rows, and a seed that does not fit, are refused before anything is done."""
    with pytest.raises(UsageError, match="Cannot build"):
        ensure(empty_database, dataset, rows=rows, seed=seed, report=silent)

    assert inspect(empty_database, dataset) is None


@each_dataset
def test_build_that_cannot_fit_the_disk_is_not_begun(
    empty_database: Database, dataset: Dataset
) -> None:
    """More rows than the disk has room for are refused with both sizes, before the first one."""
    told = f"Cannot build the dataset {dataset.name} of 10,000,000,000,000 {dataset.counted}: it"
    with pytest.raises(DiskError, match=rf"{told} needs .* bytes\) are free"):
        ensure(as_embedded(empty_database), dataset, rows=10**13, seed=1, report=silent)

    assert inspect(empty_database, dataset) is None


@each_dataset
def test_room_that_is_asked_for_holds_the_tables(
    empty_database: Database, dataset: Dataset
) -> None:
    """What is on disk in the end takes less than was asked for, but not far less."""
    built = ensure(empty_database, dataset, rows=50_000, seed=1, report=silent)

    assert 0.5 < built.size_bytes / (50_000 * dataset.bytes_per_row) < 0.9


@each_dataset
def test_user_without_rights_in_the_schema_is_told(
    empty_database: Database, connection: Connection, dataset: Dataset
) -> None:
    """A user who may see our schema but not write to it gets a sentence, and the rows stay."""
    ensure(empty_database, dataset, rows=10, seed=1, report=silent)
    connection.execute("CREATE ROLE reader LOGIN")
    connection.execute("GRANT USAGE ON SCHEMA rowpath_lab TO reader")
    connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA rowpath_lab TO reader")
    reader = Database(
        dsn=f"{empty_database.dsn} user=reader", embedded=False, description="the shop"
    )

    told = f"Cannot build the dataset {dataset.name} of 20 {dataset.counted}: must be owner of"
    with pytest.raises(DatabaseError, match=told):
        ensure(reader, dataset, rows=20, seed=1, report=silent, replace=True)
    connection.execute("DROP OWNED BY reader; DROP ROLE reader")

    assert count(connection, dataset) == 10
