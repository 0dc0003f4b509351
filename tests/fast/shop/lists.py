"""The lists that are compared: each a view as DRF has it, and what the fast path makes of it."""

from typing import Any

from django.db import models
from django.db.models import (
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Coalesce, Rank, Upper
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.pagination import (
    CursorPagination,
    LimitOffsetPagination,
    PageNumberPagination,
)

from fast.shop.choosing import (
    MADE,
    Chosen,
    ChosenAtFirst,
    ChosenByBuilding,
    ChosenByField,
    ChosenByMapping,
    ChosenByMeta,
    ChosenByNames,
    Harmless,
    LooksAtRows,
    Named,
    PutInto,
    RelatedPutInto,
    Telling,
    WithinChosen,
    WithinSwallowing,
    asked_for,
    comparing,
    swallowing,
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


def plain_keys(*sources: str) -> type:
    """Return a serializer whose PrimaryKeyRelatedFields are over plain columns."""
    key = serializers.PrimaryKeyRelatedField
    fields = {f"key_{name.replace('.', '_')}": key(source=name, read_only=True) for name in sources}
    # As projects have it: a source of the field's own name may not be said.
    return type("PlainKeys", (serializers.Serializer,), {**fields, "id": key(read_only=True)})


class Names(serializers.ModelSerializer):
    title = serializers.CharField(source="name", read_only=True)
    above = serializers.CharField(source="parent.name", read_only=True)

    class Meta:
        model = Category
        fields = ("title", "above")


class InGroups(serializers.ModelSerializer):
    """One whose fields are written in groups, as some APIs want them."""

    group = Names(source="*")

    class Meta:
        model = Category
        fields = ("id", "group")


class ProductInGroups(serializers.ModelSerializer):
    main = InGroups()
    category = InGroups(read_only=True)
    keys = plain_keys("category_id", "main.code")(source="*", required=False, default=None)

    class Meta:
        model = Product
        fields = ("keys", "main", "category", "id")


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


COLUMNS = (
    *("pk", "name", "description", "price", "created", "released", "opens", "lasts", "count"),
    *("ratio", "active", "address", "data", "category_id", "main_id", "main.code", "detail.note"),
    *("category.pk", "category.parent_id", "main.parent.name"),
)


def summed(n: serializers.Field) -> type:
    fields = {"id": serializers.IntegerField(), "n": n}
    return type("Summed", (serializers.Serializer,), fields)


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


def telling(view: Any) -> Any:
    Telling.names = ("id", *view.request.query_params)
    return ROWS.all()


class Keyed(Func):
    function = "jsonb_object_keys"
    output_field = models.TextField()


def keys(*expressions: Any, **options: Any) -> Func:
    return Func(*expressions, **options, output_field=models.TextField())


SUMS = Category.objects.order_by("id").annotate(n=Sum("products__id"))
# PostgreSQL sums a bigint to a numeric, which Django makes an int of for an integer field alone.
WIDE = Sum(Cast("products__count", models.BigIntegerField()))
WIDE_ROWS = Category.objects.order_by("id").annotate(n=WIDE)
ROW_EACH = {
    "function": keys(F("data"), function="jsonb_object_keys"),
    "template": keys(F("data"), template="jsonb_object_keys(%(expressions)s)"),
    "own": Keyed(F("data")),
    "raw": RawSQL("jsonb_object_keys(data)", (), models.TextField()),
    "within": ExpressionWrapper(Upper(Keyed(F("data"))), models.TextField()),
}
TEXT = models.TextField()
DROPPED = {
    "many": Count("category__products"),
    "text": Case(When(Q(count__gt=0) & Q(main__name="x"), then=Upper("name")), default=Value("")),
    "there": Exists(Category.objects.filter(pk=OuterRef("main"))),
    "other": Subquery(Category.objects.filter(pk=OuterRef("main")).values("name")[:1]),
    "ranked": Window(Rank(), order_by="id"),
    "text_of": Coalesce(Cast("count", TEXT), Value("", TEXT)),
    "more": F("count") + 1,
    "key": F("data__a"),
}

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
    "chosen-by-made": (view(ROWS, MADE), ["", "?fields=name", "?fields=category,id"]),
    "chosen-by-names": (view(ROWS, ChosenByNames), ["", "?name=1", ""]),
    "chosen-by-building": (view(ROWS, ChosenByBuilding), ["", "?hide=1", ""]),
    "chosen-by-field": (view(ROWS, ChosenByField), ["", "?hide=1", ""]),
    "chosen-by-mapping": (view(ROWS, ChosenByMapping), ["", "?hide=1", ""]),
    "chosen-by-meta": (view(ROWS, ChosenByMeta, get_queryset=telling), ["", "?name=1", ""]),
    "harmless": (view(ROWS, Harmless), [""]),
    "put-into": (view(ROWS, PutInto), [""]),
    "related-put-into": (view(ROWS, RelatedPutInto), [""]),
    "swallowed": (view(ROWS, Chosen, get_serializer=swallowing), [""]),
    "compared": (view(ROWS, Chosen, get_serializer=comparing), [""]),
    "swallowed-within": (view(ROWS, WithinSwallowing), [""]),
    "dropped": (view(ROWS.annotate(**DROPPED), Named), [""]),
    **{
        f"a-row-each-{name}": (view(ROWS.annotate(key=expression), Named), [""])
        for name, expression in ROW_EACH.items()
    },
    "not-dropped": (view(ROWS.alias(key=ROW_EACH["function"]), Named), [""]),
    "summed": (view(SUMS, summed(serializers.ReadOnlyField())), [""]),
    "summed-as-integer": (view(SUMS, summed(serializers.IntegerField())), [""]),
    "summed-as-choice": (view(SUMS, summed(serializers.ChoiceField([1, 2]))), [""]),
    "summed-as-text": (view(SUMS, summed(serializers.CharField())), [""]),
    "summed-values": (view(SUMS.values("id", "n"), summed(serializers.ReadOnlyField())), [""]),
    "summed-to-int": (view(WIDE_ROWS, summed(serializers.ReadOnlyField())), [""]),
    "wide-values": (view(WIDE_ROWS.values("id", "n"), summed(serializers.ReadOnlyField())), [""]),
    "in-groups": (view(ROWS, ProductInGroups), [""]),
    "in-groups-values": (
        view(
            ROWS.values("id", "price"),
            type("KeysInGroups", (Keys,), {"group": Keys(source="*")}),
        ),
        [""],
    ),
    "plain-keys": (view(ROWS, plain_keys(*COLUMNS)), [""]),
    "plain-keys-selected": (
        view(ROWS.select_related("category", "main__parent"), plain_keys(*COLUMNS)),
        [""],
    ),
    "plain-keys-summed": (view(WIDE_ROWS, plain_keys("n", "parent_id", "code")), [""]),
    "plain-keys-by-field": (
        view(
            ROWS,
            type(
                "PlainKeysByField",
                (serializers.Serializer,),
                {
                    "count": serializers.PrimaryKeyRelatedField(
                        pk_field=serializers.CharField(), read_only=True
                    )
                },
            ),
        ),
        [""],
    ),
    "chosen-by-view": (view(ROWS, Chosen, get_serializer=asked_for), ["", "?only=id"]),
}
