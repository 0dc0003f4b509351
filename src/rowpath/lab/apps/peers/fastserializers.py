"""drf-fastserializers: its mixin in front of DRF's serializer, and its renderer."""

from django.db.models import QuerySet
from drf_fastserializers import FastJSONRenderer, FastSerializerMixin, from_drf
from rest_framework.permissions import AllowAny
from rest_framework.viewsets import ModelViewSet

from rowpath.lab.apps.django.models import Product
from rowpath.lab.apps.django.serializers import ProductSerializer
from rowpath.lab.apps.django.sizes import rows_asked


class FastSerializersSerializer(FastSerializerMixin, ProductSerializer):
    """The talk's serializer (1.2), with the mixin."""


from_drf(FastSerializersSerializer)  # what it would leave to DRF is an error here


class FastSerializersProducts(ModelViewSet):
    """A serializer over model objects."""

    permission_classes = (AllowAny,)
    renderer_classes = (FastJSONRenderer,)
    serializer_class = FastSerializersSerializer

    def get_queryset(self) -> QuerySet[Product]:
        return Product.objects.all()[: rows_asked(self.request)]
