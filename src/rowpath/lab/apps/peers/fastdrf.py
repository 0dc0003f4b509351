"""django-fastdrf: the quick start of its documentation, with its msgspec renderer."""

from django.db.models import QuerySet
from fastdrf import serializers
from fastdrf.msgspec.renderers import MsgspecJSONRenderer
from fastdrf.views import DispatchOptimizationMixin, QueryOptimizationMixin
from rest_framework.permissions import AllowAny
from rest_framework.viewsets import ModelViewSet

from rowpath.lab.apps.django.models import Product
from rowpath.lab.apps.django.sizes import rows_asked


class FastDrfSerializer(serializers.ModelSerializer):
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


class FastDrfProducts(DispatchOptimizationMixin, QueryOptimizationMixin, ModelViewSet):
    """A serializer over model objects."""

    permission_classes = (AllowAny,)
    renderer_classes = (MsgspecJSONRenderer,)
    serializer_class = FastDrfSerializer

    def get_queryset(self) -> QuerySet[Product]:
        return Product.objects.all()[: rows_asked(self.request)]
