"""Tables whose rows have rows of their own, and what stands in them."""

import uuid
from decimal import Decimal
from random import Random
from typing import Any

from django.db import connection, models
from django.utils import timezone


class Place(models.Model):
    name = models.CharField(max_length=20)

    class Meta:
        app_label = "shop"


class Tag(models.Model):
    slug = models.SlugField()
    place = models.ForeignKey(Place, null=True, on_delete=models.CASCADE)

    class Meta:
        app_label = "shop"
        ordering = ("-slug", "id")


class Owner(models.Model):
    key = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=20, unique=True)
    number = models.IntegerField(unique=True, null=True)
    place = models.ForeignKey(Place, null=True, on_delete=models.CASCADE)
    tags: Any = models.ManyToManyField(Tag, through="Tagging", related_name="owners")
    plain: Any = models.ManyToManyField(Tag, related_name="plainly")
    friends: Any = models.ManyToManyField("self")

    class Meta:
        app_label = "shop"
        ordering = ("code",)


class Passport(models.Model):
    """An owner has one, by which it is come back to."""

    owner = models.OneToOneField(Owner, on_delete=models.CASCADE, related_name="passport")

    class Meta:
        app_label = "shop"


class Tagging(models.Model):
    """It may lead to the same tag twice."""

    owner = models.ForeignKey(Owner, on_delete=models.CASCADE)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE)

    class Meta:
        app_label = "shop"


class Thing(models.Model):
    """It is in one order."""

    name = models.CharField(max_length=20)
    price = models.DecimalField(max_digits=6, decimal_places=2)
    at = models.DateTimeField(null=True)
    data = models.JSONField(default=list)
    owner = models.ForeignKey(Owner, null=True, on_delete=models.CASCADE, related_name="things")
    coded = models.ForeignKey(
        Owner, null=True, on_delete=models.CASCADE, to_field="code", related_name="by_code"
    )
    numbered = models.ForeignKey(
        Owner, null=True, on_delete=models.CASCADE, to_field="number", related_name="by_number"
    )
    place = models.ForeignKey(Place, null=True, on_delete=models.CASCADE, related_name="things")

    class Meta:
        app_label = "shop"
        ordering = ("-id",)


class Part(models.Model):
    """It is in no order that is certain."""

    thing = models.ForeignKey(Thing, on_delete=models.CASCADE, related_name="parts")
    size = models.IntegerField(null=True)
    tags: Any = models.ManyToManyField(Tag)

    class Meta:
        app_label = "shop"
        ordering = ("size",)


class _Shown(models.Manager[Any]):
    def get_queryset(self) -> Any:
        return super().get_queryset().filter(size__gt=1)


class Hidden(models.Model):
    """Its default manager does not show all."""

    owner = models.ForeignKey(Owner, on_delete=models.CASCADE, related_name="hidden")
    size = models.IntegerField()

    objects = _Shown()

    class Meta:
        app_label = "shop"
        ordering = ("id",)


class _Looking(models.Manager[Any]):
    def get_queryset(self) -> Any:
        owner = getattr(self, "instance", None)
        return super().get_queryset().filter(size=1 if owner is None else 2)


class Looked(models.Model):
    """Its default manager shows an owner others than anybody else."""

    owner = models.ForeignKey(Owner, on_delete=models.CASCADE, related_name="looked")
    size = models.IntegerField()

    objects = _Looking()

    class Meta:
        app_label = "shop"
        ordering = ("id",)


class _Turned(models.Manager[Any]):
    def all(self) -> Any:
        return super().all().order_by("pk")


class Turned(models.Model):
    """Its manager gives all in a way of its own."""

    owner = models.ForeignKey(Owner, on_delete=models.CASCADE, related_name="turned")

    objects = _Turned()

    class Meta:
        app_label = "shop"
        ordering = ("-id",)


class Special(Thing):
    """A thing with a table of its own besides."""

    extra = models.IntegerField()
    keeper = models.ForeignKey(Owner, on_delete=models.CASCADE, related_name="specials")

    class Meta:
        app_label = "shop"
        ordering = ("pk",)


