"""Makes the store's tables and rows: `python fill.py`."""

from sqlalchemy.orm import Session
from store.database import engine
from store.models import Author, Base, Book, Country, Publisher, Review, Tag


def fill(books=24):
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        countries = [Country(name=f"country {i}") for i in range(3)]
        tags = [Tag(name=f"tag {i}") for i in range(4)]
        for i in range(books):
            author = Author(
                name=f"author {i}",
                publisher=Publisher(name=f"publisher {i}"),
                country=countries[i % 3],
            )
            session.add(
                Book(
                    title=f"book {i}",
                    blurb=f"about {i}",
                    text="-" * i,
                    author=author,
                    tags=[tags[i % 4], tags[(i + 1) % 4]],
                    reviews=[Review(stars=stars) for stars in (1, 2)],
                )
            )
            session.flush()
        session.commit()


if __name__ == "__main__":
    fill()
