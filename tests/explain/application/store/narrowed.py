"""Lists of rows that are wide, and of which few columns are read."""

import copy

from fastapi import APIRouter, Depends
from fastapi.encoders import jsonable_encoder
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, defer, joinedload, load_only, raiseload, selectinload

from store.database import get_async_db, get_db
from store.models import Author, Book
from store.schemas import TitleOut, WrittenOut

router = APIRouter(prefix="/narrow")


@router.get("/titles")
def titles(db: Session = Depends(get_db)):
    return [book.title for book in db.scalars(select(Book).order_by(Book.id))]


@router.get("/model")
def of_model(db: Session = Depends(get_db)) -> list[TitleOut]:
    return db.query(Book).order_by(Book.id).all()


@router.get("/joined")
def joined(db: Session = Depends(get_db)) -> list[WrittenOut]:
    statement = select(Book).options(joinedload(Book.author)).order_by(Book.id)
    return db.scalars(statement).all()


@router.get("/earlier")
def earlier(db: Session = Depends(get_db)):
    """Names its relation in another chain than its order."""
    statement = select(Book).options(joinedload(Book.author))
    return [book.author.name for book in db.scalars(statement.order_by(Book.id))]


@router.get("/inner")
def inner(db: Session = Depends(get_db)):
    statement = select(Author).options(selectinload(Author.books)).order_by(Author.id)
    return [[book.title for book in author.books] for author in db.scalars(statement)]


@router.get("/heavy")
def heavy(db: Session = Depends(get_db)):
    return [(book.title, book.author_id) for book in db.scalars(select(Book).order_by(Book.id))]


@router.get("/keys")
def keys(db: Session = Depends(get_db)):
    return [book.id for book in db.scalars(select(Book).order_by(Book.id))]


@router.get("/async")
async def by_async(db: AsyncSession = Depends(get_async_db)):
    return [book.title for book in await db.scalars(select(Book).order_by(Book.id))]


@router.get("/encoded")
def encoded(db: Session = Depends(get_db)):
    """Encodes rows as FastAPI does without a model, in an order that varies."""
    books = db.scalars(select(Book).order_by(Book.id)).all()
    return [sorted(row.items()) for row in jsonable_encoder(books)]


@router.get("/copied")
def copied(db: Session = Depends(get_db)):
    return [copy.copy(book).title for book in db.scalars(select(Book).order_by(Book.id))]


@router.get("/written")
def written(db: Session = Depends(get_db)):
    books = db.scalars(select(Book).order_by(Book.id)).all()
    with db.no_autoflush:
        for book in books:
            book.title = book.title.upper()
        db.expunge_all()
    return [book.title for book in books]


@router.get("/chosen")
def chosen(db: Session = Depends(get_db)):
    statement = select(Book).options(load_only(Book.title, Book.blurb)).order_by(Book.id)
    return [book.title for book in db.scalars(statement)]


@router.get("/deferred")
def deferred(db: Session = Depends(get_db)):
    statement = select(Book).options(defer(Book.author_id)).order_by(Book.id)
    return [book.title for book in db.scalars(statement)]


@router.get("/raising")
def raising(db: Session = Depends(get_db)):
    statement = select(Book).options(raiseload("*")).order_by(Book.id)
    return [book.title for book in db.scalars(statement)]


@router.get("/distinct")
def distinct(db: Session = Depends(get_db)):
    return [book.title for book in db.scalars(select(Book).distinct().order_by(Book.id))]


@router.get("/by-key")
def by_key(db: Session = Depends(get_db)):
    """Reads a column by the relation that it leads to."""
    statement = select(Book).options(selectinload(Book.author).load_only(Author.name))
    return [book.author.name for book in db.scalars(statement.order_by(Book.id))]
