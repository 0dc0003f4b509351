"""Cases of the project's own methods: of fields, of rows, and of whole lists."""
# mypy: disable-error-code="name-defined"

from decimal import Decimal
from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.fields import SkipField

from fast.exact import exact
from fast.shop.models import Category, Product
from fast.shop.representing.bases import Bases, Case, case, products, recorded


@case
def _methods(bases: Bases) -> Case:
    class Made(bases.plain):
        before = serializers.SerializerMethodField()
        name = serializers.CharField()
        after = serializers.SerializerMethodField(method_name="afterwards")

        def get_before(self, row: Product) -> Any:
            recorded.append(("before", row.pk))
            return row.category

        def afterwards(self, row: Product) -> Any:
            recorded.append(("after", row.pk, self.context["asked"]))
            return {"list": [row.pk, Decimal(row.pk)]} if row.pk % 2 else None

    return Made, products()


@case
def _method_that_changes_rows(bases: Bases) -> Case:
    class Made(bases.plain):
        name = serializers.CharField()
        change = serializers.SerializerMethodField()
        later = serializers.CharField(source="name")

        def get_change(self, row: Product) -> None:
            row.name = f"{row.name}!"

    return Made, products()


@case
def _method_that_moves_the_clock(bases: Bases) -> Case:
    zones = iter(("Asia/Kathmandu", "Europe/Amsterdam", None) * 30)

    class Made(bases.plain):
        created = serializers.DateTimeField()
        move = serializers.SerializerMethodField()
        moved = serializers.DateTimeField(source="created")

        def get_move(self, _: Product) -> None:
            zone = next(zones)
            timezone.deactivate() if zone is None else timezone.activate(zone)

    return Made, products()


@case
def _method_that_is_replaced(bases: Bases) -> Case:
    class Made(bases.plain):
        told = serializers.SerializerMethodField()

        def get_told(self, row: Product) -> str:
            setattr(self, "get_told", lambda row: f"later {row.pk}")  # noqa: B010 - mypy's
            return f"first {row.pk}"

    return Made, products()


@case
def _method_that_skips(bases: Bases) -> Case:
    class Made(bases.plain):
        told = serializers.SerializerMethodField()

        def get_told(self, _: Product) -> str:
            raise SkipField

    return Made, products()


@case
def _overriding_that_calls_super(bases: Bases) -> Case:
    class Made(bases.of_model):
        class Meta:
            model = Product
            fields = ("id", "name", "price", "category")

        def to_representation(self, instance: Product) -> Any:
            recorded.append(instance.pk)
            data = super().to_representation(instance)
            recorded.append(exact(data))
            data["more"] = data.pop("name")
            return data

    return Made, products()


@case
def _overriding_within(bases: Bases) -> Case:
    class Inner(bases.of_model):
        class Meta:
            model = Category
            fields = ("id", "name")

        def to_representation(self, instance: Category) -> Any:
            recorded.append(instance.pk)
            return {**super().to_representation(instance), "own": True}

    class Made(bases.of_model):
        category = Inner()

        class Meta:
            model = Product
            fields = ("id", "category")

    return Made, products()


@case
def _list_that_looks_at_fields(bases: Bases) -> Case:
    """As a project looks up at once what the rows will want."""

    class Listing(serializers.ListSerializer):
        def to_representation(self, data: Any) -> Any:
            child: Any = self.child
            if isinstance(child.fields.get("told"), serializers.SerializerMethodField):
                child.context["many"] = len({row.pk for row in data})
            return super().to_representation(data)

    class Made(bases.of_model):
        told = serializers.SerializerMethodField()

        class Meta:
            model = Product
            fields = ("id", "told")
            list_serializer_class = Listing

        def get_told(self, _row: Product) -> Any:
            recorded.append(self.context.get("many"))
            return self.context.get("many")

    return Made, products()


@case
def _method_that_looks_at_fields(bases: Bases) -> Case:
    class Made(bases.of_model):
        told = serializers.SerializerMethodField()

        class Meta:
            model = Product
            fields = ("id", "told", "name")

        def get_told(self, _row: Product) -> Any:
            return [name for name, one in self.fields.items() if one.read_only]

    return Made, products()


@case
def _method_that_changes_what_it_is_given(bases: Bases) -> Case:
    class Made(bases.of_model):
        told = serializers.SerializerMethodField()

        class Meta:
            model = Product
            fields = ("id", "told", "name")

        def get_told(self, row: Product) -> Any:
            return self.without_fields({"name": row.name, "kept": 1}, "kept")

        def without_fields(self, known: dict[str, Any], but: str) -> Any:
            if "name" in self.fields:
                del known["name"]
            known[but] = 2
            return known

    return Made, products()


@case
def _method_that_sets_what_a_field_is(bases: Bases) -> Case:
    class Made(bases.of_model):
        told = serializers.SerializerMethodField()

        class Meta:
            model = Product
            fields = ("id", "told", "created")

        def get_told(self, row: Product) -> Any:
            self.fields["created"].format = "%Y" if row.pk % 2 else None
            return row.pk

    return Made, products()


@case
def _list_of_its_own(bases: Bases) -> Case:
    class Listing(serializers.ListSerializer):
        def to_representation(self, data: Any) -> Any:
            recorded.append(len(data))
            return [{"of": one} for one in super().to_representation(data)]

    class Made(bases.of_model):
        class Meta:
            model = Product
            fields = ("id", "name")
            list_serializer_class = Listing

    return Made, products()
