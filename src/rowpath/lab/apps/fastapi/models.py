from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, DateTime, Numeric
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


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
