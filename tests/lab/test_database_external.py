import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from rowpath.errors import BusyError, DatabaseError
from rowpath.lab.database import Database, connect, open_database

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


def test_password_is_in_no_text_for_people(empty_database: Database) -> None:
    """Neither the description nor the repr of a database shows the password."""
    with open_database(f"{empty_database.dsn} password=hunter2") as opened:
        assert "hunter2" in opened.dsn
        assert "hunter2" not in repr(opened)
