"""The experiment `lazy`: section 3.2 of the talk."""

from fastapi import APIRouter

from rowpath.lab.apps.fastapi.database import DbSession, ordered
from rowpath.lab.apps.fastapi.models import Product
from rowpath.lab.apps.fastapi.schemas import PriceColumns
from rowpath.lab.apps.fastapi.sizes import Rows

router = APIRouter(prefix="/lazy")


@router.get("/unread-sqlalchemy", response_model=PriceColumns)
def unread(
    db_session: DbSession, skip: Rows = 0, limit: Rows = 10_000_000
) -> dict[str, list[object]]:
    """A query with offset and limit that nobody reads (3.2)."""
    out_data: dict[str, list[object]] = {"low_price": [], "high_price": []}
    data = db_session.query(Product).offset(skip).limit(limit)
    return out_data


@router.get("/read-yield-per")
def read_by_yield_per(db_session: DbSession, rows: Rows | None = None) -> dict[str, int]:
    """The whole table through a server-side cursor, a chunk in memory at a time."""
    totals = {"rows": 0, "demand_qty": 0}
    for product in ordered(db_session.query(Product)).limit(rows).yield_per(2_000):
        totals["rows"] += 1
        totals["demand_qty"] += product.demand_qty
    return totals
