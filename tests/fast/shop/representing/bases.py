"""What a case is: a serializer by DRF's classes or by ours, and the rows that it is given."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rest_framework import serializers

from fast.shop.models import Product
from rowpath.fast.drf import FastSerializer

Field = serializers.Field
Case = tuple[type[serializers.Serializer], Any]

recorded: list[Any] = []
"""What the project's own code was called with, in its order."""


@dataclass(frozen=True, slots=True)
class Bases:
    """What a case's serializers inherit."""

    plain: Any
    of_model: Any


class _FastPlain(FastSerializer, serializers.Serializer):
    pass


class _FastOfModel(FastSerializer, serializers.ModelSerializer):
    pass


DRFS = Bases(serializers.Serializer, serializers.ModelSerializer)
OURS = Bases(_FastPlain, _FastOfModel)
CASES: dict[str, Callable[[Bases], Case]] = {}


def case(function: Callable[[Bases], Case]) -> Callable[[Bases], Case]:
    """Add a case by its name."""
    CASES[function.__name__.strip("_")] = function
    return function


def products() -> Any:
    """Return rows of each kind: with all that there may be, and with nothing."""
    return Product.objects.select_related("category", "main").order_by("pk")[:30]
