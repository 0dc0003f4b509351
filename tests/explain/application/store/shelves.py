"""Lists that are made for one route, and for several."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from . import models


def get_shelf(db: Session):
    statement = select(models.Book).options(selectinload(models.Book.tags))
    return db.scalars(statement.order_by(models.Book.id)).all()


def get_titles(db: Session):
    statement = select(models.Book).options(joinedload(models.Book.author))
    return [book.title for book in db.scalars(statement.order_by(models.Book.id))]
