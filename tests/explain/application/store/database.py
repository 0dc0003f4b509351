import os

from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, sessionmaker

URL = os.environ.get("STORE_DATABASE", "sqlite:///store.sqlite3")
engine = create_engine(URL)
SessionLocal = sessionmaker(engine)
# SQLite has no asynchronous driver here.
asynchronous = None if URL.startswith("sqlite") else create_async_engine(URL)
AsyncSessionLocal = async_sessionmaker(asynchronous, expire_on_commit=False)


def get_db():
    with SessionLocal() as session:
        yield session


async def get_async_db():
    async with AsyncSessionLocal() as session:
        yield session


async def get_expiring_db():
    """Give a session whose commit expires its rows, which is SQLAlchemy's default."""
    async with async_sessionmaker(asynchronous)() as session:
        yield session


__all__ = ["AsyncSessionLocal", "Session", "engine", "get_async_db", "get_db", "get_expiring_db"]
