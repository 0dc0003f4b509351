from collections.abc import Iterator

import pytest
from django.db import connections
from sqlalchemy import Engine, create_engine

from capture.django_setup import connection_parameters, set_up_django
from rowpath.lab.database import Database


@pytest.fixture
def django_database(products: Database) -> Iterator[None]:
    """Django set up in this process, on the products; its connections are closed at the end."""
    set_up_django(products)
    yield
    connections.close_all()


@pytest.fixture
def engine(products: Database) -> Iterator[Engine]:
    """A SQLAlchemy engine on the products."""
    parameters = connection_parameters(products)
    made = create_engine("postgresql+psycopg://", connect_args=parameters)
    yield made
    made.dispose()
