"""The experiment `lists`: sections 1.2 to 1.7 of the talk."""

from django.db.models import QuerySet
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ModelViewSet

from rowpath.lab.apps.django.models import Product
from rowpath.lab.apps.django.serializers import ProductSerializer
from rowpath.lab.apps.django.sizes import rows_asked


class ProductObjects(ModelViewSet):
    """A serializer over model objects (1.2)."""

    permission_classes = (AllowAny,)
    serializer_class = ProductSerializer

    def get_queryset(self) -> QuerySet[Product]:
        return Product.objects.all()[: rows_asked(self.request)]


class ProductValues(ModelViewSet):
    """The same serializer over dictionaries (1.3)."""

    permission_classes = (AllowAny,)
    serializer_class = ProductSerializer

    def get_queryset(self) -> QuerySet[Product, dict[str, object]]:
        return Product.objects.values()[: rows_asked(self.request)]


class ProductsWithoutSerializer(APIView):
    """Dictionaries as they come, without a serializer (1.4)."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        return Response(data=Product.objects.values()[: rows_asked(request)])


class ForLoopObjects(APIView):
    """Columns collected in a loop over model objects (1.6)."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        out_data: dict[str, list[object]] = {
            "low_price": [],
            "high_price": [],
            "demand_qty": [],
            "offers_qty": [],
            "bought_qty": [],
            "sold_qty": [],
            "time_created": [],
        }
        for item in Product.objects.all()[: rows_asked(request)]:
            out_data["low_price"].append(item.low_price)
            out_data["high_price"].append(item.high_price)
            out_data["demand_qty"].append(item.demand_qty)
            out_data["offers_qty"].append(item.offers_qty)
            out_data["bought_qty"].append(item.bought_qty)
            out_data["sold_qty"].append(item.sold_qty)
            out_data["time_created"].append(item.time_created)
        return Response(data=out_data)


class ForLoopValues(APIView):
    """Columns collected in a loop over dictionaries (1.7)."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        out_data: dict[str, list[object]] = {
            "low_price": [],
            "high_price": [],
            "demand_qty": [],
            "offers_qty": [],
            "bought_qty": [],
            "sold_qty": [],
            "time_created": [],
        }
        for item in Product.objects.values()[: rows_asked(request)]:
            out_data["low_price"].append(item.get("low_price"))
            out_data["high_price"].append(item.get("high_price"))
            out_data["demand_qty"].append(item.get("demand_qty"))
            out_data["offers_qty"].append(item.get("offers_qty"))
            out_data["bought_qty"].append(item.get("bought_qty"))
            out_data["sold_qty"].append(item.get("sold_qty"))
            out_data["time_created"].append(item.get("time_created"))
        return Response(data=out_data)
