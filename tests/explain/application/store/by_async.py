"""The store by AsyncSession, as applications that await everything write it."""

from fastapi import APIRouter, Depends
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from store import crud
from store.database import get_async_db, get_expiring_db
from store.models import Author, Book, Review, Tag
from store.schemas import BookOut

router = APIRouter(prefix="/async")


@router.get("/crud")
async def of_crud(skip: int = 0, limit: int = 8, db: AsyncSession = Depends(get_async_db)):
    found = await crud.get_books_async(db, skip=skip, limit=limit)
    return [
        (await (await book.awaitable_attrs.author).awaitable_attrs.publisher).name for book in found
    ]


@router.get("/tags/{tag_id}")
async def tag(tag_id: int, db: AsyncSession = Depends(get_async_db)):
    found = await db.get(Tag, tag_id)
    books = await found.awaitable_attrs.books
    return {"books": [(await book.awaitable_attrs.author).name for book in books]}


@router.get("/deferred")
async def deferred(db: AsyncSession = Depends(get_async_db)):
    found = await db.scalars(select(Book).order_by(Book.id))
    return [len(await book.awaitable_attrs.text) for book in found]


@router.get("/behind")
async def behind(db: AsyncSession = Depends(get_async_db)):
    statement = select(Author).options(selectinload(Author.books)).order_by(Author.id)
    found = (await db.execute(statement)).scalars().all()
    return [
        [tag.name for book in author.books for tag in await book.awaitable_attrs.tags]
        for author in found
    ]


@router.get("/stream")
async def streamed(db: AsyncSession = Depends(get_async_db)):
    return [
        [tag.name for tag in await book.awaitable_attrs.tags]
        async for book in await db.stream_scalars(select(Book).order_by(Book.id))
    ]


@router.get("/lookup")
async def lookup(db: AsyncSession = Depends(get_async_db)):
    found = (await db.scalars(select(Book).order_by(Book.id))).all()
    return [(await db.get(Author, book.author_id)).name for book in found]


@router.get("/counted")
async def counted(db: AsyncSession = Depends(get_async_db)):
    found = (await db.scalars(select(Book).order_by(Book.id))).all()
    return [
        await db.scalar(select(func.count()).where(Review.book_id == book.id)) for book in found
    ]


@router.get("/again")
async def again(db: AsyncSession = Depends(get_async_db)):
    return [await how_many(db), await how_many(db)]


async def how_many(db):
    return await db.scalar(select(func.count()).select_from(Author))


@router.get("/refreshed")
async def refreshed(db: AsyncSession = Depends(get_expiring_db)):
    """Loads again what its commit has expired."""
    found = (await db.scalars(select(Book).order_by(Book.id))).all()
    await db.commit()
    for book in found:
        await db.refresh(book)
    return [book.title for book in found]


@router.get("/model")
async def of_model(db: AsyncSession = Depends(get_async_db)) -> list[BookOut]:
    """Has all that its response model reads."""
    statement = (
        select(Book)
        .options(
            joinedload(Book.author).joinedload(Author.publisher),
            selectinload(Book.tags),
            selectinload(Book.reviews),
        )
        .order_by(Book.id)
    )
    return (await db.scalars(statement)).all()
