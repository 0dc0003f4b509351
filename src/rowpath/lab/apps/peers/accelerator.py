"""drf-accelerator: its mixin in front of DRF's serializer, whose loop is in Rust."""

from django.db.models import QuerySet
from drf_accelerator import FastSerializationMixin
from rest_framework.permissions import AllowAny
from rest_framework.viewsets import ModelViewSet

from rowpath.lab.apps.django.models import Product
from rowpath.lab.apps.django.serializers import ProductSerializer
from rowpath.lab.apps.django.sizes import rows_asked


class AcceleratorSerializer(FastSerializationMixin, ProductSerializer):
    """The talk's serializer (1.2), with the mixin."""


class AcceleratorProducts(ModelViewSet):
    """A serializer over model objects."""

    permission_classes = (AllowAny,)
    serializer_class = AcceleratorSerializer

    def get_queryset(self) -> QuerySet[Product]:
        return Product.objects.all()[: rows_asked(self.request)]
