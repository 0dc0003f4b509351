"""The experiment `fields`: section 3.1 of the talk."""

from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rowpath.lab.apps.django.models import Product
from rowpath.lab.apps.django.sizes import rows_asked


class AllFields(APIView):
    """Model objects with all their fields (3.1, v1)."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        out_data: dict[str, list[object]] = {"low_price": [], "high_price": []}
        products = Product.objects.all()[: rows_asked(request)]
        for product in products:
            out_data["low_price"].append(product.low_price)
            out_data["high_price"].append(product.high_price)
        return Response(data=out_data)


class OnlyBoth(APIView):
    """Model objects with the two fields that are read (3.1, v2.1)."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        out_data: dict[str, list[object]] = {"low_price": [], "high_price": []}
        products = Product.objects.only("low_price", "high_price")[: rows_asked(request)]
        for product in products:
            out_data["low_price"].append(product.low_price)
            out_data["high_price"].append(product.high_price)
        return Response(data=out_data)


class OnlyOne(APIView):
    """Model objects that lack a field that is read: a statement more for each row (3.1, v2.2)."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        out_data: dict[str, list[object]] = {"low_price": [], "high_price": []}
        products = Product.objects.only("low_price")[: rows_asked(request)]
        for product in products:
            out_data["low_price"].append(product.low_price)
            out_data["high_price"].append(product.high_price)
        return Response(data=out_data)


class DeferOthers(APIView):
    """Model objects without the fields that are not read."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        out_data: dict[str, list[object]] = {"low_price": [], "high_price": []}
        products = Product.objects.defer(
            "demand_qty", "offers_qty", "bought_qty", "sold_qty", "time_created"
        )[: rows_asked(request)]
        for product in products:
            out_data["low_price"].append(product.low_price)
            out_data["high_price"].append(product.high_price)
        return Response(data=out_data)


class ValuesOfBoth(APIView):
    """Dictionaries of the two fields (3.1, v3)."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        out_data: dict[str, list[object]] = {"low_price": [], "high_price": []}
        products = Product.objects.values("low_price", "high_price")[: rows_asked(request)]
        for product in products:
            out_data["low_price"].append(product.get("low_price"))
            out_data["high_price"].append(product.get("high_price"))
        return Response(data=out_data)


class ValuesListOfBoth(APIView):
    """Tuples of the two fields."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        out_data: dict[str, list[object]] = {"low_price": [], "high_price": []}
        products = Product.objects.values_list("low_price", "high_price")[: rows_asked(request)]
        for low_price, high_price in products:
            out_data["low_price"].append(low_price)
            out_data["high_price"].append(high_price)
        return Response(data=out_data)
