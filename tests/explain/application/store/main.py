from contextlib import asynccontextmanager
from itertools import repeat

from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import RedirectResponse, StreamingResponse
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from store import by_async, crud, loaded, narrowed
from store.database import get_async_db, get_db
from store.models import Author, Book, Review, Visit
from store.schemas import BookOut, ShortOut, VisitIn


@asynccontextmanager
async def lifespan(app):
    app.state.is_started = True
    yield


app = FastAPI(lifespan=lifespan)
app.include_router(by_async.router)
app.include_router(loaded.router)
app.include_router(narrowed.router)


@app.middleware("http")
async def headed(request, call_next):
    response = await call_next(request)
    response.headers["X-Started"] = str(request.app.state.is_started)
    return response


@app.get("/books")
def books(db: Session = Depends(get_db)) -> list[BookOut]:
    return db.scalars(select(Book).order_by(Book.id)).all()


@app.post("/visits", status_code=201)
def visit(visit: VisitIn, db: Session = Depends(get_db)):
    db.add(Visit(path=visit.path))
    db.commit()
    books = db.scalars(select(Book).order_by(Book.id)).all()
    return {"path": visit.path, "tags": [[tag.name for tag in book.tags] for book in books]}


@app.post("/guestbook")
def guestbook(visit: VisitIn, db: Session = Depends(get_db)):
    db.add(Visit(path=visit.path))
    db.commit()
    books = db.scalars(select(Book).order_by(Book.id)).all()
    return RedirectResponse(f"/read/{sum(len(book.tags) for book in books)}", status_code=303)


@app.post("/driver")
def driver(visit: VisitIn, db: Session = Depends(get_db)):
    own = db.connection().connection.driver_connection
    own.execute("INSERT INTO visit (path) VALUES (?)", (visit.path,))
    own.commit()
    return {"path": visit.path}


@app.get("/crud")
def of_crud(skip: int = 0, limit: int = 8, db: Session = Depends(get_db)) -> list[ShortOut]:
    return crud.get_books(db, skip=skip, limit=limit)


@app.get("/tags/{tag_id}")
def tag(tag_id: int, db: Session = Depends(get_db)):
    found = crud.get_tag(db, tag_id)
    return {"name": found.name, "books": [book.author.name for book in found.books]}


@app.get("/shelves/{place}")
def shelf(place: str):
    return place


@app.get("/helper")
def helper(db: Session = Depends(get_db)):
    statement = crud.with_text()
    return [[tag.name for tag in book.tags] for book in db.execute(statement).scalars()]


@app.get("/deferred")
def deferred(db: Session = Depends(get_db)):
    statement = select(Book).order_by(Book.id)
    return [len(book.text) for book in db.scalars(statement)]


@app.get("/behind")
def behind(db: Session = Depends(get_db)):
    statement = select(Author).options(selectinload(Author.books)).order_by(Author.id)
    return [
        [tag.name for book in author.books for tag in book.tags]
        for author in db.execute(statement).scalars().all()
    ]


@app.get("/repository")
def repository(db: Session = Depends(get_db)):
    return [book.author.name for book in crud.Books().all(db)]


@app.get("/lookup")
def lookup(db: Session = Depends(get_db)):
    found = db.scalars(select(Book).order_by(Book.id)).all()
    return [db.get(Author, book.author_id).name for book in found]


@app.get("/counted")
def counted(db: Session = Depends(get_db)):
    return [
        db.scalar(select(func.count()).where(Review.book_id == book.id))
        for book in db.scalars(select(Book).order_by(Book.id)).all()
    ]


@app.get("/columns")
def columns(db: Session = Depends(get_db)):
    rows = db.execute(select(Book.id, Book.title).order_by(Book.id)).all()
    return [(row.title, len(db.scalars(of_book(row.id)).all())) for row in rows]


def of_book(number):
    return select(Review).where(Review.book_id == number)


@app.get("/shared")
def shared(db: Session = Depends(get_db)):
    return [author.country.name for author in db.scalars(select(Author).order_by(Author.id))]


@app.get("/writes")
def writes(db: Session = Depends(get_db)):
    visit = Visit(path="/writes")
    db.add(visit)
    db.commit()
    db.refresh(visit)
    return {"path": visit.path, "visits": db.scalar(select(func.count()).select_from(Visit))}


@app.get("/repaired")
def repaired(db: Session = Depends(get_db)):
    statement = select(Book).options(selectinload(Book.tags)).order_by(Book.id)
    return [[tag.name for tag in book.tags] for book in db.scalars(statement)]


@app.get("/detail")
def detail(db: Session = Depends(get_db)):
    book = db.scalars(select(Book).where(Book.id == 1)).one()
    return {"title": book.title, "imprint": book.imprint, "tags": len(book.tags)}


@app.get("/few")
def few(db: Session = Depends(get_db)):
    return [book.author.name for book in db.scalars(select(Book).order_by(Book.id).limit(3))]


@app.get("/expired")
def expired(db: Session = Depends(get_db)):
    found = db.scalars(select(Book).order_by(Book.id)).all()
    db.commit()
    return [book.title for book in found]


@app.get("/expired-behind")
def expired_behind(db: Session = Depends(get_db)):
    """Reads what lies behind rows that a commit has expired."""
    found = db.scalars(select(Book).options(selectinload(Book.tags)).order_by(Book.id)).all()
    db.commit()
    return [[tag.name for tag in book.tags] for book in found]


@app.get("/expired-repaired")
def expired_repaired(db: Session = Depends(get_db)):
    titles = [book.title for book in db.scalars(select(Book).order_by(Book.id))]
    db.commit()
    return titles


@app.get("/blocking")
async def blocking(db: Session = Depends(get_db)):
    return [book.title for book in db.scalars(select(Book).order_by(Book.id))]


@app.get("/blocking-model")
async def blocking_model(db: Session = Depends(get_db)) -> list[ShortOut]:
    """Returns rows whose relations the response model reads."""
    return db.scalars(select(Book).order_by(Book.id)).all()


@app.get("/async/books")
async def async_books(db=Depends(get_async_db)):
    rows = (await db.execute(select(Book).order_by(Book.id))).scalars().all()
    return [(await book.awaitable_attrs.author).name for book in rows]


@app.get("/async/run-sync")
async def async_run_sync(db=Depends(get_async_db)):
    def names(session):
        return [book.author.name for book in session.scalars(select(Book).order_by(Book.id))]

    return await db.run_sync(names)


@app.get("/async/writes")
async def async_writes(db=Depends(get_async_db)):
    db.add(Visit(path="/async/writes"))
    await db.commit()
    return await db.scalar(select(func.count()).select_from(Visit))


@app.get("/async/lazy")
async def async_lazy(db=Depends(get_async_db)):
    return [book.author.name for book in await db.scalars(select(Book))]


@app.get("/private")
def private():
    raise HTTPException(status_code=401)


@app.get("/fails")
def fails():
    return 1 / 0


@app.get("/stream")
def stream():
    return StreamingResponse(repeat(b"-" * 1_000_000))


@app.get("/moved")
def moved():
    return StreamingResponse([], status_code=307, headers={"Location": "/books"})
