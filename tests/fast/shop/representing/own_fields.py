"""Cases of serializers that choose their fields, or change them between rows."""
# mypy: disable-error-code="name-defined"

import functools
from collections.abc import Iterator
from typing import Any, cast

from django.utils.functional import cached_property
from rest_framework import serializers

from fast.shop.models import Product
from fast.shop.representing.bases import Bases, Case, Field, case, products, recorded


@case
def _fields_that_change_between_rows(bases: Bases) -> Case:
    class Made(bases.of_model):
        class Meta:
            model = Product
            fields = ("id", "name", "price")

        def to_representation(self, instance: Product) -> Any:
            self.fields["name"].write_only = instance.pk % 2 == 0
            if instance.pk % 3 == 0:
                self.fields["extra"] = serializers.CharField(source="name")
            else:
                self.fields.pop("extra", None)
            return super().to_representation(instance)

    return Made, products()


def _hide(serializer: Any, row: Product) -> None:
    serializer.fields["name"].write_only = row.pk % 2 == 1


def _add(serializer: Any, row: Product) -> None:
    if row.pk == 3:
        del serializer.fields["told"]
        serializer.fields["extra"] = serializers.CharField(source="name")


@case
def _fields_hidden_by_a_helper(bases: Bases) -> Case:
    class Made(bases.of_model):
        told = serializers.SerializerMethodField()

        class Meta:
            model = Product
            fields = ("id", "told", "name", "price", "main")

        def get_told(self, row: Product) -> int:
            _hide(self, row)
            return row.pk

    return Made, products()


@case
def _fields_added_by_a_helper(bases: Bases) -> Case:
    class Made(bases.of_model):
        told = serializers.SerializerMethodField()

        class Meta:
            model = Product
            fields = ("told", "id", "name", "price")

        def to_representation(self, instance: Product) -> Any:
            _add(self, instance)
            return super().to_representation(instance)

        def get_told(self, row: Product) -> int:
            return row.pk

    return Made, products()


@case
def _fields_of_the_request(bases: Bases) -> Case:
    class Made(bases.of_model):
        class Meta:
            model = Product
            fields = ("id", "name", "price")

        def get_fields(self) -> dict[str, Field]:
            recorded.append("get_fields")
            fields = super().get_fields()
            if self.context["asked"]:
                fields.pop("price")
            return fields

    return Made, products()


@case
def _fields_that_cannot_be_made(bases: Bases) -> Case:
    class Made(bases.of_model):
        class Meta:
            model = Product
            fields = ("id", "nothing")

        def get_fields(self) -> dict[str, Field]:
            recorded.append("get_fields")
            return super().get_fields()

    return Made, products()


@case
def _fields_as_a_property(bases: Bases) -> Case:
    class Made(bases.of_model):
        class Meta:
            model = Product
            fields = ("id", "name")

        @property
        def _readable_fields(self) -> Iterator[Field]:
            recorded.append("asked")
            return iter([self.fields["name"]])

    return Made, products()


@case
def _fields_made_once(bases: Bases) -> Case:
    class Made(bases.of_model):
        class Meta:
            model = Product
            fields = ("id", "name", "price", "category")

        @cached_property
        def fields(self) -> Any:
            """Leave one out, as a client might ask for."""
            recorded.append("made")
            made = super().fields
            made.pop("price")
            return made

    return Made, products()


@case
def _fields_of_another_kind(bases: Bases) -> Case:
    class Made(bases.of_model):
        class Meta:
            model = Product
            fields = ("id", "name", "price")

        @cached_property
        def fields(self) -> Any:
            """Return what is no BindingDict."""
            return {name: one for name, one in super().fields.items() if name != "price"}

    return Made, products()


@case
def _fields_kept_by_a_property(bases: Bases) -> Case:
    """As a project leaves fields out by its request."""

    class Made(bases.of_model):
        kept: Any = None

        class Meta:
            model = Product
            fields = ("id", "name", "price", "category", "count")

        @property
        def fields(self) -> Any:
            recorded.append("asked")
            if self.kept is None:
                kept = dict(super().fields)
                kept.pop("price")
                for one in kept.values():
                    one.write_only = isinstance(one, serializers.RelatedField)
                self.kept = kept
            return self.kept

    return Made, products()


@case
def _fields_of_a_property_changed_by_a_helper(bases: Bases) -> Case:
    """The property has them by another name, and what one of them is changes with each row."""

    class Made(bases.of_model):
        kept: Any = None

        class Meta:
            model = Product
            fields = ("id", "created")

        @property
        def fields(self) -> Any:
            if self.kept is None:
                self.kept = dict(self.get_fields())
                for name, one in self.kept.items():
                    one.bind(name, self)
            _spell_in_turn(self.kept["created"])
            return self.kept

    return Made, products()


def _spell_in_turn(field: Any) -> None:
    field.format = "%Y" if vars(field).get("format") == "iso-8601" else "iso-8601"


@case
def _fields_of_a_property_that_fails(bases: Bases) -> Case:
    class Made(bases.of_model):
        class Meta:
            model = Product
            fields = ("id", "name")

        @property
        def fields(self) -> Any:
            recorded.append("asked")
            if len(recorded) == 3:
                raise RuntimeError
            return super().fields

    return Made, products()


@case
def _list_that_changes_fields_between_rows(bases: Bases) -> Case:
    class Listing(serializers.ListSerializer):
        def to_representation(self, data: Any) -> Any:
            told, child = [], cast("Any", self.child)
            for row in data:
                if row.pk % 2:
                    child.fields.pop("name", None)
                else:
                    child.fields["name"] = serializers.CharField()
                told.append(child.to_representation(row))
            return told

    class Made(bases.of_model):
        class Meta:
            model = Product
            fields = ("id", "name")
            list_serializer_class = Listing

    return Made, products()


@case
def _fields_changed_by_a_helper(bases: Bases) -> Case:
    """What a field is changes between two rows, and no method shows how."""

    class Made(bases.of_model):
        class Meta:
            model = Product
            fields = ("id", "created", "price")

        def to_representation(self, instance: Product) -> Any:
            _spell(self.fields["created"], instance)
            return super().to_representation(instance)

    return Made, products()


def _spell(field: Any, row: Product) -> None:
    field.format = "%Y" if row.pk % 2 else None


@case
def _fields_that_go_with_a_value(bases: Bases) -> Case:
    class Made(bases.of_model):
        told = serializers.SerializerMethodField()

        class Meta:
            model = Product
            fields = ("told", "id", "name")

        @functools.cached_property
        def once(self) -> str:
            self.fields.pop("name")
            return "once"

        def get_told(self, _row: Product) -> str:
            return self.once

    return Made, products()
