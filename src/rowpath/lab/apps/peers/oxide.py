"""drf-oxide: DRF's serializer and renderer, their loops in Rust."""

from django.db.models import QuerySet
from drf_oxide import serializers
from drf_oxide.renderers import JSONRenderer
from rest_framework.permissions import AllowAny
from rest_framework.viewsets import ModelViewSet

from rowpath.lab.apps.django.models import Product
from rowpath.lab.apps.django.sizes import rows_asked


class OxideSerializer(serializers.ModelSerializer):
    """The talk's serializer (1.2)."""

    class Meta:
        model = Product
        fields = (
            "low_price",
            "high_price",
            "demand_qty",
            "offers_qty",
            "bought_qty",
            "sold_qty",
            "time_created",
        )


class OxideProducts(ModelViewSet):
    """A serializer over model objects."""

    permission_classes = (AllowAny,)
    renderer_classes = (JSONRenderer,)
    serializer_class = OxideSerializer

    def get_queryset(self) -> QuerySet[Product]:
        return Product.objects.all()[: rows_asked(self.request)]
