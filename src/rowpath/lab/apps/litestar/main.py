"""What uvicorn serves."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from litestar import Litestar, Request, get
from litestar.logging import LoggingConfig
from litestar.params import Parameter
from sqlalchemy import select, text
from starlette.middleware.trustedhost import TrustedHostMiddleware

from rowpath.lab.apps.fastapi.models import Product
from rowpath.lab.apps.litestar.database import SETTINGS, SessionLocal, engine

DEFAULT_ROWS = 100
LARGEST = 2**63 - 1
"""The largest LIMIT of PostgreSQL."""

Rows = Annotated[int, Parameter(ge=0, le=LARGEST)]


class ProductStruct(msgspec.Struct):
    """A product as the answer shows it."""

    low_price: Decimal
    high_price: Decimal
    demand_qty: int
    offers_qty: int
    bought_qty: int
    sold_qty: int
    time_created: datetime


@get("/ladder/litestar", sync_to_thread=True)
def litestar_products(rows: Rows = DEFAULT_ROWS) -> list[ProductStruct]:
    """Columns of the table as structs, written by msgspec."""
    columns = select(
        Product.low_price,
        Product.high_price,
        Product.demand_qty,
        Product.offers_qty,
        Product.bought_qty,
        Product.sold_qty,
        Product.time_created,
    )
    with SessionLocal() as db_session:
        found = db_session.execute(columns.order_by(Product.time_created).limit(rows))
        return [ProductStruct(*row) for row in found]


@get("/", sync_to_thread=False)
def index(request: Request[Any, Any, Any]) -> dict[str, list[str]]:
    """Answer the paths that can be asked for."""
    return {"paths": [route.path for route in request.app.routes]}


@get("/ready", sync_to_thread=True)
def ready() -> dict[str, bool]:
    """Answer 200 where the database can be reached; an error is the server's own answer else."""
    with SessionLocal() as db_session:
        db_session.execute(text("SELECT 1"))
    return {"ready": True}


app: Any = Litestar(
    [index, ready, litestar_products],
    logging_config=LoggingConfig(log_exceptions="always"),
    openapi_config=None,
)
# Litestar's own compares the port as well, which is not known before it listens.
app = TrustedHostMiddleware(app, allowed_hosts=["127.0.0.1", "localhost"])
if SETTINGS.trace_folder is not None:
    # A timed process does not even load the instruments.
    from rowpath.lab.apps.fastapi.tracing import TracingMiddleware

    app = TracingMiddleware(app, engine=engine, folder=SETTINGS.trace_folder)
