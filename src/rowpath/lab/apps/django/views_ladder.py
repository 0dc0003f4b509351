"""The experiment `ladder`: the talk's list (1.2), and rowpath's one line in front of either."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.permissions import AllowAny
from rest_framework.viewsets import ModelViewSet

from rowpath.fast.drf import FastListMixin
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


class OwnQuerySet(QuerySet[Product]):
    """A queryset with code of a project's around the reading of its rows."""

    def _fetch_all(self) -> None:
        super()._fetch_all()


class InstancesProducts(FastProducts):
    """The same, whose rows only Django can read."""

    def get_queryset(self) -> QuerySet[Product]:
        return OwnQuerySet(Product).all()[: rows_asked(self.request)]


class OwnProductSerializer(ProductSerializer):
    """The talk's serializer (1.2), with code of a project's around each row."""

    def to_representation(self, instance: Product) -> dict[str, Any]:
        represented: dict[str, Any] = super().to_representation(instance)
        return represented


class DataProducts(FastProducts):
    """The same, with that serializer."""

    serializer_class = OwnProductSerializer
