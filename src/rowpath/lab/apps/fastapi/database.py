"""The engines, the session of a request, and the order of the rows."""

from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any, TypeVar

from fastapi import Depends
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Query, Session, sessionmaker
from sqlalchemy.pool import NullPool

from rowpath.lab.apps.fastapi.models import Product
from rowpath.lab.apps.settings import from_environment

SETTINGS = from_environment()

_URL = "postgresql+psycopg://"
_pool = SETTINGS.conditions.pool
_OPTIONS: dict[str, Any] = {"connect_args": SETTINGS.connection_parameters()} | (
    {"pool_size": _pool, "max_overflow": 0} if _pool else {}
)
if not SETTINGS.conditions.sqlalchemy_keeps_connections:
    # SQLAlchemy's default is a pool; without one there is a new connection for every request.
    _OPTIONS |= {"poolclass": NullPool}
engine = create_engine(_URL, **_OPTIONS)
SessionLocal = sessionmaker(bind=engine, autoflush=False)
# An engine connects when it is first used.
async_engine = create_async_engine(_URL, **_OPTIONS)
AsyncSessionLocal = async_sessionmaker(bind=async_engine, autoflush=False)

Products = TypeVar("Products", bound=Query[Any])


def get_db_session() -> Iterator[Session]:
    """Yield a session for one request."""
    with SessionLocal() as db_session:
        yield db_session


DbSession = Annotated[Session, Depends(get_db_session)]


async def get_async_session() -> AsyncIterator[AsyncSession]:
    """Yield a session for one request, whose statements are awaited."""
    async with AsyncSessionLocal() as session:
        yield session


DbAsyncSession = Annotated[AsyncSession, Depends(get_async_session)]


def ordered(products: Products) -> Products:
    """Return the query, ordered by time where the conditions have queries name their order.

    Django's model has this order in its Meta, and so in every one of its statements.
    """
    if not SETTINGS.conditions.sqlalchemy_orders:
        return products
    return products.order_by(Product.time_created)
