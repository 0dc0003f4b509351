from collections.abc import Iterator

import django
import pytest
from django.conf import settings
from django.db import connections
from sqlalchemy import Engine, create_engine

from rowpath.lab.apps.settings import AppSettings
from rowpath.lab.database import Database
from rowpath.lab.experiment import Setup


@pytest.fixture(scope="session")
def connection_parameters(products: Database) -> dict[str, str]:
    """What to connect to the products with."""
    app = AppSettings(dsn=products.dsn, setup=Setup.CONTROLLED, trace_folder=None)
    return app.connection_parameters()


@pytest.fixture(scope="session")
def _configured_django(connection_parameters: dict[str, str]) -> None:
    settings.configure(
        INSTALLED_APPS=["rowpath.lab.apps.django"],
        USE_TZ=True,
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": connection_parameters["dbname"],
                "OPTIONS": connection_parameters,
            }
        },
    )
    django.setup()


@pytest.fixture
def django_database(_configured_django: None) -> Iterator[None]:
    """Django set up in this process, on the products; its connections are closed at the end."""
    yield
    connections.close_all()


@pytest.fixture
def engine(connection_parameters: dict[str, str]) -> Iterator[Engine]:
    """A SQLAlchemy engine on the products."""
    made = create_engine("postgresql+psycopg://", connect_args=connection_parameters)
    yield made
    made.dispose()
