"""Which row the argument of a route is of."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import NullPool, StaticPool

from rowpath.explain.sqlalchemy.first_rows import Unknown, first_value


class Base(DeclarativeBase):
    pass


class Category(Base):
    __tablename__ = "shop_category"
    number: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str]


class OrderItem(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    category_id: Mapped[int]


MODELS = (Category, OrderItem)


@pytest.fixture
def engine() -> Iterator[Engine]:
    """A database with a category, and no item."""
    made = create_engine("sqlite://", poolclass=StaticPool)
    Base.metadata.create_all(made)
    with Session(made) as session:
        session.add(Category(number=7, slug="a-b"))
        session.commit()
    yield made
    made.dispose()


@pytest.mark.parametrize(
    ("name", "before", "expected"),
    [
        ("category_id", "x", "7"),
        ("category_number", "", "7"),
        ("category_slug", "", "a-b"),
        ("id", "categories", "7"),
        ("slug", "category", "a-b"),
    ],
)
def test_an_argument_is_of_the_class_that_it_or_the_path_names(
    engine: Engine, name: str, before: str, expected: str
) -> None:
    """By the class's or its table's name, in the singular or the plural."""
    assert first_value(name, before, MODELS, [engine]) == expected


@pytest.mark.parametrize(
    ("name", "before", "reason"),
    [
        ("order_item_id", "", "there is no row of OrderItem"),
        ("id", "items", "there is no row of OrderItem"),
        ("page", "categories", "nothing says which rows page is of"),
        ("id", "", "nothing says which rows id is of"),
        ("user_id", "categories", "nothing says which rows user_id is of"),
    ],
)
def test_what_no_class_explains_is_told(
    engine: Engine, name: str, before: str, reason: str
) -> None:
    """Silence rather than a guess."""
    with pytest.raises(Unknown, match=reason):
        first_value(name, before, MODELS, [engine])


def test_a_table_that_no_engine_has_is_told() -> None:
    """An engine that is made with the first request is not known yet."""
    other = create_engine("sqlite://", poolclass=NullPool)
    with pytest.raises(Unknown, match="no engine that the application has at its start has Categ"):
        first_value("category_id", "", MODELS, [other])
