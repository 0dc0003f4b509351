"""The experiment `fourteen`: the talk's list (1.2) with each of its parts there or not."""

from django.db.models import QuerySet
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ModelViewSet

from rowpath.lab.apps.django.models import Product
from rowpath.lab.apps.django.serializers import ProductSerializer
from rowpath.lab.apps.django.sizes import rows_asked
from rowpath.lab.apps.settings import from_environment

_NAMES_ORDER = from_environment().conditions.django_orders


def products() -> QuerySet[Product]:
    """Return all products in the model's own order, or in none where the conditions say so."""
    return Product.objects.all() if _NAMES_ORDER else Product.objects.order_by()


class FourteenProducts(ModelViewSet):
    """A serializer over model objects."""

    permission_classes = (AllowAny,)
    serializer_class = ProductSerializer

    def get_queryset(self) -> QuerySet[Product]:
        return products()[: rows_asked(self.request)]


class FourteenValues(ModelViewSet):
    """The same serializer over dictionaries."""

    permission_classes = (AllowAny,)
    serializer_class = ProductSerializer

    def get_queryset(self) -> QuerySet[Product, dict[str, object]]:
        return products().values()[: rows_asked(self.request)]


class FourteenWithoutSerializer(APIView):
    """Dictionaries made of model objects."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        return Response(data=[as_dictionary(each) for each in products()[: rows_asked(request)]])


class FourteenValuesWithoutSerializer(APIView):
    """Dictionaries as they come."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        return Response(data=products().values()[: rows_asked(request)])


def as_dictionary(product: Product) -> dict[str, object]:
    """Return a product's columns by name."""
    return {
        "low_price": product.low_price,
        "high_price": product.high_price,
        "demand_qty": product.demand_qty,
        "offers_qty": product.offers_qty,
        "bought_qty": product.bought_qty,
        "sold_qty": product.sold_qty,
        "time_created": product.time_created,
    }
