"""The lists that are compared: each a view as DRF has it, and what the fast path makes of it."""

from typing import Any

from django.db.models import Count, Value
from rest_framework import serializers
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.pagination import (
    CursorPagination,
    LimitOffsetPagination,
    PageNumberPagination,
)

from fast.shop.models import Category, Product


class Whole(serializers.ModelSerializer):
    class Meta:
        model = Product
        fields = "__all__"


class CategoryFields(serializers.ModelSerializer):
    class Meta:
        model = Category
        fields = "__all__"


class Related(serializers.ModelSerializer):
    category = CategoryFields()
    left_out = serializers.CharField(source="category.name", read_only=True)
    grandparent = serializers.CharField(source="main.parent.name", read_only=True)
    or_null = serializers.CharField(source="main.parent.name", allow_null=True)
    note = serializers.CharField(source="detail.note")
    slug = serializers.SlugRelatedField(source="category", slug_field="name", read_only=True)
    code = serializers.SlugRelatedField(source="main", slug_field="code", read_only=True)
    detail = serializers.PrimaryKeyRelatedField(read_only=True)
    quoted = serializers.CharField(source="count")

    class Meta:
        model = Product
        fields = (
            *("id", "category", "left_out", "grandparent", "or_null", "note", "slug", "code"),
            *("detail", "quoted"),
        )


class Counted(serializers.ModelSerializer):
    n = serializers.IntegerField(read_only=True)
    text = serializers.ReadOnlyField()

    class Meta:
        model = Category
        fields = ("n", "id", "text", "name")


class Keys(serializers.Serializer):
    id = serializers.IntegerField()
    price = serializers.DecimalField(10, 2)
    missing = serializers.CharField(required=False)


class Method(serializers.ModelSerializer):
    x = serializers.SerializerMethodField()

    class Meta:
        model = Product
        fields = ("id", "x")

    def get_x(self, row: Product) -> int:
        return row.pk


class Named(serializers.ModelSerializer):
    class Meta:
        model = Product
        fields = ("name",)


class Chosen(serializers.ModelSerializer):
    """The fields that the client asks for, and no others."""

    class Meta:
        model = Product
        fields = ("id", "name", "price", "category")

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        asked = self.context["request"].query_params.get("fields")
        return {name: fields[name] for name in asked.split(",")} if asked else fields


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


class Pages(PageNumberPagination):
    page_size = 7


class Offsets(LimitOffsetPagination):
    default_limit = 7


class Cursors(CursorPagination):
    page_size = 7
    ordering = "-created"


ROWS = Product.objects.order_by("id")


def view(queryset: Any, serializer: type, **attributes: Any) -> Any:
    return type(
        "View",
        (ListAPIView,),
        {"queryset": queryset, "serializer_class": serializer, **attributes},
    )


def asked_for(view: Any, *args: Any, **kwargs: Any) -> Any:
    serializer = GenericAPIView.get_serializer(view, *args, **kwargs)
    if only := view.request.query_params.get("only"):
        written: Any = getattr(serializer, "child", serializer)
        for name in set(written.fields) - {only}:
            del written.fields[name]
    return serializer


# Name: the view, the query strings that it is asked with.
LISTS = {
    "whole": (view(ROWS, Whole), [""]),
    "empty": (view(ROWS.none(), Whole), [""]),
    "related": (view(ROWS, Related), [""]),
    "related-selected": (view(ROWS.select_related("category", "main__parent"), Related), [""]),
    "related-ordered": (view(Product.objects.order_by("main__name", "id"), Related), [""]),
    "filtered": (view(ROWS.filter(main__name="category 1", price__gt=0), Related), [""]),
    "only": (view(ROWS.only("name"), Whole), [""]),
    "prefetched": (view(ROWS.prefetch_related("category"), Whole), [""]),
    "annotated": (
        view(
            Category.objects.annotate(text=Value("x"), n=Count("products")).order_by("-n", "id"),
            Counted,
        ),
        [""],
    ),
    "values": (view(ROWS.values("id", "price", "name"), Keys), [""]),
    "pages": (view(ROWS, Whole, pagination_class=Pages), ["", "?page=3", "?page=99"]),
    "offsets": (
        view(ROWS, Whole, pagination_class=Offsets),
        ["", "?limit=3&offset=9", "?limit=3&offset=999"],
    ),
    "cursors": (view(Product.objects.all(), Whole, pagination_class=Cursors), ["", "next", "next"]),
    "streamed": (view(ROWS, Whole, stream_above_rows=10), [""]),
    "too-short-to-stream": (view(ROWS, Whole, stream_above_rows=100), [""]),
    "method": (view(ROWS, Method), [""]),
    "distinct": (view(ROWS.distinct(), Whole), [""]),
    "distinct-by-relations": (
        view(
            Product.objects.filter(main__products__isnull=False)
            .annotate(text=Value("x"))
            .distinct()
            .order_by("main__name", "-id"),
            Named,
        ),
        [""],
    ),
    "chosen": (view(ROWS, Chosen), ["", "?fields=name", "?fields=category,id", "?fields=name"]),
    "chosen-within": (view(ROWS, WithinChosen), ["", "?id=1", ""]),
    "chosen-at-first": (view(ROWS, ChosenAtFirst), ["", "?id=1", ""]),
    "chosen-by-rows": (view(ROWS, LooksAtRows), [""]),
    "chosen-by-view": (view(ROWS, Chosen, get_serializer=asked_for), ["", "?only=id"]),
}
