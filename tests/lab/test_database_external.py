import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import urllib3
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from rowpath.errors import BusyError, DatabaseError
from rowpath.lab.answers.reference import reference
from rowpath.lab.applications import App
from rowpath.lab.apps.settings import AppSettings
from rowpath.lab.conditions import CONTROLLED
from rowpath.lab.database import Database, connect, open_database
from rowpath.lab.dataset import PRODUCTS, ensure
from rowpath.lab.host import environment
from rowpath.lab.servers.server import serving

# Messages of PostgreSQL's protocol, version 3: authenticated, one parameter, ready.
HELLO_OF_14 = b"R\0\0\0\x08\0\0\0\0" + b"S\0\0\0\x18server_version\x0014.9\0" + b"Z\0\0\0\x05I"


@contextmanager
def server_of_version_14() -> Iterator[int]:
    """A server that lets everybody in and says that it is PostgreSQL 14."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            client, _ = listener.accept()
            with client:
                client.recv(4096)
                client.sendall(HELLO_OF_14)
                client.recv(4096)

        thread = threading.Thread(target=answer)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


@contextmanager
def role(database: Database, name: str, *, host_based: str = "trust") -> Iterator[Connection]:
    """A role with the password "right", let in as `host_based` says."""
    with connect(database.dsn) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'right'")
        hba = connection.execute("SHOW hba_file").fetchone()
        assert hba is not None
        file = Path(hba[0])
        rules = file.read_text()
        file.write_text(f"local all {name} {host_based}\n{rules}")
        connection.execute("SELECT pg_reload_conf()")
        try:
            yield connection
        finally:
            file.write_text(rules)
            connection.execute("SELECT pg_reload_conf()")
            connection.execute(f"DROP ROLE {name}")


def as_url(dsn: str) -> str:
    parts = conninfo_to_dict(dsn)
    return f"postgresql://{parts['user']}@/{parts['dbname']}?host={parts['host']}"


def complaint(dsn: str) -> str:
    with pytest.raises(DatabaseError) as caught, open_database(dsn):
        pass
    return str(caught.value)


@pytest.mark.parametrize("form", [str, as_url], ids=["keywords", "URL"])
def test_database_is_opened_by_either_form_of_its_name(
    empty_database: Database, form: type[str]
) -> None:
    """A connection string opens the user's database, as keywords or as a URL."""
    name = conninfo_to_dict(empty_database.dsn)["dbname"]

    with open_database(form(empty_database.dsn)) as opened, connect(opened.dsn) as connection:
        current = connection.execute("SELECT current_database()").fetchone()

    assert current == (name,)
    assert not opened.embedded
    assert opened.description.startswith("PostgreSQL 1")
    assert opened.description.endswith(f"/{name}")


@pytest.mark.parametrize(
    "dsn",
    [
        "host=127.0.0.1 port=1 user=me password=hunter2 dbname=shop",
        "postgresql://me:hunter2@127.0.0.1:1/shop",
    ],
)
def test_server_that_does_not_answer_is_told_on_one_line(dsn: str) -> None:
    """A server that is not there gives libpq's reason on one line, without the password."""
    message = complaint(dsn)

    assert message.startswith("Cannot connect to the database: ")
    assert "Connection refused" in message
    assert "\n" not in message
    assert "hunter2" not in message


def test_unknown_database_is_named(database: Database) -> None:
    """A database that is not there is named."""
    message = complaint(make_conninfo(database.dsn, dbname="market"))

    assert 'database "market" does not exist' in message


def test_wrong_password_is_not_shown(database: Database) -> None:
    """A password that is not right gives the server's reason, and is not repeated."""
    with role(database, "guarded", host_based="scram-sha-256"):
        message = complaint(f"{database.dsn} user=guarded password=wrongness")

    assert 'password authentication failed for user "guarded"' in message
    assert "wrongness" not in message


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://me:hunter2%zz@db/shop",
        "postgresql://me:hunter2@[::1/shop",
        "postgresql://me:hunter2@db/shop?hunter2",
        "host=db password=my hunter2",
        "host=db password='hunter2",
        "password=x hunter2=y",
    ],
)
def test_malformed_connection_string_shows_no_piece_of_a_password(dsn: str) -> None:
    """A string that cannot be read gets the reason, but nothing that may be of the password."""
    message = complaint(dsn)

    assert message.startswith("Cannot read the connection string: ")
    assert "hunter2" not in message


