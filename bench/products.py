"""The lab's products that are serialized in process; imported once Django is set up."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from rest_framework import serializers

from rowpath.lab.apps.django.models import Product
from rowpath.lab.apps.django.serializers import ProductSerializer


class WithMethods(ProductSerializer):
    """The talk's seven fields, the key, and two methods: ten."""

    spread = serializers.SerializerMethodField()
    left = serializers.SerializerMethodField()

    class Meta:
        """What DRF makes fields of."""

        model = Product
        fields = ("id", *ProductSerializer.Meta.fields, "spread", "left")

    def get_spread(self, product: Product) -> str:
        """Return the difference of its prices."""
        return str(product.high_price - product.low_price)

    def get_left(self, product: Product) -> int:
        """Return how many are not sold."""
        return int(product.offers_qty - product.sold_qty)


class Overriding(WithMethods):
    """The same, which changes what DRF makes of it."""

    def to_representation(self, instance: Product) -> Any:  # noqa: ANN401 - as DRF's
        """Return DRF's data and one member more."""
        return {**super().to_representation(instance), "kind": "product"}


def products(count: int) -> list[Product]:
    """Return instances that are in no table."""
    return [
        Product(
            id=number,
            low_price=Decimal(25 * number).scaleb(-2),
            high_price=Decimal(50 * number).scaleb(-2),
            demand_qty=number,
            offers_qty=2 * number,
            bought_qty=3,
            sold_qty=4,
            time_created=datetime.fromtimestamp(1_000_000_000 + number, UTC),
        )
        for number in range(count)
    ]
