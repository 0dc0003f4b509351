"""Models whose instances are made in ways of all kinds, and what stands in their tables."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connections, models

LITE = "lite"


class Shelf(models.Model):
    name = models.CharField(max_length=20)

    class Meta:
        app_label = "shop"


class Thing(models.Model):
    """A model with a column of each kind that Django makes in a way of its own."""

    name = models.CharField(max_length=20)
    file = models.FileField(null=True)
    image = models.ImageField(null=True)
    identifier = models.UUIDField(null=True)
    small = models.DecimalField(max_digits=8, decimal_places=3, null=True)
    is_new = models.BooleanField(null=True)
    moment = models.DateTimeField(null=True)
    day = models.DateField(null=True)
    hour = models.TimeField(null=True)
    lasts = models.DurationField(null=True)
    ratio = models.FloatField(null=True)
    data = models.JSONField(null=True)
    stored = models.BinaryField(null=True)
    shelf = models.ForeignKey(Shelf, null=True, on_delete=models.CASCADE, related_name="things")
    twin = models.OneToOneField("self", null=True, on_delete=models.CASCADE, related_name="other")

    class Meta:
        app_label = "shop"


class Tool(Thing):
    """A thing whose other columns stand in a table of their own."""

    weight = models.DecimalField(max_digits=12, decimal_places=0)

    class Meta:
        app_label = "shop"


class Alias(Thing):
    class Meta:
        app_label = "shop"
        proxy = True


class Loud(models.Model):
    """A model that has a hand in making its instances."""

    name = models.CharField(max_length=20)

    class Meta:
        app_label = "shop"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.was = self.name


class Behind:
    """What Model.__init__() calls last, if it stands behind Model."""

    def __init__(self) -> None:
        self.called = True


class Followed(models.Model, Behind):
    name = models.CharField(max_length=20)

    class Meta:
        app_label = "shop"


class Checked:
    """An attribute that looks at what it is set to."""

    def __init__(self, field: Any) -> None:
        self.field = field

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        return self if instance is None else instance.__dict__["name"]

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__["seen"] = sorted(instance._state.fields_cache)
        instance.__dict__["name"] = value.upper()


class CheckedField(models.CharField):
    descriptor_class = Checked

    def from_db_value(self, value: Any, *_: Any) -> Any:
        return f"{value}!"


class Odd(models.Model):
    """A model with an attribute and a conversion of the project's own."""

    shelf = models.ForeignKey(Shelf, on_delete=models.CASCADE)
    name = CheckedField(max_length=20)
    beside = models.ForeignKey(Shelf, on_delete=models.CASCADE, related_name="+")

    class Meta:
        app_label = "shop"


MODELS = (Shelf, Thing, Tool, Loud, Followed, Odd)


def begin() -> None:
    """Make the tables and their rows, in PostgreSQL and in SQLite."""
    own = dict(connections.databases["default"])
    own |= {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:", "OPTIONS": {}}
    connections.databases[LITE] = own
    for alias in ("default", LITE):
        with connections[alias].schema_editor() as editor:
            for model in MODELS:
                editor.create_model(model)
        _fill(alias)


def _fill(alias: str) -> None:
    shelves = Shelf.objects.using(alias).bulk_create(Shelf(pk=i, name=f"s{i}") for i in (1, 2))
    for i, small in enumerate(_DECIMALS, 1):
        Tool.objects.using(alias).create(pk=i, weight=i, **_columns(i, small))
    for i, twin in ((41, 9), (42, 41)):
        Thing.objects.using(alias).create(pk=i, twin_id=twin, **_columns(i, Decimal(i)))
    Thing.objects.using(alias).create(pk=43, name="null")
    for model in (Loud, Followed):
        model.objects.using(alias).create(name="x")
    Odd.objects.using(alias).create(name="odd", shelf=shelves[0], beside=shelves[1])


_DECIMALS = [
    Decimal(text)
    for text in ("0", "0.001", "-0.001", "1.5", "-99999.999", "12345.678", "0.1", "2.675", "3")
]


def _columns(i: int, small: Decimal) -> dict[str, Any]:
    return {
        "name": f"thing {i}",
        "file": f"f{i}",
        "image": "",
        "identifier": UUID(int=i),
        "small": small,
        "is_new": i % 2 == 0,
        "moment": datetime(2024, 3, 31, 1, 30, i, 1000 * i, tzinfo=UTC),
        "day": datetime(2024, 2, i % 28 + 1, tzinfo=UTC).date(),
        "hour": datetime(2024, 1, 1, i % 24, tzinfo=UTC).time(),
        "lasts": timedelta(days=i, microseconds=i),
        "ratio": i / 3,
        "data": {"i": [i, None]},
        "stored": bytes([i]),
        "shelf_id": i % 2 + 1,
    }
