"""A connection whose values are read as Django's are, and hstore beside the built-in types."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.types.string import TextLoader

from rowpath.lab.database import Database, connect


@pytest.fixture(scope="session")
def connection(database: Database) -> Iterator[psycopg.Connection]:
    with connect(database.dsn) as opened:
        opened.execute("SET TimeZone TO 'UTC'")
        opened.execute("CREATE EXTENSION IF NOT EXISTS hstore")
        for name in ("jsonb", "inet", "cidr"):
            opened.adapters.register_loader(name, TextLoader)
        yield opened
        opened.execute("DROP EXTENSION hstore")
