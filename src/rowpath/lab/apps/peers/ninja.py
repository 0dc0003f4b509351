"""django-ninja: a ModelSchema over the queryset, and the orjson renderer of its documentation."""

from typing import Annotated, Any

import orjson
from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import ModelSchema, NinjaAPI, Query
from ninja.renderers import BaseRenderer

from rowpath.lab.apps.django.models import Product
from rowpath.lab.apps.django.sizes import DEFAULT_ROWS, LARGEST


class ORJSONRenderer(BaseRenderer):
    """The renderer, which is told how a decimal is written."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return orjson.dumps(data, default=str, option=orjson.OPT_UTC_Z)


api = NinjaAPI(renderer=ORJSONRenderer(), openapi_url=None)


class ProductOut(ModelSchema):
    """A product as the answer shows it."""

    class Meta:
        model = Product
        fields = (
            "low_price",
            "high_price",
            "demand_qty",
            "offers_qty",
            "bought_qty",
            "sold_qty",
            "time_created",
        )


@api.get("/ninja", response=list[ProductOut])
def ninja_products(
    request: HttpRequest, rows: Annotated[int, Query(ge=0, le=LARGEST)] = DEFAULT_ROWS
) -> QuerySet[Product]:
    """A schema over model objects."""
    return Product.objects.all()[:rows]
