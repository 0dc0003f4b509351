"""Serializers that choose their fields by the request or by the rows, and views that do."""

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from rest_framework import serializers
from rest_framework.generics import GenericAPIView

from fast.shop.models import Category, Product


class Named(serializers.ModelSerializer):
    class Meta:
        model = Product
        fields = ("name",)


def fields_asked_for(serializer: Any) -> dict[str, serializers.Field]:
    fields = serializers.ModelSerializer.get_fields(serializer)
    asked = serializer.context["request"].query_params.get("fields")
    return {name: fields[name] for name in asked.split(",")} if asked else fields


class Chosen(serializers.ModelSerializer):
    """The fields that the client asks for, and no others."""

    class Meta:
        model = Product
        fields = ("id", "name", "price", "category")

    get_fields = fields_asked_for


# Made by type(), a class has the module of the metaclass: DRF's.
MADE = type(
    "Made",
    (serializers.ModelSerializer,),
    {"Meta": Chosen.Meta, "get_fields": fields_asked_for},
)


class ChosenCategory(serializers.ModelSerializer):
    class Meta:
        model = Category
        fields = ("id", "name")

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        if "id" not in self.context["request"].query_params:
            fields.pop("id")
        return fields


class ChosenAtFirst(Named):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "id" in self.context["request"].query_params:
            self.fields["id"] = serializers.IntegerField()


class WithinChosen(serializers.ModelSerializer):
    main = ChosenCategory(read_only=True)

    class Meta:
        model = Product
        fields = ("id", "main")


class LooksAtRows(serializers.ModelSerializer):
    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        if self.instance is not None and len(self.instance) > 3:
            fields.pop("name")
        return fields

    class Meta:
        model = Product
        fields = ("id", "name")


class ChosenByNames(serializers.ModelSerializer):
    class Meta:
        model = Product
        fields = "__all__"

    def get_default_field_names(self, *_: Any) -> list[str]:
        request = self.context.get("request")
        return ["id", "name"] if request and "name" in request.query_params else ["id"]


class ChosenByBuilding(serializers.ModelSerializer):
    def build_standard_field(self, *args: Any) -> Any:
        made, options = super().build_standard_field(*args)
        if args[0] == "name" and "hide" in self.context.get("request", HttpRequest()).GET:
            options["write_only"] = True
        return made, options

    class Meta:
        model = Product
        fields = ("id", "name")


class HidesItself(serializers.CharField):
    def bind(self, field_name: str, parent: Any) -> None:
        super().bind(field_name, parent)
        self.write_only = "hide" in self.context.get("request", HttpRequest()).GET


class ChosenByField(serializers.ModelSerializer):
    name = HidesItself()
    description = serializers.CharField()

    class Meta:
        model = Product
        fields = ("id", "name", "description")


class ChosenByMapping(serializers.ModelSerializer):
    serializer_field_mapping: ClassVar = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.CharField: HidesItself,
    }

    class Meta:
        model = Product
        fields = ("id", "name")


class Telling:
    """Gives what the current thread was told last."""

    names: tuple[str, ...] = ("id",)

    def __get__(self, *_: object) -> tuple[str, ...]:
        return Telling.names


class ChosenByMeta(serializers.ModelSerializer):
    class Meta:
        model = Product
        fields = Telling()


class PutInto(Named):
    """A serializer whose instances have a method of their own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        vars(self)["to_representation"] = lambda _: {"name": "of its own"}


class RelatedPutInto(serializers.ModelSerializer):
    """A serializer whose relation has a method of its own, and no class that would tell."""

    class Meta:
        model = Product
        fields = ("id", "main")

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        vars(fields["main"])["to_representation"] = lambda _: "of its own"
        return fields


class Harmless(serializers.ModelSerializer):
    """All that a project says of writing, which no reading asks for."""

    class Meta:
        model = Product
        fields = ("id", "name")

    @property
    def request(self) -> Any:
        return self.context["request"]

    def validate(self, attrs: Any) -> Any:
        return attrs

    def validate_name(self, name: str) -> str:
        return name

    def create(self, validated_data: Any) -> Any:
        return super().create(validated_data)

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(data)


def asked_for(view: Any, *args: Any, **kwargs: Any) -> Any:
    serializer = GenericAPIView.get_serializer(view, *args, **kwargs)
    if only := view.request.query_params.get("only"):
        written: Any = getattr(serializer, "child", serializer)
        for name in set(written.fields) - {only}:
            del written.fields[name]
    return serializer


def swallowing(view: Any, *args: Any, **kwargs: Any) -> Any:
    """Make a serializer by the rows, and hide that they cannot be looked at."""
    try:
        some = len(args[0]) > 0
    except Exception:  # noqa: BLE001 - which is what views do
        some = False
    serializer = GenericAPIView.get_serializer(view, *args, **kwargs)
    if not some:
        del serializer.child.fields["name"]
    return serializer


def comparing(view: Any, *args: Any, **kwargs: Any) -> Any:
    serializer = GenericAPIView.get_serializer(view, *args, **kwargs)
    try:
        same = args[0] == []
    except Exception:  # noqa: BLE001
        same = True
    if same:
        del serializer.child.fields["name"]
    return serializer


class SwallowsWithin(serializers.ModelSerializer):
    """A category with a name only where the product's serializer has rows."""

    class Meta:
        model = Category
        fields = ("id", "name")

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        try:
            rows: Any = self.root.instance
            some = len(rows) > 0
        except Exception:  # noqa: BLE001
            some = False
        return fields if some else {"id": fields["id"]}


class WithinSwallowing(serializers.ModelSerializer):
    main = SwallowsWithin(read_only=True)

    class Meta:
        model = Product
        fields = ("id", "main")
