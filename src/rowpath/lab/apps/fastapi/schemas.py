from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict


class ProductSchema(BaseModel):
    """A product as the answer shows it."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    low_price: Decimal
    high_price: Decimal
    demand_qty: int
    offers_qty: int
    bought_qty: int
    sold_qty: int
    time_created: datetime


class ProductColumns(BaseModel):
    """Products as columns."""

    low_price: list[Decimal]
    high_price: list[Decimal]
    demand_qty: list[int]
    offers_qty: list[int]
    bought_qty: list[int]
    sold_qty: list[int]
    time_created: list[datetime]


class PriceColumns(BaseModel):
    """The two prices of products as columns."""

    low_price: list[Decimal]
    high_price: list[Decimal]
