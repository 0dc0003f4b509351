"""Lists with relations that are loaded at once, and which not every list reads."""

import pickle

from fastapi import APIRouter, Depends
from fastapi.encoders import jsonable_encoder
from sqlalchemy import inspect, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import (
    Session,
    contains_eager,
    joinedload,
    selectinload,
    subqueryload,
    with_loader_criteria,
)

from store import shelves
from store.database import get_async_db, get_db
from store.models import Author, Book, Fair, Review, Tag
from store.repositories import BookRepository
from store.schemas import BookOut, TitleOut, WrittenOut

router = APIRouter(prefix="/loaded")


@router.get("/one")
def one(db: Session = Depends(get_db)):
    statement = select(Book).options(selectinload(Book.tags)).order_by(Book.id)
    return [book.title for book in db.scalars(statement)]


@router.get("/in-steps")
def in_steps(db: Session = Depends(get_db)):
    statement = select(Book).order_by(Book.id)
    statement = statement.options(selectinload(Book.tags))  # what is shown of a book
    return [book.title for book in db.scalars(statement)]


@router.get("/of-two")
def of_two(db: Session = Depends(get_db)) -> list[WrittenOut]:
    statement = (
        select(Book)
        .options(joinedload(Book.author).joinedload(Author.publisher), selectinload(Book.tags))
        .order_by(Book.id)
    )
    return db.scalars(statement).all()


@router.get("/behind")
def behind(db: Session = Depends(get_db)):
    authors = db.scalars(
        select(Author)
        .order_by(Author.id)
        .options(
            selectinload(Author.books).selectinload(Book.tags),
        )
    )
    return [[book.title for book in author.books] for author in authors]


@router.get("/within")
def within(db: Session = Depends(get_db)):
    statement = select(Author).options(
        selectinload(Author.books).options(joinedload(Book.reviews), subqueryload(Book.tags))
    )
    return [
        [tag.name for book in author.books for tag in book.tags]
        for author in db.scalars(statement.order_by(Author.id))
    ]


@router.get("/query")
def query(db: Session = Depends(get_db)) -> list[TitleOut]:
    return db.query(Book).options(joinedload(Book.author)).order_by(Book.id).all()


@router.get("/of-one-place")
def of_one_place(db: Session = Depends(get_db)):
    return shelves.get_titles(db)


@router.get("/async")
async def by_async(db: AsyncSession = Depends(get_async_db)) -> list[TitleOut]:
    statement = select(Book).options(selectinload(Book.tags)).order_by(Book.id)
    return (await db.scalars(statement)).all()


@router.get("/model")
def of_model(db: Session = Depends(get_db)) -> list[BookOut]:
    statement = select(Book).options(
        joinedload(Book.author).joinedload(Author.publisher),
        selectinload(Book.tags),
        selectinload(Book.reviews),
    )
    return db.scalars(statement.order_by(Book.id)).all()


@router.get("/property")
def by_property(db: Session = Depends(get_db)):
    statement = select(Book).options(joinedload(Book.author).joinedload(Author.publisher))
    return [book.imprint for book in db.scalars(statement.order_by(Book.id))]


@router.get("/encoded")
def encoded(db: Session = Depends(get_db)):
    """Encodes rows as FastAPI does without a model, in an order that varies."""
    books = db.scalars(select(Book).options(selectinload(Book.tags)).order_by(Book.id)).all()
    return [sorted(row) for row in jsonable_encoder(books)]


@router.get("/vars")
def by_vars(db: Session = Depends(get_db)):
    statement = select(Book).options(selectinload(Book.tags)).order_by(Book.id)
    return [len(vars(book)["tags"]) for book in db.scalars(statement)]


@router.get("/pickled")
def pickled(db: Session = Depends(get_db)):
    statement = select(Book).options(selectinload(Book.tags)).order_by(Book.id)
    return [len(pickle.dumps(book)) > 0 for book in db.scalars(statement)]


@router.get("/inspected")
def inspected(db: Session = Depends(get_db)):
    statement = select(Book).options(selectinload(Book.tags)).order_by(Book.id)
    return [sorted(inspect(book).unloaded) for book in db.scalars(statement)]


