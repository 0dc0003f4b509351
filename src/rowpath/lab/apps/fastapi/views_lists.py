"""The experiment `lists`: section 1.5 of the talk, and the loop of 1.6 over SQLAlchemy's rows."""

from fastapi import APIRouter

from rowpath.lab.apps.fastapi.database import DbSession, ordered
from rowpath.lab.apps.fastapi.models import Product
from rowpath.lab.apps.fastapi.schemas import ProductColumns, ProductSchema
from rowpath.lab.apps.fastapi.sizes import DEFAULT_ROWS, Rows

router = APIRouter(prefix="/lists")


@router.get("/fastapi-schema", response_model=list[ProductSchema])
def product_objects(db_session: DbSession, rows: Rows = DEFAULT_ROWS) -> list[Product]:
    """Model, query, pydantic schema, endpoint (1.5)."""
    return ordered(db_session.query(Product)).limit(rows).all()


@router.get("/for-fastapi", response_model=ProductColumns)
def for_loop_objects(db_session: DbSession, rows: Rows = DEFAULT_ROWS) -> dict[str, list[object]]:
    """Columns collected in a loop over model objects."""
    out_data: dict[str, list[object]] = {
        "low_price": [],
        "high_price": [],
        "demand_qty": [],
        "offers_qty": [],
        "bought_qty": [],
        "sold_qty": [],
        "time_created": [],
    }
    for item in ordered(db_session.query(Product)).limit(rows):
        out_data["low_price"].append(item.low_price)
        out_data["high_price"].append(item.high_price)
        out_data["demand_qty"].append(item.demand_qty)
        out_data["offers_qty"].append(item.offers_qty)
        out_data["bought_qty"].append(item.bought_qty)
        out_data["sold_qty"].append(item.sold_qty)
        out_data["time_created"].append(item.time_created)
    return out_data
