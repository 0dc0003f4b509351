"""The experiment `ladder`: the talk's list (1.2), and rowpath's one line in front of either."""

from django.db.models import QuerySet
from rest_framework.permissions import AllowAny
from rest_framework.viewsets import ModelViewSet

from rowpath.fast.drf import FastListMixin, FastSerializer
from rowpath.lab.apps.django.models import Product
from rowpath.lab.apps.django.serializers import ProductSerializer
from rowpath.lab.apps.django.sizes import rows_asked


class LadderProducts(ModelViewSet):
    """A serializer over model objects."""

    permission_classes = (AllowAny,)
    serializer_class = ProductSerializer

    def get_queryset(self) -> QuerySet[Product]:
        return Product.objects.all()[: rows_asked(self.request)]


class FastProducts(FastListMixin, ModelViewSet):
    """The same, with the mixin."""

    permission_classes = (AllowAny,)
    serializer_class = ProductSerializer

    def get_queryset(self) -> QuerySet[Product]:
        return Product.objects.all()[: rows_asked(self.request)]


class FastProductSerializer(FastSerializer, ProductSerializer):
    """The talk's serializer (1.2), with its data by rowpath."""


class DataProducts(LadderProducts):
    """The first, with that serializer."""

    serializer_class = FastProductSerializer