@router.get("/empty")
def empty(db: Session = Depends(get_db)):
    statement = select(Book).options(selectinload(Book.tags)).where(Book.id < 0)
    return [book.title for book in db.scalars(statement)]


@router.get("/childless")
def childless(db: Session = Depends(get_db)):
    statement = select(Author).options(selectinload(Author.books.and_(Book.id < 0)))
    return [len(author.books) for author in db.scalars(statement.order_by(Author.id))]


@router.get("/sometimes")
def sometimes(*, tags: bool = False, db: Session = Depends(get_db)):
    statement = select(Book).options(selectinload(Book.tags)).order_by(Book.id)
    return [len(book.tags) if tags else book.title for book in db.scalars(statement)]


@router.get("/shelf")
def shelf(db: Session = Depends(get_db)):
    return [book.title for book in shelves.get_shelf(db)]


@router.get("/tagged-shelf")
def tagged_shelf(db: Session = Depends(get_db)):
    return [len(book.tags) for book in shelves.get_shelf(db)]


@router.get("/routed")
@router.get("/routed-again", response_model=list[BookOut])
def routed(db: Session = Depends(get_db)) -> list[TitleOut]:
    return db.scalars(select(Book).options(selectinload(Book.tags)).order_by(Book.id)).all()


@router.get("/by-hand")
def by_hand(db: Session = Depends(get_db)):
    statement = select(Book).join(Book.author).options(contains_eager(Book.author))
    return [book.title for book in db.scalars(statement.order_by(Book.id))]


@router.get("/raising")
def raising(db: Session = Depends(get_db)):
    statement = select(Book).options(selectinload(Book.tags).raiseload("*"))
    return [book.title for book in db.scalars(statement.order_by(Book.id))]


@router.get("/criteria")
def criteria(db: Session = Depends(get_db)):
    statement = select(Book).options(
        selectinload(Book.tags), with_loader_criteria(Tag, Tag.name != "tag 0")
    )
    return [book.title for book in db.scalars(statement.order_by(Book.id))]


@router.get("/held")
def held(db: Session = Depends(get_db)):
    """Reads by the session what an option has put there."""
    statement = select(Book).options(selectinload(Book.reviews)).order_by(Book.id).limit(4)
    books = db.scalars(statement).all()
    return [book.title for book in books] + [db.get(Review, number).stars for number in (1, 2)]


@router.get("/repository")
def of_repository(books: BookRepository = Depends()):
    return [book.title for book in books.list()]


@router.get("/declared")
def declared(db: Session = Depends(get_db)):
    return [fair.name for fair in db.scalars(select(Fair).order_by(Fair.id))]


@router.get("/declared-and-named")
def declared_and_named(db: Session = Depends(get_db)):
    statement = select(Fair).options(selectinload(Fair.country), selectinload(Fair.visitors))
    return [(fair.name, len(fair.stalls)) for fair in db.scalars(statement.order_by(Fair.id))]


@router.get("/declared-and-read")
def declared_and_read(db: Session = Depends(get_db)):
    fairs = db.scalars(select(Fair).order_by(Fair.id))
    return [(fair.country.name, [stall.name for stall in fair.stalls]) for fair in fairs]


@router.get("/multiplied")
def multiplied(db: Session = Depends(get_db)):
    statement = select(Fair).options(joinedload(Fair.visitors), joinedload(Fair.stalls))
    fairs = db.scalars(statement.order_by(Fair.id)).unique()
    return [(len(fair.visitors), len(fair.stalls), fair.country.name) for fair in fairs]


@router.get("/multiplied-once")
def multiplied_once(db: Session = Depends(get_db)):
    fairs = db.scalars(select(Fair).options(joinedload(Fair.visitors)).order_by(Fair.id)).unique()
    return [(fair.name, len(fair.visitors)) for fair in fairs]


@router.get("/by-statements")
def by_statements(db: Session = Depends(get_db)):
    statement = select(Fair).options(selectinload(Fair.visitors), selectinload(Fair.stalls))
    fairs = db.scalars(statement.order_by(Fair.id))
    return [(len(fair.visitors), len(fair.stalls), fair.country.name) for fair in fairs]
