"""The talk's values() without a serializer (1.4), written by orjson instead of DRF."""

import orjson
from django.http import HttpRequest, HttpResponse
from django.views import View

from rowpath.lab.apps.django.models import Product
from rowpath.lab.apps.peers.sizes import rows_asked


class ValuesByOrjson(View):
    """Dictionaries as they come from the database, in a plain Django view."""

    def get(self, request: HttpRequest) -> HttpResponse:
        products = Product.objects.values(
            "low_price",
            "high_price",
            "demand_qty",
            "offers_qty",
            "bought_qty",
            "sold_qty",
            "time_created",
        )[: rows_asked(request)]
        body = orjson.dumps(list(products), default=str, option=orjson.OPT_UTC_Z)
        return HttpResponse(body, content_type="application/json")
