"""Lists that methods make which have the names of builtins, as of a repository."""

from fastapi import Depends
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from store.database import get_db
from store.models import Book


class BookRepository:
    def __init__(self, db: Session = Depends(get_db)):
        self.db = db

    def list(self) -> list[Book]:
        statement = select(Book).options(selectinload(Book.tags)).order_by(Book.id)
        return list(self.db.scalars(statement).all())
