from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier

from fast.projects import inside
from rowpath.lab.database import Database, connect

Copies = Callable[[str], AbstractContextManager[str]]

_TEMPLATE = "shop_template"


@pytest.fixture(scope="session")
def copies(database: Database) -> Copies:
    """Gives databases with the shop's tables and rows, each by a name of its own."""
    with connect(database.dsn) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(_TEMPLATE)))
    given = {"databases": {"default": make_conninfo(database.dsn, dbname=_TEMPLATE)}}
    with inside(given) as project:
        project.call("rows:make_everything")

    @contextmanager
    def copy(name: str) -> Iterator[str]:
        with connect(database.dsn) as connection:
            create = SQL("CREATE DATABASE {} TEMPLATE {}")
            connection.execute(create.format(Identifier(name), Identifier(_TEMPLATE)))
            yield make_conninfo(database.dsn, dbname=name)
            connection.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))

    return copy
