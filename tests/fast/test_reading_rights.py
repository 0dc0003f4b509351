"""A list holds what may be read: by its user, its router, its policies and its transaction."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo

from fast.conftest import Copies
from fast.projects import Answer, Inside, Server, inside, serving
from rowpath.lab.database import connect

THREADS = ("--worker-class", "gthread", "--threads", "4")
ONE_CONNECTION = ("--worker-class", "sync")
OWN_LISTS = ("own/", "own-by-name/", "own-by-subquery/", "own-pages/?page=2")


@pytest.fixture(scope="module")
def dsn(copies: Copies) -> Iterator[str]:
    with copies("shop_rights") as copied:
        yield copied


@pytest.fixture(scope="module")
def server(dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("rights")
    with serving({"databases": {"default": dsn}}, folder, *THREADS) as running:
        yield running


@pytest.fixture(scope="module")
def project(dsn: str) -> Iterator[Inside]:
    with inside({"databases": {"default": dsn}}) as running:
        yield running


def ids(answer: Answer) -> list[int]:
    told = json.loads(answer.body)
    rows = told["results"] if isinstance(told, dict) else told
    return [row["id"] for row in rows]


@pytest.mark.parametrize("path", OWN_LISTS)
def test_users_who_ask_in_turn_get_their_own_rows(server: Server, path: str) -> None:
    """Two users who ask for the same list one after the other get their own rows each time."""
    for _ in range(3):
        alice = server.same(path, User="alice")
        bob = server.same(path, User="bob")

        assert alice.path == bob.path == "compiled"
        assert {row % 3 for row in ids(alice)} == {1}
        assert {row % 3 for row in ids(bob)} == {2}


@pytest.mark.parametrize("path", OWN_LISTS)
def test_users_who_ask_at_once_get_their_own_rows(server: Server, path: str) -> None:
    """Many requests of two users at the same moment are each answered with the asker's rows."""
    users = ("alice", "bob")
    expected = {user: server.ask(path, "drf", User=user).body for user in users}
    asked = users * 20

    with ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(lambda user: server.ask(path, User=user), asked))

    assert {answer.path for answer in answers} == {"compiled"}
    assert [answer.body for answer in answers] == [expected[user] for user in asked]


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("own/", {}, 401),
        ("own/", {"User": "nobody"}, 401),
        ("for-staff/", {}, 401),
        ("for-staff/", {"User": "alice"}, 403),
        ("for-staff/", {"User": "carol"}, 200),
    ],
)
def test_who_may_not_read_is_refused_as_by_drf(
    server: Server, path: str, headers: dict[str, str], status: int
) -> None:
    """Permissions are asked before a row is read, and a refusal is DRF's to the byte."""
    answer = server.same(path, **headers)

    assert answer.status == status
    assert (answer.path == "compiled") is (status == 200)


