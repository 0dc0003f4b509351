from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from . import models


def get_books(db: Session, skip: int = 0, limit: int = 100):
    return db.query(models.Book).order_by(models.Book.id).offset(skip).limit(limit).all()


async def get_books_async(db: AsyncSession, skip: int = 0, limit: int = 100):
    statement = select(models.Book).order_by(models.Book.id).offset(skip).limit(limit)
    return (await db.scalars(statement)).all()


def get_tag(db: Session, tag_id: int):
    return db.get(models.Tag, tag_id)


def with_text():
    return select(models.Book).where(models.Book.title != "").order_by(models.Book.id)


class Repository:
    model = None

    def all(self, db: Session):
        return db.scalars(select(self.model).order_by(self.model.id)).all()


class Books(Repository):
    model = models.Book
