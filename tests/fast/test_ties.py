"""Lists whose order is not total have, by either way, the rows that PostgreSQL gives DRF."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from fast.projects import Inside, inside
from rowpath.lab.database import Database, connect

SHAPES = (
    *("by-day-backwards", "with-few-columns", "with-the-same-columns", "unordered"),
    *("unordered-filtered", "selected", "by-relation", "filtered-by-many", "distinct"),
    *("distinct-on", "counted", "counted-only", "numbered", "values"),
)
BY_ROW = ("deferred", "not-selected", "half-selected", "deferred-and-not-selected")
NO_CURSOR = {"distinct-on", "values"}  # which DRF cannot page by a cursor on the day
SAME = {"drf": 0, "fast": 0, "both": 0}


@pytest.fixture(scope="module")
def dsn(database: Database) -> Iterator[str]:
    name = "shop_ties"
    with connect(database.dsn) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
    made = make_conninfo(database.dsn, dbname=name)
    with inside({"databases": {"default": made}}) as project:
        project.call("ties:make")
    yield made
    with connect(database.dsn) as connection:
        connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


@pytest.fixture(scope="module")
def project(dsn: str) -> Iterator[Inside]:
    with inside({"databases": {"default": dsn}}) as running:
        yield running


@pytest.mark.parametrize("paginator", ["pages", "offsets", "cursors"])
def test_all_pages_have_the_rows_of_drf(project: Inside, paginator: str) -> None:
    """Whether DRF answers all pages, none, or each second one, the same rows come."""
    told = project.call("ties:walked", shape="by-day", paginator=paginator, pages=60)

    assert told["differ"] == SAME
    assert len(set(told["rows"].values())) == 1
    assert told["told"] == ["compiled"]


@pytest.mark.parametrize("shape", [*SHAPES, *BY_ROW])
@pytest.mark.parametrize("paginator", ["offsets", "cursors"])
def test_pages_of_any_shape_have_the_rows_of_drf(
    project: Inside, shape: str, paginator: str
) -> None:
    """Relations, filters, annotations and distinct() change nothing about whose rows come."""
    chosen = "offsets" if shape in NO_CURSOR else paginator
    told = project.call("ties:walked", shape=shape, paginator=chosen, pages=3)

    assert told["differ"] == SAME
    assert told["told"] == ["compiled"]


@pytest.mark.parametrize("shape", ["by-day", "distinct", "not-selected"])
def test_a_stream_has_the_rows_of_drf(project: Inside, shape: str) -> None:
    """A cursor's statement is planned as one that is read at once."""
    told = project.call("ties:walked", shape=shape, paginator="whole", pages=1, stream=True)

    assert told["differ"] == SAME
    assert told["told"] == ["streamed"]


def test_the_plan_is_that_of_drfs_statement(project: Inside) -> None:
    """PostgreSQL plans the rows as it plans Django's statement alone, to the last cost."""
    told = project.call("ties:plans")

    assert [name for name, (theirs, ours, _) in told.items() if ours != theirs] == []
    within = [name for name, (_, _, is_within) in told.items() if is_within]
    assert len(within) >= 3 * (len(SHAPES) + len(BY_ROW) - 3)


def test_an_order_is_total_only_with_a_key(project: Inside) -> None:
    """A key without nulls that always holds makes an order total; all else is left to the plan."""
    assert project.call("ties:decided") == {"total": [], "decided": []}


def test_a_total_order_keeps_the_lean_statement(project: Inside) -> None:
    """Nothing is selected besides the lean columns where no plan can change the rows."""
    assert project.call("ties:statements") == {"total": 0, "ties": 3}


@pytest.mark.parametrize("shape", ["by-day", "with-few-columns"])
@pytest.mark.parametrize("query", ["?page=3", ""])
def test_a_shadow_tells_rows_that_tie_from_other_bytes(
    project: Inside, shape: str, query: str
) -> None:
    """Other rows of a tie are a warning, and the view stays fast; DRF's bytes are sent."""
    told = project.call("ties:shadowed", shape=shape, query=query, shouts=False)

    assert told["is_drfs"]
    assert told["told"] != "compiled"
    assert told["afterwards"] == "compiled"
    [[level, message]] = told["messages"]
    assert level == "WARNING"
    assert "the order is not unique" in message
    assert "Add the primary key to it" in message


@pytest.mark.parametrize("query", ["?page=3", ""])
def test_a_list_tried_behind_drf_finds_other_rows_of_a_tie(project: Inside, query: str) -> None:
    """Other rows of a tie are a warning, and no difference."""
    told = project.call("ties:tried", shape="by-day-backwards", query=query)

    assert told["is_drfs"]
    [[level, message]] = told["messages"]
    assert level == "WARNING"
    assert "the order is not unique" in message


@pytest.mark.parametrize("query", ["?page=3", ""])
def test_a_shadow_finds_another_byte_among_rows_that_tie(project: Inside, query: str) -> None:
    """A row that DRF writes otherwise ends the fast path, whichever rows are on the page."""
    told = project.call("ties:shadowed", shape="by-day-backwards", query=query, shouts=True)

    assert told["is_drfs"]
    [[level, _]] = told["messages"]
    assert level == "ERROR"
    assert told["afterwards"].startswith("a shadow request differed")


PORTABLE = [shape for shape in ("by-day", *SHAPES) if shape != "distinct-on"]


@pytest.fixture(scope="module", params=["postgresql", "sqlite"])
def portable(
    request: pytest.FixtureRequest, dsn: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Inside]:
    if request.param == "postgresql":
        given: dict[str, object] = {"settings": {"ROWPATH": {"compiled": False}}}
        with inside({"databases": {"default": dsn}, **given}) as running:
            yield running
        return
    folder: Path = tmp_path_factory.mktemp("ties")
    sqlite = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "ties.sqlite3")}
    with inside({"databases": {}, "settings": {"DATABASES": {"default": sqlite}}}) as running:
        running.call("ties:make")
        yield running


@pytest.mark.parametrize("shape", PORTABLE)
def test_the_portable_way_has_the_rows_of_drf(portable: Inside, shape: str) -> None:
    """Without compiled code, and on another database, the rows are those of DRF too."""
    told = portable.call("ties:walked", shape=shape, paginator="offsets", pages=3)

    assert told["differ"] == SAME
    assert told["told"] == ["portable"]


def test_the_portable_way_joins_nothing_to_rows_that_tie(portable: Inside) -> None:
    """What DRF would read row by row is left to DRF, and the reason says what to do."""
    told = portable.call("ties:walked", shape="not-selected", paginator="offsets", pages=2)

    assert told["differ"] == SAME
    [reason] = told["told"]
    assert "its order is not total" in reason
    assert "select_related()" in reason
