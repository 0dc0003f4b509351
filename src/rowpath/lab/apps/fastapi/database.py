"""The engine, the session of a request, and the order of the rows."""

from collections.abc import Iterator
from typing import Annotated, Any, TypeVar

from fastapi import Depends
from sqlalchemy import create_engine
from sqlalchemy.orm import Query, Session, sessionmaker
from sqlalchemy.pool import NullPool

from rowpath.lab.apps.fastapi.models import Product
from rowpath.lab.apps.settings import from_environment

SETTINGS = from_environment()

# SQLAlchemy's default is a pool; without one there is a new connection for every request.
pool = None if SETTINGS.conditions.sqlalchemy_keeps_connections else NullPool
engine = create_engine(
    "postgresql+psycopg://", connect_args=SETTINGS.connection_parameters(), poolclass=pool
)
SessionLocal = sessionmaker(bind=engine, autoflush=False)

Products = TypeVar("Products", bound=Query[Any])


def get_db_session() -> Iterator[Session]:
    """Yield a session for one request."""
    with SessionLocal() as db_session:
        yield db_session


DbSession = Annotated[Session, Depends(get_db_session)]


def ordered(products: Products) -> Products:
    """Return the query, ordered by time where the conditions have queries name their order.

    Django's model has this order in its Meta, and so in every one of its statements.
    """
    if not SETTINGS.conditions.sqlalchemy_orders:
        return products
    return products.order_by(Product.time_created)
