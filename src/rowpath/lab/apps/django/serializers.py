from rest_framework import serializers

from rowpath.lab.apps.django.models import Product


class ProductSerializer(serializers.ModelSerializer):
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
