"""The experiment `fourteen`: the talk's list (1.5) with each of its parts there or not."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter

from rowpath.lab.apps.fastapi.database import DbSession, ordered
from rowpath.lab.apps.fastapi.models import Product
from rowpath.lab.apps.fastapi.schemas import LadderSchema, ProductSchema
from rowpath.lab.apps.fastapi.sizes import DEFAULT_ROWS, Rows

router = APIRouter(prefix="/fourteen")

COLUMNS = (
    Product.low_price,
    Product.high_price,
    Product.demand_qty,
    Product.offers_qty,
    Product.bought_qty,
    Product.sold_qty,
    Product.time_created,
)


@router.get("/fastapi", response_model=list[ProductSchema])
def fourteen_products(db_session: DbSession, rows: Rows = DEFAULT_ROWS) -> list[Product]:
    """Model, query, pydantic schema, endpoint."""
    return ordered(db_session.query(Product)).limit(rows).all()


@router.get("/fastapi-objects-serializer", response_model=list[LadderSchema])
def objects_with_schema(db_session: DbSession, rows: Rows = DEFAULT_ROWS) -> list[Product]:
    """The same, where nothing but what is inside differs."""
    return ordered(db_session.query(Product)).limit(rows).all()


@router.get("/fastapi-columns-serializer", response_model=list[LadderSchema])
def columns_with_schema(db_session: DbSession, rows: Rows = DEFAULT_ROWS) -> list[Any]:
    """The schema over rows of columns."""
    return ordered(db_session.query(*COLUMNS)).limit(rows).all()


@router.get("/fastapi-objects", response_model=None)
def objects_without_schema(
    db_session: DbSession, rows: Rows = DEFAULT_ROWS
) -> list[Mapping[str, object]]:
    """Dictionaries made of objects, encoded as FastAPI encodes what has no schema."""
    return [as_dictionary(each) for each in ordered(db_session.query(Product)).limit(rows)]


@router.get("/fastapi-columns", response_model=None)
def columns_without_schema(
    db_session: DbSession, rows: Rows = DEFAULT_ROWS
) -> list[Mapping[str, object]]:
    """Rows of columns as dictionaries, encoded as FastAPI encodes what has no schema."""
    return [row._asdict() for row in ordered(db_session.query(*COLUMNS)).limit(rows)]


def as_dictionary(product: Product) -> Mapping[str, object]:
    """Return a product's columns by name."""
    return {
        "low_price": product.low_price,
        "high_price": product.high_price,
        "demand_qty": product.demand_qty,
        "offers_qty": product.offers_qty,
        "bought_qty": product.bought_qty,
        "sold_qty": product.sold_qty,
        "time_created": product.time_created,
    }
