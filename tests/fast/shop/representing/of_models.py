"""Cases of columns and relations, as Django's models have them."""
# mypy: disable-error-code="name-defined"

from enum import StrEnum
from functools import partial
from typing import Any

from django.db.models import Prefetch
from rest_framework import serializers

from fast.shop.models import Category, Detail, Note, Product, Topic
from fast.shop.representing.bases import Bases, Case, case, products, recorded


@case
def _every_column(bases: Bases) -> Case:
    class Made(bases.of_model):
        class Meta:
            model = Product
            exclude = ("stored",)

    return Made, products()


@case
def _nested(bases: Bases) -> Case:
    class Inner(bases.of_model):
        class Meta:
            model = Category
            fields = ("id", "name", "code", "parent")

    class Made(bases.of_model):
        category = Inner()
        home = Inner(source="main")
        itself = Inner(source="main.parent", default=None)

        class Meta:
            model = Product
            fields = ("id", "category", "home", "itself")

    return Made, products()


@case
def _nested_and_methods(bases: Bases) -> Case:
    class Inner(bases.of_model):
        class Meta:
            model = Category
            fields = ("id", "name", "code")

    class Made(bases.of_model):
        category = Inner()
        mains = Inner(source="main", read_only=True)
        same = Inner(source="main.products", many=True, read_only=True)
        told = serializers.SerializerMethodField()
        far = serializers.CharField(source="main.name")
        nowhere = serializers.CharField(source="main.nothing", required=False)
        method = serializers.CharField(source="__str__")
        slug = serializers.SlugRelatedField("name", source="main", read_only=True)
        text = serializers.StringRelatedField(source="main")
        choice = serializers.ChoiceField(source="name", choices=[("a", "A")])

        class Meta:
            model = Product
            fields = (
                *("id", "name", "price", "created", "released", "opens", "lasts", "count", "ratio"),
                *("active", "main", "category", "mains", "same", "told", "far", "nowhere"),
                *("method", "slug", "text", "choice"),
            )

        def get_told(self, row: Product) -> int:
            return row.pk

    return Made, products()


@case
def _depth(bases: Bases) -> Case:
    class Made(bases.of_model):
        class Meta:
            model = Product
            fields = ("name", "main", "category")
            depth = 2

    return Made, products()


@case
def _to_many(bases: Bases) -> Case:
    class Inner(bases.of_model):
        class Meta:
            model = Product
            fields = ("name", "price")

    class Made(bases.of_model):
        products = Inner(many=True)
        mains = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
        names = serializers.SlugRelatedField("name", source="mains", many=True, read_only=True)
        texts = serializers.StringRelatedField(source="mains", many=True)

        class Meta:
            model = Category
            fields = ("id", "products", "mains", "names", "texts")

    return Made, Category.objects.order_by("pk")[:5]


@case
def _to_many_prefetched(bases: Bases) -> Case:
    class Made(bases.of_model):
        mains = serializers.PrimaryKeyRelatedField(many=True, read_only=True)
        few = serializers.SlugRelatedField("name", many=True, read_only=True)

        class Meta:
            model = Category
            fields = ("mains", "few")

    few = Prefetch("products", Product.objects.filter(count__gt=1).order_by("-pk"), to_attr="few")
    return Made, Category.objects.prefetch_related("mains", few).order_by("pk")[:5]


class Asking(serializers.CharField):
    """Writes what its serializer was given."""

    def to_representation(self, value: Any) -> Any:
        return f"{value} {self.context.get('asked')}"


class AskingForKey(serializers.PrimaryKeyRelatedField):
    """The same of a relation."""

    def to_representation(self, value: Any) -> Any:
        return f"{value.pk} {self.context.get('asked')}"


@case
def _children_that_ask_for_the_request(bases: Bases) -> Case:
    class Made(bases.plain):
        products = AskingForKey(many=True, read_only=True)
        name = serializers.ListField(child=Asking())
        words = serializers.DictField(child=Asking())

    rows = list(Category.objects.order_by("pk")[:3])
    for row in rows:
        vars(row)["words"] = {"a": row.name}
    return Made, rows


@case
def _models_in_turn(bases: Bases) -> Case:
    class Made(bases.plain):
        id = serializers.IntegerField()
        name = serializers.CharField()
        main = serializers.PrimaryKeyRelatedField(read_only=True, required=False)

    rows = [*Product.objects.order_by("pk")[:3], *Category.objects.order_by("pk")[:3]]
    return Made, [rows[at] for at in (0, 3, 1, 4, 2, 5)]


@case
def _deferred(bases: Bases) -> Case:
    class Made(bases.of_model):
        class Meta:
            model = Product
            fields = ("id", "name", "category", "main")

    return Made, Product.objects.only("id", "main").order_by("pk")[:4]


@case
def _reverse_one_to_one(bases: Bases) -> Case:
    class Inner(bases.of_model):
        class Meta:
            model = Detail
            fields = "__all__"

    class Made(bases.of_model):
        detail = Inner(read_only=True)
        key = serializers.PrimaryKeyRelatedField(source="detail", read_only=True)
        note = serializers.CharField(source="detail.note", default="none")

        class Meta:
            model = Product
            fields = ("id", "detail", "key", "note")

    return Made, products()


def _main_of(row: Product) -> Category:
    recorded.append("main")
    return row.main


@case
def _key_by_a_method(bases: Bases) -> Case:
    class Made(bases.plain):
        key = serializers.PrimaryKeyRelatedField(source="get_main", read_only=True)
        own = serializers.PrimaryKeyRelatedField(source="pk", read_only=True)
        typed = serializers.PrimaryKeyRelatedField(
            source="category", read_only=True, pk_field=serializers.CharField()
        )
        far = serializers.PrimaryKeyRelatedField(source="main.parent", read_only=True)
        none = serializers.PrimaryKeyRelatedField(source="nothing", read_only=True, allow_null=True)

    for row in (rows := list(products())):
        row.get_main = partial(_main_of, row)
    return Made, rows


@case
def _notes(bases: Bases) -> Case:
    class Made(bases.of_model):
        class Meta:
            model = Note
            fields = "__all__"
            depth = 1

    return Made, Note.objects.order_by("pk")[:8]


@case
def _topics(bases: Bases) -> Case:
    class Made(bases.of_model):
        url = serializers.HyperlinkedIdentityField(view_name="nowhere")

        class Meta:
            model = Topic
            fields = ("url", "name")

    return Made, Topic.objects.order_by("pk")[:2]


class Named(StrEnum):
    ID = "id"
    NAME = "name"


@case
def _names_of_an_enum(bases: Bases) -> Case:
    class Made(bases.of_model):
        class Meta:
            model = Topic
            fields = (Named.ID, Named.NAME)

    return Made, Topic.objects.order_by("pk")[:2]
