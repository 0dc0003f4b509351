"""The lists that are compared: each a view as DRF has it, and what the fast path makes of it."""

from typing import Any, ClassVar

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
from django.http import HttpRequest
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


def fields_asked_for(serializer: Any) -> dict[str, serializers.Field]:
    fields = serializers.ModelSerializer.get_fields(serializer)
    asked = serializer.context["request"].query_params.get("fields")
    return {name: fields[name] for name in asked.split(",")} if asked else fields


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


def asked_for(view: Any, *args: Any, **kwargs: Any) -> Any:
    serializer = GenericAPIView.get_serializer(view, *args, **kwargs)
    if only := view.request.query_params.get("only"):
        written: Any = getattr(serializer, "child", serializer)
        for name in set(written.fields) - {only}:
            del written.fields[name]
    return serializer


def telling(view: Any) -> Any:
    Telling.names = ("id", *view.request.query_params)
    return ROWS.all()


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
    "chosen-by-view": (view(ROWS, Chosen, get_serializer=asked_for), ["", "?only=id"]),
}