class Line(models.Model):
    """It is in one order within its owner's."""

    owner = models.ForeignKey(Owner, on_delete=models.CASCADE, related_name="lines")
    position = models.IntegerField()
    texts: Any = models.CharField(max_length=20, default="x")
    more: Any = models.CharField(max_length=20, default="y")

    class Meta:
        app_label = "shop"
        ordering = ("position",)
        unique_together = (("owner", "position"),)


class _Lower(models.CharField):
    def get_prep_value(self, value: Any) -> Any:
        return value and str(value).lower()


class Station(models.Model):
    """Its key is asked for otherwise than it was read."""

    sign = _Lower(max_length=5, unique=True)

    class Meta:
        app_label = "shop"
        ordering = ("id",)


class Train(models.Model):
    station = models.ForeignKey(
        Station, on_delete=models.CASCADE, to_field="sign", related_name="trains"
    )

    class Meta:
        app_label = "shop"
        ordering = ("id",)


MODELS = (
    Place,
    Tag,
    Owner,
    Tagging,
    Thing,
    Part,
    Hidden,
    Turned,
    Special,
    Line,
    Looked,
    Passport,
    Station,
    Train,
)
OWNERS = 9


def begin() -> None:
    """Make the tables and their rows."""
    with connection.schema_editor() as editor:
        for model in MODELS:
            editor.create_model(model)
    draw = Random(1)
    places = Place.objects.bulk_create(Place(name=f"place {i}") for i in range(3))
    tags = Tag.objects.bulk_create(
        Tag(slug=f"t{i % 4}", place=None if i % 3 == 0 else places[i % 3]) for i in range(6)
    )
    owners = Owner.objects.bulk_create(
        Owner(
            key=uuid.UUID(int=draw.getrandbits(128)),
            code=f"ü\u2028{i}",
            number=None if i % 4 == 0 else i - 5,
            place=draw.choice([None, *places]),
        )
        for i in range(OWNERS)
    )
    for owner in owners[1:]:
        owner.plain.set(draw.sample(tags, draw.randrange(4)))
        owner.friends.set(draw.sample(owners, draw.randrange(3)))
        chosen = [draw.choice(tags) for _ in range(draw.randrange(5))]
        Tagging.objects.bulk_create(Tagging(owner=owner, tag=tag) for tag in chosen)
    for i in range(40):
        Thing.objects.create(**_of_thing(draw, owners, places, i))
    for i in range(6):
        keeper = draw.choice(owners)
        Special.objects.create(**_of_thing(draw, owners, places, i), extra=i, keeper=keeper)
    for thing in Thing.objects.all():
        for _ in range(draw.randrange(4)):
            part = Part.objects.create(thing=thing, size=draw.choice([None, 1, 2]))
            part.tags.set(draw.sample(tags, draw.randrange(3)))
    for i in range(12):
        Hidden.objects.create(owner=owners[i % 4], size=i % 3)
        Turned.objects.create(owner=owners[i % 5])
        Passport.objects.get_or_create(owner=owners[i % 4])
        Looked.objects.create(owner=owners[i % 4], size=i % 3)
        Line.objects.create(owner=owners[i % 4], position=-i)
    stations = Station.objects.bulk_create(Station(sign=sign) for sign in ("ab", "cd", "ef"))
    Train.objects.bulk_create(Train(station=stations[i % 2]) for i in range(5))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE shop_station SET sign = 'AB' WHERE sign = 'ef'")
        cursor.execute("UPDATE shop_train SET station_id = 'AB' WHERE id = 5")


def _of_thing(draw: Random, owners: Any, places: Any, number: int) -> dict[str, Any]:
    moment = timezone.now().replace(microsecond=number)
    numbered = [one for one in owners if one.number is not None]
    return {
        "name": f'thing "{number}" ü',
        "price": Decimal(number) / 4,
        "at": draw.choice([None, moment]),
        "data": draw.choice([{"ü": [1.5, None]}, [], "x"]),
        "owner": draw.choice([None, *owners[2:]]),
        "coded": draw.choice([None, *owners[:4]]),
        "numbered": draw.choice([None, *numbered]),
        "place": draw.choice([None, *places]),
    }
