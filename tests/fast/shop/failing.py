"""The URLs of a project whose one list fails in the database when its rows are read."""

from django.urls import path
from rest_framework.generics import ListAPIView

from fast.shop.models import Number
from fast.shop.views import NumberFields
from fast.shop.ways import fast


class Unset(ListAPIView):
    """The view that the rows come from reads a setting that this session lacks."""

    queryset = Number.objects.all()
    serializer_class = NumberFields


urlpatterns = [path("unset/", fast(Unset).as_view())]
