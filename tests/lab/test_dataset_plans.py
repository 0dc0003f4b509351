from collections.abc import Iterator

import pytest
from psycopg import Connection

from rowpath.lab.database import Database, connect
from rowpath.lab.dataset import PRODUCTS, ensure

PRODUCT = "rowpath_lab.product"
AS_TOLD = "SET enable_indexscan = off; SET enable_indexonlyscan = off"
PARALLEL = "SET min_parallel_table_scan_size = 0; SET parallel_setup_cost = 0"


@pytest.fixture
def connection(empty_database: Database) -> Iterator[Connection]:
    """A connection to a database with products of its own."""
    ensure(empty_database, PRODUCTS, rows=20_000, seed=1, report=lambda _: None)
    with connect(empty_database.dsn) as opened:
        yield opened


def plan(connection: Connection, statement: str) -> list[str]:
    return [line for (line,) in connection.execute(f"EXPLAIN (COSTS OFF) {statement}")]


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
    connection: Connection, query: str, parallel: str
) -> None:
    """With index scans off, a query has the plan that it has on a table without the index."""
    connection.execute("CREATE TABLE bare AS TABLE rowpath_lab.product")
    connection.execute("ALTER TABLE bare ADD PRIMARY KEY (id)")
    connection.execute("ANALYZE bare")
    connection.execute(f"SELECT; {parallel}")
    on_bare = plan(connection, query.format("bare"))

    connection.execute(AS_TOLD)
    as_told = plan(connection, query.format(PRODUCT))

    assert [line.replace(" on product", " on bare") for line in as_told] == on_bare
    assert "Index" not in "".join(as_told)


def test_set_up_without_the_index_still_finds_a_row_by_its_key(connection: Connection) -> None:
    """With index scans off, one row is found through the primary key by a bitmap scan."""
    connection.execute(AS_TOLD)
    lines = plan(connection, "SELECT * FROM rowpath_lab.product WHERE id = 2")

    assert "Bitmap Index Scan on product_pkey" in "".join(lines)


def test_set_up_with_the_index_uses_it(connection: Connection) -> None:
    """As it is, the table is read in the order of time through the index."""
    lines = plan(connection, "SELECT * FROM rowpath_lab.product ORDER BY time_created LIMIT 100")

    assert "Index Scan using product_time_created_idx" in "".join(lines)