@pytest.fixture(scope="module")
def guarded(dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve a database whose policies show notes to their owner, and hide a topic."""
    folder = tmp_path_factory.mktemp("guarded")
    reader = {"databases": {"default": make_conninfo(dsn, user="shop_reader")}}
    with connect(dsn) as connection:
        connection.execute(
            "CREATE ROLE shop_reader LOGIN;"
            "GRANT SELECT ON ALL TABLES IN SCHEMA public TO shop_reader;"
            "ALTER TABLE shop_note ENABLE ROW LEVEL SECURITY;"
            "CREATE POLICY own ON shop_note USING (owner_id = "
            "(SELECT id FROM auth_user WHERE username = current_setting('app.user', true)));"
            "ALTER TABLE shop_topic ENABLE ROW LEVEL SECURITY;"
            "CREATE POLICY shown ON shop_topic"
            " USING (name <> 'secret' OR current_setting('app.user', true) = 'bob')"
        )
        with serving(reader, folder, *ONE_CONNECTION) as running:
            yield running
        connection.execute("DROP OWNED BY shop_reader; DROP ROLE shop_reader")


@pytest.mark.parametrize("path", ["notes/", "notes-flat/", "notes-selected/"])
def test_policies_of_the_table_hide_rows(guarded: Server, path: str) -> None:
    """With row-level security the rows are those of the session's user, request by request."""
    for user, rest in (("alice", 1), ("bob", 2), ("alice", 1)):
        answer = guarded.same(path, Settings=json.dumps({"app.user": user}))

        assert answer.path == "compiled"
        assert {row % 3 for row in ids(answer)} == {rest}


def test_policies_of_a_related_table_hide_what_a_key_leads_to(guarded: Server) -> None:
    """A topic that its own policy hides is null where its row is shown; its key stays."""
    alice = guarded.same("notes/", Settings=json.dumps({"app.user": "alice"}))
    bob = guarded.same("notes/", Settings=json.dumps({"app.user": "bob"}))

    assert b'"secret"' not in alice.body
    assert b'"secret"' in bob.body
    hidden = [row for row in json.loads(alice.body) if row["topic_key"] and not row["topic"]]
    assert hidden
    assert all(row["topic_name"] is None for row in hidden)


def test_select_related_takes_hidden_rows_away_as_djangos_own_join_does(guarded: Server) -> None:
    """A required relation that is selected joins inside, so a hidden target hides its row."""
    settings = json.dumps({"app.user": "alice"})

    every = ids(guarded.same("notes/", Settings=settings))
    selected = ids(guarded.same("notes-selected/", Settings=settings))

    assert set(selected) < set(every)


@pytest.fixture(scope="module")
def routed(dsn: str, copies: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve two databases; the notes of the second are marked."""
    middleware = ["answered_by", "zone", "session_settings"]
    settings = {
        "DATABASE_ROUTERS": ["fast.shop.router.ByRequest"],
        "MIDDLEWARE": [
            *(f"fast.shop.middleware.{name}" for name in middleware),
            "fast.shop.router.reads_from",
        ],
    }
    with copies("shop_replica") as replica:
        with connect(replica) as connection:
            connection.execute("UPDATE shop_note SET text = 'from the replica'")
        given = {"databases": {"default": dsn, "replica": replica}, "settings": settings}
        folder = tmp_path_factory.mktemp("routed")
        with serving(given, folder, *THREADS) as running:
            yield running


@pytest.mark.parametrize("path", ["notes-flat/", "notes-selected/"])
def test_a_router_chooses_the_database(routed: Server, path: str) -> None:
    """A list is read from the alias that the router names for this request."""
    for alias in ("replica", "default", "replica", "default"):
        answer = routed.same(path, Reads_From=alias)

        assert answer.path == "compiled"
        assert (b'"text":"from the replica"' in answer.body) is (alias == "replica")


def test_using_is_stronger_than_the_router(routed: Server) -> None:
    """A queryset with `using()` is read there, whatever the router says."""
    answer = routed.same("notes-here/", Reads_From="replica")

    assert answer.path == "compiled"
    assert b"from the replica" not in answer.body


def test_relations_that_a_router_reads_elsewhere_are_left_to_drf(routed: Server) -> None:
    """What Django would read by a statement of its own, the router may send anywhere."""
    answer = routed.same("notes/", Reads_From="replica")

    assert answer.path is not None
    assert "a database router chooses where" in answer.path
    assert b"from the replica" in answer.body


def test_each_tenants_schema_is_read_on_the_same_connection(copies: Copies, tmp_path: Path) -> None:
    """A search_path that changes between two requests changes what both ways read."""
    with copies("shop_tenants") as dsn:
        with connect(dsn) as connection:
            connection.execute(
                "CREATE SCHEMA north; CREATE SCHEMA south;"
                "CREATE TABLE north.shop_note AS SELECT * FROM public.shop_note WHERE id <= 10;"
                "CREATE TABLE south.shop_note AS SELECT * FROM public.shop_note WHERE id > 10;"
                "UPDATE south.shop_note SET text = 'south'"
            )
        given = {"databases": {"default": dsn}}
        with serving(given, tmp_path, *ONE_CONNECTION) as server:
            for _ in range(6):
                for tenant, is_there in (("north", range(1, 11)), ("south", range(11, 31))):
                    path = json.dumps({"search_path": f"{tenant}, public"})
                    answer = server.same("notes/", Settings=path)

                    assert answer.path == "compiled"
                    assert ids(answer) == list(is_there)


@pytest.mark.parametrize(
    "scenario",
    [
        "own_rows_of_an_open_transaction_are_seen",
        "rows_of_an_open_transaction_of_another_are_not_seen",
        "rows_that_were_rolled_back_are_gone",
        "a_savepoint_that_was_rolled_back_is_gone",
        "a_repeatable_read_sees_one_moment",
        "a_serializable_transaction_sees_its_moment",
    ],
)
def test_an_open_transaction_is_read_in(project: Inside, scenario: str) -> None:
    """The rows of a list are those of the transaction that is open on its connection."""
    drf, fast, path = project.call(f"transactions:{scenario}")

    assert fast == drf
    assert path == "compiled"


@pytest.mark.parametrize(
    ("scenario", "error"),
    [
        ("an_atomic_block_that_is_broken", "TransactionManagementError"),
        ("a_transaction_that_the_database_refuses", "InternalError"),
        ("a_table_that_is_not_there", "ProgrammingError"),
        ("a_statement_that_takes_too_long", "OperationalError"),
    ],
)
def test_a_database_error_is_that_of_drf(project: Inside, scenario: str, error: str) -> None:
    """What the database refuses raises the same error, whoever reads."""
    drf, fast = project.call(f"transactions:{scenario}")

    assert fast == drf
    assert fast[0] == error