def test_malformed_connection_string_without_a_password_shows_what_is_wrong() -> None:
    """Where nothing is secret, the message names the word that was not understood."""
    message = complaint("hots=db")

    assert 'invalid connection option "hots"' in message


def test_old_server_is_refused() -> None:
    """A server older than PostgreSQL 15 is refused with both versions."""
    with server_of_version_14() as port:
        message = complaint(f"host=127.0.0.1 port={port} user=me dbname=shop sslmode=disable")

    assert "its server is PostgreSQL 14, and the lab needs 15 or later" in message


def test_user_without_the_right_to_create_is_refused(database: Database) -> None:
    """A user who may not create a schema is refused with the statement that would allow it."""
    with role(database, "guest"):
        message = complaint(make_conninfo(database.dsn, user="guest"))

    assert "the user guest has no right to create a schema" in message
    assert 'GRANT CREATE ON DATABASE "postgres" TO "guest"' in message


def test_second_command_is_held_off(empty_database: Database) -> None:
    """While one command holds a database, another is told who does, and may after it."""
    with (
        open_database(empty_database.dsn),
        pytest.raises(BusyError, match=r"rowpath, pid \d+ on "),
        open_database(empty_database.dsn),
    ):
        pass

    with open_database(empty_database.dsn) as opened:
        assert opened.dsn == empty_database.dsn


def test_commands_in_two_databases_of_a_server_do_not_meet(
    database: Database, empty_database: Database
) -> None:
    """The lock is the database's, not the server's."""
    with open_database(database.dsn), open_database(empty_database.dsn) as opened:
        assert opened.dsn == empty_database.dsn


def without_password(database: Database, user: str) -> str:
    parts = conninfo_to_dict(database.dsn, user=user)
    del parts["password"]
    return make_conninfo("", **parts)


