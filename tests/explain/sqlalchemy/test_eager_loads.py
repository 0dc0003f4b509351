"""What statements load of which classes, and what of that could stay away."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Executable, ForeignKey, create_engine, func, select
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    attribute_keyed_dict,
    composite,
    lazyload,
    load_only,
    mapped_column,
    raiseload,
    relationship,
    selectin_polymorphic,
    selectinload,
)

from rowpath.explain.messages import Evaluated
from rowpath.explain.recording.frames import OwnCode
from rowpath.explain.recording.recorder import Recorder
from rowpath.explain.sqlalchemy import attribute_reads
from rowpath.explain.sqlalchemy.eager_loads import ListLoads
from rowpath.explain.trails import Trail, text_of


class Base(DeclarativeBase):
    """The classes of these tests."""


class Port(Base):
    """A row that ships are of."""

    __tablename__ = "port"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    ships: Mapped[list["Ship"]] = relationship(back_populates="port")
    by_name: Mapped[dict[str, "Ship"]] = relationship(
        collection_class=attribute_keyed_dict("name"), viewonly=True
    )
    buoys: Mapped[list["Buoy"]] = relationship()


class Ship(Base):
    """A row of a class that another one inherits from."""

    __tablename__ = "ship"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(default="ship")
    name: Mapped[str]
    port_id: Mapped[int] = mapped_column(ForeignKey("port.id"))
    port: Mapped[Port] = relationship(back_populates="ships")
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "ship"}  # noqa: RUF012 as SQLAlchemy's users write it


class Ferry(Ship):
    """A row of that class with a relation of its own."""

    __mapper_args__ = {"polymorphic_identity": "ferry"}  # noqa: RUF012 as SQLAlchemy's users write it
    decks: Mapped[list["Deck"]] = relationship()


class Deck(Base):
    """A row behind a subclass."""

    __tablename__ = "deck"
    id: Mapped[int] = mapped_column(primary_key=True)
    ship_id: Mapped[int] = mapped_column(ForeignKey("ship.id"))


class Place:
    """A value of two columns."""

    def __init__(self, x: int, y: int) -> None:
        self.x, self.y = x, y

    def __composite_values__(self) -> tuple[int, int]:
        return self.x, self.y


class Buoy(Base):
    """A row with a composite."""

    __tablename__ = "buoy"
    id: Mapped[int] = mapped_column(primary_key=True)
    x: Mapped[int]
    y: Mapped[int]
    port_id: Mapped[int] = mapped_column(ForeignKey("port.id"))
    place: Mapped[Place] = composite("x", "y")


class Crate(Base):
    """A row that leads to one."""

    __tablename__ = "crate"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    port_id: Mapped[int] = mapped_column(ForeignKey("port.id"))
    port: Mapped[Port] = relationship()


MODELS = (Crate, Port, Ship, Ferry, Deck, Buoy)
Statement = Callable[[], Executable]
NARROWED: dict[str, tuple[Statement, set[str]]] = {
    "plain": (lambda: select(Port), {""}),
    "to a subclass": (lambda: select(Port).options(selectinload(Port.ships)), {""}),
    "to a composite": (lambda: select(Port).options(selectinload(Port.buoys)), {""}),
    "by a dict": (lambda: select(Port).options(selectinload(Port.by_name)), {""}),
    "chosen": (lambda: select(Port).options(load_only(Port.name)), set()),
    "chosen behind": (
        lambda: select(Ship).options(selectinload(Ship.port).load_only(Port.name)),
        set(),
    ),
    "from a subclass": (lambda: select(Ship).options(selectinload(Ship.port)), {"port."}),
    "of a subclass": (
        lambda: select(Ship).options(selectinload(Ferry.decks), selectinload(Ship.port)),
        {"port."},
    ),
    "of a type": (lambda: select(Port).options(selectinload(Port.ships.of_type(Ferry))), {""}),
    "polymorphic": (lambda: select(Ship).options(selectin_polymorphic(Ship, [Ferry])), set()),
}
LEFT: dict[str, Statement] = {
    "distinct": lambda: select(Port).distinct(),
    "locked": lambda: select(Port).with_for_update(),
    "raising": lambda: select(Port).options(raiseload("*")),
    "raising one": lambda: select(Port).options(raiseload(Port.ships)),
    "lazy": lambda: select(Port).options(lazyload("*")),
    "two": lambda: select(Port, Ship).join(Ship.port),
    "with a number": lambda: select(Port, func.count()).group_by(Port.id),
    "columns": lambda: select(Port.id, Port.name),
    "number": lambda: select(func.count()).select_from(Port),
    "alias": lambda: select(aliased(Port)),
}


@pytest.fixture
def session() -> Iterator[Session]:
    """A session to a database with a row of each class."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as filling:
        port = Port(name="a", buoys=[Buoy(x=1, y=2)])
        filling.add(Crate(text="-", port=port))
        filling.add_all((Ship(name="b", port=port), Ferry(name="c", port=port, decks=[Deck()])))
        filling.commit()
    with Session(engine) as made:
        yield made
    engine.dispose()


def told(session: Session, statement: Executable) -> Evaluated:
    """What is told of a list whose rows nobody reads."""
    recorder = Recorder(code=OwnCode((), frozenset()))
    lists = ListLoads()
    with recorder.watching(None), attribute_reads.recorded(MODELS) as reads:
        number = recorder.number_of(Trail(model="Port", steps=((),)))
        recorder.evaluating(number, is_ordered=True)
        lists.add(number, statement, ())
        session.execute(statement).unique().all()
        lists.tell(recorder, reads)
    (evaluated,) = recorder.observed().evaluated
    return evaluated


@pytest.mark.parametrize("kind", NARROWED)
def test_columns_of_plain_classes_could_stay_away(session: Session, kind: str) -> None:
    """Not those of a hierarchy, of a composite's, by which a dict is made, or that are chosen."""
    statement, prefixes = NARROWED[kind]
    narrowing = told(session, statement()).narrowing

    assert narrowing is not None
    assert {part.prefix for part in narrowing.parts} == prefixes


@pytest.mark.parametrize("kind", LEFT)
def test_statements_of_other_forms_are_left(session: Session, kind: str) -> None:
    """Where columns alter the rows, are the answer, or a project keeps from loading."""
    assert told(session, LEFT[kind]()).narrowing is None


def test_a_key_by_which_a_relation_is_found_is_needed(session: Session) -> None:
    """What an option leads to is found by it, though nobody reads it."""
    evaluated = told(session, select(Crate).options(selectinload(Crate.port)))

    assert evaluated.read == frozenset()
    assert {text_of(each.path): set(each.columns) for each in evaluated.reads} == {
        "": {"port_id"},
        "port": set(),
    }
