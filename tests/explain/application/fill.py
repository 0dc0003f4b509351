"""Makes the store's tables and rows: `python fill.py`."""

import os

from sqlalchemy.orm import Session
from store.database import engine
from store.models import Author, Base, Book, Country, Fair, Publisher, Review, Stall, Tag, Visitor

WIDTH = int(os.environ.get("STORE_WIDTH", "0"))
FAIRS = int(os.environ.get("STORE_FAIRS", "1"))


def fill(books=24):
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        countries = [Country(name=f"country {i}") for i in range(3)]
        tags = [Tag(name=f"tag {i}") for i in range(4)]
        for i in range(books):
            author = Author(
                name=f"author {i}",
                bio="-" * WIDTH,
                publisher=Publisher(name=f"publisher {i}"),
                country=countries[i % 3],
            )
            session.add(
                Book(
                    title=f"book {i}",
                    blurb=f"about {i}" + "-" * WIDTH,
                    text="-" * i,
                    author=author,
                    tags=[tags[i % 4], tags[(i + 1) % 4]],
                    reviews=[Review(stars=stars) for stars in (1, 2)],
                )
            )
            session.flush()
        session.add_all(
            Fair(
                name=f"fair {i}",
                country=countries[i % 3],
                stalls=[Stall(name="stall") for _ in range(FAIRS)],
                visitors=[Visitor(name="visitor") for _ in range(FAIRS)],
            )
            for i in range(8)
        )
        session.commit()


if __name__ == "__main__":
    fill()
