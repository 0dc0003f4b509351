"""The experiment `lazy`: section 3.2 of the talk."""

from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rowpath.lab.apps.django.models import Product
from rowpath.lab.apps.django.sizes import rows_asked


class Unread(APIView):
    """A queryset of the whole table that nobody reads (3.2)."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        out_data: dict[str, list[object]] = {"low_price": [], "high_price": []}
        products = Product.objects.all()
        return Response(data=out_data)


class ReadByIterator(APIView):
    """The whole table through a server-side cursor, a chunk in memory at a time."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        totals = {"rows": 0, "demand_qty": 0}
        products = Product.objects.all()[: rows_asked(request, default=None)]
        for product in products.iterator(chunk_size=2_000):
            totals["rows"] += 1
            totals["demand_qty"] += product.demand_qty
        return Response(data=totals)


class ReadAsList(APIView):
    """The whole table as a list of model objects."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        products = list(Product.objects.all()[: rows_asked(request, default=None)])
        return Response(
            data={
                "rows": len(products),
                "demand_qty": sum(product.demand_qty for product in products),
            }
        )
