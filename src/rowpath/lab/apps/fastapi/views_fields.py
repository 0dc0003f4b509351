"""The experiment `fields`: section 3.1 of the talk."""

from fastapi import APIRouter
from sqlalchemy.orm import load_only

from rowpath.lab.apps.fastapi.database import DbSession, ordered
from rowpath.lab.apps.fastapi.models import Product
from rowpath.lab.apps.fastapi.schemas import PriceColumns
from rowpath.lab.apps.fastapi.sizes import DEFAULT_ROWS, Rows

router = APIRouter(prefix="/fields")


@router.get("/sqlalchemy-load-only", response_model=PriceColumns)
def load_only_both(db_session: DbSession, rows: Rows = DEFAULT_ROWS) -> dict[str, list[object]]:
    """Model objects with the two columns that are read (3.1)."""
    out_data: dict[str, list[object]] = {"low_price": [], "high_price": []}
    products = (
        ordered(db_session.query(Product))
        .options(load_only(Product.low_price, Product.high_price))
        .limit(rows)
    )
    for product in products:
        out_data["low_price"].append(product.low_price)
        out_data["high_price"].append(product.high_price)
    return out_data


@router.get("/sqlalchemy-columns", response_model=PriceColumns)
def plain_columns(db_session: DbSession, rows: Rows = DEFAULT_ROWS) -> dict[str, list[object]]:
    """Rows of the two columns, without model objects."""
    out_data: dict[str, list[object]] = {"low_price": [], "high_price": []}
    products = ordered(db_session.query(Product.low_price, Product.high_price)).limit(rows)
    for low_price, high_price in products:
        out_data["low_price"].append(low_price)
        out_data["high_price"].append(high_price)
    return out_data
