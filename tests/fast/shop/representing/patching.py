"""What data become when the project, or a library, changes what they are made by."""
# mypy: disable-error-code="name-defined"

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.db import models
from django.test.utils import override_settings
from django.utils import timezone
from rest_framework import fields, relations, serializers

from fast.exact import exact, stand_in_a_module
from fast.shop.models import Category, Product
from fast.shop.representing.bases import CASES, DRFS, OURS, Bases, Field, products
from fast.shop.representing.values import Shouting

_RELIED: tuple[tuple[Any, str], ...] = (
    *((base, "to_representation") for base in (fields.CharField, fields.IntegerField)),
    *((base, "to_representation") for base in (fields.DecimalField, fields.DateTimeField)),
    *((base, "to_representation") for base in (fields.ListField, fields.SerializerMethodField)),
    *((fields.DecimalField, "quantize"), (fields.DateTimeField, "enforce_timezone")),
    *((fields.Field, "get_attribute"), (fields, "get_attribute"), (fields, "is_simple_callable")),
    *((relations.RelatedField, "get_attribute"), (relations.ManyRelatedField, "get_attribute")),
    (relations.ManyRelatedField, "to_representation"),
    (relations.PrimaryKeyRelatedField, "to_representation"),
    (relations.PrimaryKeyRelatedField, "use_pk_only_optimization"),
    (relations.SlugRelatedField, "to_representation"),
    (relations.StringRelatedField, "to_representation"),
    (serializers.Serializer, "to_representation"),
    (serializers.ListSerializer, "to_representation"),
    (models.Model, "serializable_value"),
    (timezone, "get_current_timezone"),
)


def patched() -> list[list[Any]]:
    """Have each function that is done without record its calls; return which were left out.

    By serializers whose class was seen before it was patched, and by ones that are new.
    """
    left_out = []
    for owner, name in _RELIED:
        for is_new in (True, False):
            calls = [_calls(owner, name, bases, is_new=is_new) for bases in (DRFS, OURS)]
            if calls[0] != calls[1] or not calls[0]:
                left_out.append([str(owner), name, is_new, *calls])
    return left_out


def _calls(owner: Any, name: str, bases: Bases, *, is_new: bool) -> int:
    made = [CASES[case](bases) for case in ("nested_and_methods", "to_many", "lists")]
    if not is_new:
        for serializer_class, rows in made:
            for _ in range(2):
                assert serializer_class(rows, many=True).data
    calls = []
    real = getattr(owner, name)

    def recording(*args: Any, **kwargs: Any) -> Any:
        calls.append(args)
        return real(*args, **kwargs)

    with patch.object(owner, name, recording):
        for serializer_class, rows in made:
            assert serializer_class(rows, many=True).data
    return len(calls)


class _Told(serializers.CharField):
    pass


class _InnerPlain(serializers.ModelSerializer):
    class Meta:
        model = Category
        fields = ("id", "name")


@contextmanager
def _nothing(_: Any) -> Iterator[None]:
    yield


def _changes() -> dict[str, Callable[[Any], Any]]:
    """Return what may be changed of a serializer's class, or of DRF, after it was used."""
    made = serializers.ModelSerializer
    other = serializers.IntegerField(source="pk")
    shouting = {models.TextField: Shouting, models.CharField: Shouting}

    def one_field(_: Any) -> dict[str, Field]:
        return {"only": serializers.CharField(source="name")}

    return {
        "nothing": _nothing,
        "Meta.fields": lambda cls: patch.object(cls.Meta, "fields", ("told", "inner")),
        "Meta.depth": lambda cls: patch.object(cls.Meta, "depth", 1, create=True),
        "declared": lambda cls: patch.dict(cls._declared_fields, {"told": other}),
        "get_fields": lambda cls: patch.object(cls, "get_fields", one_field),
        "DRF's get_fields": lambda _: patch.object(made, "get_fields", one_field),
        "a field's class": lambda _: patch.object(_Told, "to_representation", lambda *_: "patched"),
        "a nested class": lambda _: patch.object(
            _InnerPlain, "to_representation", lambda *_: "patched"
        ),
        "DRF's mapping": lambda _: patch.object(
            made, "serializer_field_mapping", made.serializer_field_mapping | shouting
        ),
        "the setting": lambda _: override_settings(
            REST_FRAMEWORK={**settings.REST_FRAMEWORK, "COERCE_DECIMAL_TO_STRING": False}
        ),
        "the zone": lambda _: override_settings(TIME_ZONE="Asia/Tokyo"),
        "the option": lambda _: override_settings(ROWPATH={"data": False}),
    }


def changed() -> list[list[Any]]:
    """Return what a class gives otherwise than DRF when something was changed since it was used."""
    different = []
    for name, change in _changes().items():
        told = []
        for bases in (DRFS, OURS):

            class Made(bases.of_model):
                told = _Told(source="name")
                inner = _InnerPlain(source="main")

                class Meta:
                    model = Product
                    fields: Any = (
                        "id",
                        "told",
                        "inner",
                        "category",
                        "price",
                        "created",
                        "description",
                    )

            stand_in_a_module(Made)
            for _ in range(2):
                assert Made(products(), many=True).data
            with change(Made):
                told.append(exact(Made(products(), many=True).data))
            told.append(exact(Made(products(), many=True).data))
        if told[:2] != told[2:]:
            different.append([name, *told])
    return different