@pytest.mark.parametrize("variable", ["PGPASSWORD", "PGPASSFILE"])
def test_what_authenticates_counts_where_it_is_in_the_environment(
    database: Database, tmp_path: Path, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A password in libpq's variable or file lets the lab in, and the applications with it."""
    file = tmp_path / "passwords"
    file.write_text("*:*:*:*:right\n")
    file.chmod(0o600)
    monkeypatch.setenv(variable, {"PGPASSWORD": "right"}.get(variable, str(file)))
    with role(database, "guarded", host_based="scram-sha-256") as connection:
        connection.execute("GRANT CREATE ON DATABASE postgres TO guarded")
        with open_database(without_password(database, "guarded")) as opened:
            settings = AppSettings(dsn=opened.dsn, conditions=CONTROLLED, trace_folder=None)
            with serving(App.FASTAPI, settings, logs=tmp_path) as server:
                assert server.is_alive()
        connection.execute("REVOKE CREATE ON DATABASE postgres FROM guarded")


def test_what_changes_the_session_or_the_server_counts_for_nothing(
    empty_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of libpq's variables only those that authenticate are left, within the block."""
    changing = {
        "PGSERVICE": "nope",
        "PGHOST": "nowhere",
        "PGHOSTADDR": "1.2.3.4",
        "PGPORT": "abc",
        "PGOPTIONS": "-c default_transaction_read_only=on",
        "PGTZ": "Asia/Tokyo",
        "PGDATESTYLE": "German",
        "PGCLIENTENCODING": "LATIN1",
        "PGCONNECT_TIMEOUT": "x",
        "PGTARGETSESSIONATTRS": "standby",
        "PGUSER": "you",
        "PGDATABASE": "yours",
    }
    for name, value in (changing | {"PGSSLMODE": "disable"}).items():
        monkeypatch.setenv(name, value)

    with open_database(empty_database.dsn) as opened, connect(opened.dsn) as connection:
        within = {name for name in os.environ if name.startswith("PG")}
        session = connection.execute(
            "SELECT current_setting('timezone'), current_setting('datestyle'), "
            "current_setting('client_encoding'), current_setting('transaction_read_only')"
        ).fetchone()

    assert within == {"PGSSLMODE"}
    assert session == ("UTC", "ISO, MDY", "UTF8", "off")
    assert {name: os.environ[name] for name in changing} == changing


def test_a_server_that_only_the_environment_names_is_not_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is named there and does not count is told with the failure."""
    monkeypatch.setenv("PGHOST", "nowhere")
    monkeypatch.setenv("PGUSER", "you")

    message = complaint("host=127.0.0.1 port=1 dbname=shop")

    assert message.startswith("Cannot connect to the database: ")
    assert message.endswith("The environment's PGHOST and PGUSER does not count: write it there.")


@pytest.mark.parametrize(
    ("dsn", "told"),
    [
        (
            "postgresql+psycopg://me:hunter2@db/shop",
            "postgresql+psycopg://, as SQLAlchemy has it, and",
        ),
        (
            "postgresql+asyncpg://me:hunter2@db/shop",
            "postgresql+asyncpg://, as SQLAlchemy has it, and",
        ),
        ("postgis://me:hunter2@db/shop", "postgis:// and"),
        ("psql://me:hunter2@db/shop", "psql:// and"),
        ("jdbc:postgresql://db/shop?password=hunter2", "jdbc:postgresql:// and"),
        ("POSTGRESQL://me:hunter2@db/shop", "POSTGRESQL:// and"),
    ],
)
def test_a_url_of_another_form_gets_a_hint(dsn: str, told: str) -> None:
    """What begins as another library's URL is told how libpq's begins."""
    message = complaint(dsn)

    assert message == (
        f"Cannot read the connection string: it begins with {told} libpq's with postgresql://. "
        "Give it as postgresql://user@host:5432/name or as host=... dbname=...."
    )


@pytest.mark.parametrize("dsn", ["host=\udcff", "postgresql://db/%ff", "\udcff"])
def test_a_connection_string_that_is_not_utf_8_is_told(dsn: str) -> None:
    """Bytes that no text has are no traceback."""
    assert complaint(dsn).startswith("Cannot read the connection string: it is not UTF-8.")


def test_blanks_around_a_connection_string_do_not_matter(empty_database: Database) -> None:
    """A newline that came with it out of a file is not handed on."""
    with open_database(f" {as_url(empty_database.dsn)}\n") as opened:
        assert opened.dsn == as_url(empty_database.dsn)


def test_a_database_and_a_user_may_have_settings_of_their_own(
    database: Database, tmp_path: Path
) -> None:
    """No encoding, style of dates or time limit is left to what the user's server has."""
    with connect(database.dsn) as connection:
        connection.execute("CREATE DATABASE plain ENCODING SQL_ASCII TEMPLATE template0")
        connection.execute("ALTER DATABASE plain SET datestyle = 'German'")
        connection.execute("ALTER DATABASE plain SET statement_timeout = 2000")
        try:
            with open_database(make_conninfo(database.dsn, dbname="plain")) as opened:
                ensure(opened, PRODUCTS, rows=100, seed=1, report=lambda _: None)
                assert environment(opened, {}).postgresql.startswith("1")
                settings = AppSettings(dsn=opened.dsn, conditions=CONTROLLED, trace_folder=None)
                with (
                    serving(App.FASTAPI, settings, logs=tmp_path) as server,
                    urllib3.PoolManager(retries=False) as pool,
                ):
                    answer = pool.request("GET", f"{server.url}/ladder/fastapi?rows=3")
                with (
                    psycopg.connect(**settings.connection_parameters()) as session,  # type: ignore[arg-type]  # libpq's keywords
                    reference(opened.dsn) as held,
                ):
                    limit = session.execute("SHOW statement_timeout").fetchone()
                    times = held.expected(
                        "SELECT time_created FROM rowpath_lab.product LIMIT %(rows)s", 3
                    )
        finally:
            connection.execute("DROP DATABASE plain WITH (FORCE)")

    assert answer.status == 200
    assert limit == ("0",)
    assert len(times.rows) == 3


def test_a_database_with_read_only_transactions_is_refused(empty_database: Database) -> None:
    """A session that may not write is told before any work, with what makes it so."""
    message = complaint(f"{empty_database.dsn} options='-c default_transaction_read_only=on'")

    assert "transactions are read-only there (default_transaction_read_only)" in message


def test_password_is_in_no_text_for_people(empty_database: Database) -> None:
    """Neither the description nor the repr of a database shows the password."""
    with open_database(f"{empty_database.dsn} password=hunter2") as opened:
        assert "hunter2" in opened.dsn
        assert "hunter2" not in repr(opened)
