from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Numeric, Table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """The base of all models."""


class Product(Base):
    """The talk's product (1.1)."""

    __tablename__ = "product"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)

    low_price: Mapped[Decimal] = mapped_column(Numeric(7, 2))
    high_price: Mapped[Decimal] = mapped_column(Numeric(7, 2))

    demand_qty: Mapped[int]
    offers_qty: Mapped[int]

    bought_qty: Mapped[int]
    sold_qty: Mapped[int]

    time_created: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Profession(Base):
    """What a character has learned."""

    __tablename__ = "profession"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    name: Mapped[str]
    description: Mapped[str]


class Specialization(Base):
    """How a profession is played in a fight."""

    __tablename__ = "specialization"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    name: Mapped[str]
    profession_id: Mapped[int] = mapped_column(ForeignKey("profession.id"))

    profession: Mapped[Profession] = relationship()


class Boss(Base):
    """Whom a fight is against."""

    __tablename__ = "boss"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    title: Mapped[str]
    encounter_type: Mapped[str]


class Account(Base):
    """A player."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    name: Mapped[str]


class Dude(Base):
    """Somebody who wants to know all about one player."""

    __tablename__ = "dude"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    gw2_account_name: Mapped[str]
    time_joined: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class Character(Base):
    """One of a player's characters."""

    __tablename__ = "character"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    name: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    profession_id: Mapped[int] = mapped_column(ForeignKey("profession.id"))

    account: Mapped[Account] = relationship()
    profession: Mapped[Profession] = relationship()


class Report(Base):
    """How a fight went."""

    __tablename__ = "report"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    report_name: Mapped[str]
    time_start: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    time_end: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    duration_ms: Mapped[int]
    is_success: Mapped[bool]
    is_cm: Mapped[bool]
    left_health_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))


class Tag(Base):
    """A word that fights are found by."""

    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    name: Mapped[str]


fight_tags = Table(
    "fight_tags",
    Base.metadata,
    Column("id", BigInteger, primary_key=True),
    Column("fight_id", ForeignKey("fight.id")),
    Column("tag_id", ForeignKey("tag.id")),
)


class Fight(Base):
    """A fight of a squad against a boss."""

    __tablename__ = "fight"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    boss_id: Mapped[int] = mapped_column(ForeignKey("boss.id"))
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    squad_damage_data: Mapped[list[object]] = mapped_column(JSONB)

    boss: Mapped[Boss] = relationship()
    report: Mapped[Report] = relationship()
    tags: Mapped[list[Tag]] = relationship(secondary=fight_tags)
    player_fights: Mapped[list["PlayerFight"]] = relationship(back_populates="fight")


class PlayerFight(Base):
    """A character's part in a fight."""

    __tablename__ = "player_fight"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    fight_id: Mapped[int] = mapped_column(ForeignKey("fight.id"))
    character_id: Mapped[int] = mapped_column(ForeignKey("character.id"))
    specialization_id: Mapped[int] = mapped_column(ForeignKey("specialization.id"))
    role: Mapped[str]
    dps: Mapped[int]
    deaths: Mapped[int]
    damage_data: Mapped[list[object]] = mapped_column(JSONB)

    fight: Mapped[Fight] = relationship(back_populates="player_fights")
    character: Mapped[Character] = relationship()
    specialization: Mapped[Specialization] = relationship()
