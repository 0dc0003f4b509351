from pydantic import BaseModel, ConfigDict


class Read(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class PublisherOut(Read):
    name: str


class AuthorOut(Read):
    name: str
    publisher: PublisherOut


class TagOut(Read):
    name: str


class ReviewOut(Read):
    stars: int


class BookOut(Read):
    title: str
    author: AuthorOut
    tags: list[TagOut]
    reviews: list[ReviewOut]


class ShortOut(Read):
    title: str
    imprint: str


class VisitIn(BaseModel):
    path: str


class TitleOut(Read):
    title: str


class NameOut(Read):
    name: str


class WrittenOut(Read):
    title: str
    author: NameOut
