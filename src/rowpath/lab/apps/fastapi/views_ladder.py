"""The experiment `ladder`: section 1.5 of the talk, with the columns of its DRF serializer."""

from fastapi import APIRouter

from rowpath.lab.apps.fastapi.database import DbSession, ordered
from rowpath.lab.apps.fastapi.models import Product
from rowpath.lab.apps.fastapi.schemas import LadderSchema
from rowpath.lab.apps.fastapi.sizes import DEFAULT_ROWS, Rows

router = APIRouter(prefix="/ladder")


@router.get("/fastapi", response_model=list[LadderSchema])
def ladder_products(db_session: DbSession, rows: Rows = DEFAULT_ROWS) -> list[Product]:
    """Model, query, pydantic schema, endpoint."""
    return ordered(db_session.query(Product)).limit(rows).all()
