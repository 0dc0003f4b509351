"""The experiment `instruments`: the page that section 2.1 of the talk looks into."""

from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rowpath.lab.apps.django.models import Product
from rowpath.lab.apps.django.sizes import rows_asked


class SQLDebugV2(APIView):
    """Model objects that lack a field that is read: 101 queries including 100 similar (2.1)."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        out_data: dict[str, list[object]] = {"low_price": [], "high_price": []}
        products = Product.objects.only("low_price")[: rows_asked(request)]
        for product in products:
            out_data["low_price"].append(product.low_price)
            out_data["high_price"].append(product.high_price)
        return Response(data=out_data)
