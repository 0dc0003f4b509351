"""Lists of fields whose source may lead nowhere, and which say what is written there."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.test import RequestFactory
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.renderers import JSONRenderer

from fast.shop.models import Note, Pointer, Product, Topic
from fast.shop.ways import fast
from rowpath.fast.drf import outcome_of

NOWHERE = 10**6


class Colour(models.TextChoices):
    RED = "red"


class Loud(models.TextChoices):
    RED = "red"

    def __str__(self) -> str:
        return "RED!"


class Other(JSONRenderer):
    """Both of what may be set up otherwise."""

    ensure_ascii = True
    compact = False


class OwnDefault(serializers.CharField):
    def get_default(self) -> str:
        return "own"


class TopicFields(serializers.Serializer):
    name = serializers.CharField()


def _char(default: Any, **options: Any) -> serializers.Field:
    return serializers.CharField(source="topic.name", default=default, **options)


def _id(field: type[serializers.Field], default: object) -> serializers.Field:
    return field(source="topic.id", default=default)


def _parent(field: type[serializers.Field], source: str, default: object, **options: Any) -> Any:
    return field(source=f"category.parent.{source}", default=default, **options)


def _pointed(field: type[serializers.Field], source: str, default: object, **options: Any) -> Any:
    return field(source=f"product.{source}", default=default, **options)


_DECIMAL: dict[str, Any] = {"max_digits": 10, "decimal_places": 2}
_MOMENT = dt.datetime(2026, 11, 27, 10, tzinfo=dt.UTC)
NOTES: dict[str, Any] = {
    "text": _char("nowhere"),
    "empty": _char(""),
    "hostile": _char('é"\\/\u2028\u2029\x01\U0001f600'),
    "number as text": _char(7),
    "moment as text": _char(_MOMENT),
    "none": _char(None),
    "null allowed": _char("nowhere", allow_null=True),
    "read only": _char("nowhere", read_only=True),
    "not required": _char("nowhere", required=False),
    "choice": _char(Colour.RED),
    "integer": _id(serializers.IntegerField, -5),
    "integer of text": _id(serializers.IntegerField, "12"),
    "boolean": _id(serializers.ReadOnlyField, True),
    "float": _id(serializers.ReadOnlyField, 1e22),
    "decimal": _id(serializers.ReadOnlyField, Decimal("1.50")),
    "uuid": _id(serializers.ReadOnlyField, UUID(int=5)),
    "moment": _id(serializers.ReadOnlyField, _MOMENT),
    "duration": _id(serializers.ReadOnlyField, dt.timedelta(days=1)),
    "chosen": serializers.ChoiceField([("a", "A")], source="topic.name", default="a"),
    "key": serializers.PrimaryKeyRelatedField(source="topic", read_only=True, default=None),
    "slug": serializers.SlugRelatedField("name", source="topic", read_only=True, default=None),
    "nested": TopicFields(source="topic", default=None),
}
PRODUCTS: dict[str, Any] = {
    "two hops": _parent(serializers.CharField, "name", "nowhere"),
    "formatted": _parent(serializers.UUIDField, "code", UUID(int=5), format="hex"),
    "text of uuid": _parent(serializers.UUIDField, "code", "as it is"),
    "key over a hop": serializers.PrimaryKeyRelatedField(
        source="category.parent", read_only=True, default=None
    ),
    "one to one": serializers.CharField(source="detail.note", default="nowhere"),
}
POINTERS: dict[str, Any] = {
    "decimal": _pointed(serializers.DecimalField, "price", "1.5", **_DECIMAL),
    "decimal as float": _pointed(
        serializers.DecimalField, "price", Decimal(1), coerce_to_string=False, **_DECIMAL
    ),
    "moment as text": _pointed(serializers.DateTimeField, "created", "some day"),
    "date": _pointed(serializers.DateField, "released", dt.date(2026, 11, 27)),
    "time": _pointed(serializers.TimeField, "opens", dt.time(9, 30)),
    "duration": _pointed(serializers.DurationField, "lasts", dt.timedelta(hours=5)),
    "boolean": _pointed(serializers.BooleanField, "active", "yes"),
    "float": _pointed(serializers.FloatField, "ratio", "1.5"),
    "json": _pointed(serializers.JSONField, "data", "text"),
}
PRODUCTS_FALLING_BACK: dict[str, Any] = {
    "nested": TopicFields(source="category.parent", default={"name": "nowhere"}),
    "slug": serializers.SlugRelatedField(
        "name", source="category.parent", read_only=True, default=Topic(name="nowhere")
    ),
}
POINTERS_FALLING_BACK: dict[str, Any] = {
    "rounded": _pointed(serializers.DecimalField, "price", "1.555", **_DECIMAL),
    "too long": _pointed(serializers.DecimalField, "price", "1234567890.1", **_DECIMAL),
    "moment": _pointed(serializers.DateTimeField, "created", _MOMENT),
    "moment as date": _pointed(serializers.DateField, "released", _MOMENT),
}
FALLING_BACK: dict[str, Any] = {
    "called": _char(str),
    "lazy": _char(gettext_lazy("nowhere")),
    "own str": _char(Loud.RED),
    "own": OwnDefault(source="topic.name", default="nowhere"),
    "half a pair": _char("\ud800"),
    "list": _id(serializers.ReadOnlyField, []),
    "dict": _id(serializers.ReadOnlyField, {}),
    "no number": _id(serializers.IntegerField, "nowhere"),
    "nan": _id(serializers.ReadOnlyField, float("nan")),
    "key": serializers.PrimaryKeyRelatedField(source="topic", read_only=True, default=Topic(pk=5)),
    "key over a hop": serializers.PrimaryKeyRelatedField(
        source="topic.pk", read_only=True, default=5
    ),
    "nested": TopicFields(source="topic", default={"name": "nowhere"}),
}

# No database holds an unmanaged model to its key, so the order may have ties, and the portable way
# crosses only what Django's own statement has.
_SELECTED = Pointer.objects.select_related("product").order_by("id")
_ROWS = {
    "notes": (Note.objects.order_by("id"), NOTES),
    "products": (Product.objects.order_by("id"), PRODUCTS),
    "pointers": (_SELECTED, POINTERS),
    "falling back": (Note.objects.order_by("id"), FALLING_BACK),
    "products falling back": (Product.objects.order_by("id"), PRODUCTS_FALLING_BACK),
    "pointers falling back": (_SELECTED, POINTERS_FALLING_BACK),
}


def answers(*, of: str) -> dict[str, str]:
    """Return how each list is answered, in both ways to set up a renderer, if it is as by DRF."""
    queryset, members = _ROWS[of]
    return {name: _way(queryset, field) for name, field in members.items()}


def rows_that_are_missing() -> dict[str, str]:
    """Return the same where a foreign key has a value, but nothing is there."""
    fields = {name: NOTES[name] for name in ("text", "none", "nested")}
    with transaction.atomic():
        Note.objects.filter(pk=Note.objects.order_by("id")[1].pk).update(topic_id=NOWHERE)
        found = {
            f"{name} {number}": _way(queryset.order_by("id"), field)
            for name, field in fields.items()
            for number, queryset in enumerate((Note.objects, Note.objects.select_related("topic")))
        }
        transaction.set_rollback(True)
    return found


def of_an_update_in_part() -> str:
    """Return the same for a serializer that has no defaults, since it is for a part of a row."""

    def partial(self: Any, *args: Any, **kwargs: Any) -> Any:
        return ListAPIView.get_serializer(self, *args, **kwargs, partial=True)

    return _way(Note.objects.order_by("id"), _char("nowhere"), get_serializer=partial)


def _way(queryset: Any, field: serializers.Field, **attributes: Any) -> str:
    serializer = type("Fields", (serializers.Serializer,), {"x": field, "id": _ID})
    ways = set()
    for renderer in (JSONRenderer, Other):
        own = {"queryset": queryset, "serializer_class": serializer, **attributes}
        view: Any = type("Listed", (ListAPIView,), own | {"renderer_classes": (renderer,)})
        theirs, _ = _asked(view)
        ours, way = _asked(fast(view))
        ways.add(way if ours == theirs else f"{way}: {ours!r}, not {theirs!r}")
    return " or ".join(sorted(ways))


_ID = serializers.IntegerField()


def _asked(view: Any) -> tuple[object, str]:
    try:
        response = view.as_view()(RequestFactory().get("/")).render()
    except Exception as error:  # noqa: BLE001 - whatever DRF raises
        return type(error).__name__, f"raises {type(error).__name__}"
    outcome = outcome_of(response)
    return response.content, (outcome.path or "DRF") if outcome else ""
