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


class LadderSchema(BaseModel):
    """A product with the columns that the talk's DRF serializer has."""

    model_config = ConfigDict(from_attributes=True)

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


class PlayerLine(BaseModel):
    """What is shown of a player in a fight: fields across four foreign keys."""

    id: int
    fight_id: int
    dps: int
    character_name: str
    profession: str
    report_name: str
    time_end: datetime
    is_cm: bool


class TagsLine(BaseModel):
    """What is shown of a fight: the names of its tags."""

    id: int
    tag_names: list[str]


class DpsLine(BaseModel):
    """What is shown of a fight: the damage of its players, the most first."""

    id: int
    dps: list[int]


class SpecializationLine(BaseModel):
    """What is shown of a specialization: how often it was played, and its damage."""

    model_config = ConfigDict(from_attributes=True)

    specialization_id: int
    player_fights: int
    total_dps: int
