"""What runbolt serves."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from django.conf import settings
from django.db import connection
from django_bolt import BoltAPI
from django_bolt.openapi import OpenAPIConfig
from django_bolt.param_functions import Header

from rowpath.lab.applications import App
from rowpath.lab.apps.django.models import Product
from rowpath.lab.apps.django.sizes import DEFAULT_ROWS, LARGEST
from rowpath.lab.experiments import EXPERIMENTS

Rows = Annotated[int, msgspec.Meta(ge=0, le=LARGEST)]
# django-bolt's server asks for no host, and of ALLOWED_HOSTS it knows only where a view builds a
# URL. What a handler declares of a header is checked before it is called.
Host = Annotated[
    str,
    Header(alias="host"),
    msgspec.Meta(pattern=r"^(127\.0\.0\.1|localhost)(:[0-9]+)?$"),
]


def middleware() -> list[Any]:
    """Return the instruments on a traced server, nothing on any other."""
    if getattr(settings, "ROWPATH_TRACE_FOLDER", None) is None:
        return []
    # A timed process does not even load them.
    from rowpath.lab.apps.bolt.tracing import TracingMiddleware  # noqa: PLC0415

    return [TracingMiddleware]


api = BoltAPI(
    middleware=middleware(),
    # No server here writes a line a request, and none compresses.
    enable_logging=False,
    compression=False,
    openapi_config=OpenAPIConfig(title="", version="", enabled=False),
)


class ProductStruct(msgspec.Struct):
    """A product as the answer shows it."""

    low_price: Decimal
    high_price: Decimal
    demand_qty: int
    offers_qty: int
    bought_qty: int
    sold_qty: int
    time_created: datetime


@api.get("/ladder/bolt")
async def bolt_products(_host: Host, rows: Rows = DEFAULT_ROWS) -> list[ProductStruct]:
    """A queryset, which is read by values() and checked by msgspec."""
    return Product.objects.all()[:rows]


@api.get("/ladder/bolt-values", validate_response=False)
async def bolt_values(_host: Host, rows: Rows = DEFAULT_ROWS) -> list[ProductStruct]:
    """The same without the check."""
    return Product.objects.all()[:rows]


@api.get("/ready")
def ready(_host: Host) -> dict[str, bool]:
    """Answer 200 where the database can be reached; an error is the server's own answer else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return {"ready": True}


@api.get("/")
def index(_host: Host) -> dict[str, list[str]]:
    """Answer the paths that can be asked for."""
    return {
        "paths": [
            experiment.path(variant)
            for experiment in EXPERIMENTS
            for variant in experiment.answered_by(App.BOLT)
        ]
    }
