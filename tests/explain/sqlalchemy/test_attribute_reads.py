"""Which attributes of mapped classes are read, and by what."""

import copy
import pickle
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any

import pytest
from fastapi.encoders import jsonable_encoder
from pydantic import BaseModel, ConfigDict
from sqlalchemy import ForeignKey, create_engine, inspect, select
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    make_transient,
    mapped_column,
    relationship,
    synonym,
)

from rowpath.explain.sqlalchemy import attribute_reads


class Base(DeclarativeBase):
    """The classes of these tests."""


class Shelf(Base):
    """A row that cups stand on."""

    __tablename__ = "shelf"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Cup(Base):
    """A row with all kinds of attributes, and one that its subclasses have."""

    __tablename__ = "cup"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(default="cup")
    name: Mapped[str]
    text: Mapped[str]
    shelf_id: Mapped[int] = mapped_column(ForeignKey("shelf.id"))
    shelf: Mapped[Shelf] = relationship()
    alias = synonym("name")
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "cup"}  # noqa: RUF012 as SQLAlchemy's users write it

    @hybrid_property
    def loud(self) -> str:
        """Its name, as it is shouted."""
        return self.name.upper()

    @property
    def place(self) -> str:
        """Where it stands."""
        return self.shelf.name


class Mug(Cup):
    """A row of the same table."""

    __mapper_args__ = {"polymorphic_identity": "mug"}  # noqa: RUF012 as SQLAlchemy's users write it


class Shown(BaseModel):
    """What a response tells of a cup."""

    model_config = ConfigDict(from_attributes=True)
    name: str


MODELS = (Shelf, Cup, Mug)
Read = Callable[[Any, Session], object]
READS: dict[str, Read] = {
    "attribute": lambda cup, _: cup.name,
    "getattr": lambda cup, _: getattr(cup, "name"),  # noqa: B009 what is tested
    "attrgetter": lambda cup, _: attrgetter("name")(cup),
    "synonym": lambda cup, _: cup.alias,
    "hybrid": lambda cup, _: cup.loud,
    "pydantic": lambda cup, _: Shown.model_validate(cup),
}
WHOLE: dict[str, Read] = {
    "dict": lambda cup, _: cup.__dict__["name"],
    "vars": lambda cup, _: vars(cup),
    "encoder": lambda cup, _: jsonable_encoder(cup),
    "copy": lambda cup, _: copy.copy(cup),
    "deepcopy": lambda cup, _: copy.deepcopy(cup),
    "pickle": lambda cup, _: pickle.dumps(cup),
    "inspect": lambda cup, _: inspect(cup).attrs.name.value,
    "write": lambda cup, _: setattr(cup, "name", "other"),
    "merge": lambda cup, session: Session(session.get_bind()).merge(cup, load=False),
    "refresh": lambda cup, session: session.refresh(cup),
    "expire": lambda cup, session: session.expire(cup),
    "transient": lambda cup, _: make_transient(cup),
}


@pytest.fixture
def session() -> Iterator[Session]:
    """A session to a database with a cup and a mug on a shelf."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as filling:
        shelf = Shelf(name="top")
        filling.add_all((Cup(name="red", text="-" * 9, shelf=shelf),))
        filling.add_all((Mug(name="big", text="-" * 5, shelf=shelf),))
        filling.commit()
    with Session(engine) as made:
        yield made
    engine.dispose()


def first(session: Session, model: type[Cup] = Cup) -> Cup:
    """The first row of a class."""
    return session.scalars(select(model).order_by(model.id).limit(1)).one()


@pytest.mark.parametrize("kind", READS)
def test_a_column_is_read_however_it_is_asked_for(session: Session, kind: str) -> None:
    """It is told, and no other."""
    with attribute_reads.recorded(MODELS) as reads:
        READS[kind](first(session), session)

    assert [name for name in Cup.__mapper__.attrs.keys() if reads.is_read(Cup, name)] in (  # noqa: SIM118 no dict
        ["name"],
        ["alias", "name"],
    )


@pytest.mark.parametrize("kind", WHOLE)
def test_what_takes_a_row_whole_reads_all_of_it(session: Session, kind: str) -> None:
    """Columns and relations are read by what goes past the attributes, or writes."""
    with attribute_reads.recorded(MODELS) as reads:
        WHOLE[kind](first(session), session)

    assert reads.is_read(Cup, "text")
    assert reads.is_read(Cup, "shelf")


def test_loading_reads_nothing(session: Session) -> None:
    """What SQLAlchemy does by itself with rows that come is no reading."""
    with attribute_reads.recorded(MODELS) as reads:
        session.scalars(select(Cup)).all()

    assert not any(reads.is_read(Cup, each.key) for each in Cup.__mapper__.attrs)
    assert reads.has_rows(Cup)
    assert reads.size(Cup, "text") == 14


class Plate(Base):
    """A row that writes what it is given to its `__dict__`, as each of SQLModel's does."""

    __tablename__ = "plate"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]

    def __setattr__(self, name: str, value: object) -> None:
        """Write SQLAlchemy's state, and hand on all else."""
        if name == "_sa_instance_state":
            self.__dict__[name] = value
        elif name == "note":
            self.__dict__["note"] = value
        else:
            super().__setattr__(name, value)


@pytest.mark.parametrize("is_written", [False, True])
def test_a_row_that_writes_its_own_state_is_not_read(session: Session, *, is_written: bool) -> None:
    """What else it writes past its attributes takes it whole."""
    session.add(Plate(name="flat"))
    session.commit()
    session.expunge_all()

    with attribute_reads.recorded((Plate,)) as reads:
        plate = session.scalars(select(Plate)).one()
        if is_written:
            plate.note = "chipped"

    assert reads.is_read(Plate, "name") == is_written


def test_a_relation_is_read_on_the_way(session: Session) -> None:
    """A property that follows it reads the relation and a column behind it."""
    with attribute_reads.recorded(MODELS) as reads:
        place = first(session).place

    assert place == "top"
    assert reads.is_read(Cup, "shelf")
    assert reads.is_read(Shelf, "name")
    assert not reads.is_read(Cup, "text")


def test_what_is_read_of_a_subclass_is_read_of_its_class(session: Session) -> None:
    """A list of the one may have rows of the other."""
    with attribute_reads.recorded(MODELS) as reads:
        name = first(session, Mug).name

    assert name == "big"
    assert reads.is_read(Cup, "name")
    assert reads.is_read(Mug, "name")


def test_nothing_is_told_after_the_block(session: Session) -> None:
    """The classes have what they had, one of their own too."""

    def get(row: object, name: str) -> object:
        return object.__getattribute__(row, name)

    type.__setattr__(Shelf, "__getattribute__", get)
    try:
        with attribute_reads.recorded(MODELS) as reads:
            assert vars(Shelf)["__getattribute__"] is not get
        assert vars(Shelf)["__getattribute__"] is get
    finally:
        type.__delattr__(Shelf, "__getattribute__")
    name = first(session).name

    assert (name, reads.is_read(Cup, "name"), reads.has_rows(Cup)) == ("red", False, False)
    assert not any("__getattribute__" in vars(each) for each in MODELS)
