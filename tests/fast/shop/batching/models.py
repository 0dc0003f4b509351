"""Books and what they are related to, and what stands in their tables."""

import itertools
from typing import Any

from django.db import connections, models
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor

LITE = "lite"


class City(models.Model):
    name = models.CharField(max_length=20)
    founded = models.DateField(null=True)

    class Meta:
        app_label = "shop"


class Writer(models.Model):
    name = models.CharField(max_length=20)
    slug = models.SlugField(unique=True)
    city = models.ForeignKey(City, null=True, on_delete=models.CASCADE)
    mentor = models.ForeignKey("self", null=True, on_delete=models.CASCADE)
    data = models.JSONField(default=dict)

    class Meta:
        app_label = "shop"

    def __str__(self) -> str:
        return f"{self.name}!"


class Label(models.Model):
    slug = models.SlugField()

    class Meta:
        app_label = "shop"
        ordering = ("-slug", "id")


class Book(models.Model):
    title = models.CharField(max_length=20)
    writer = models.ForeignKey(Writer, null=True, on_delete=models.CASCADE, related_name="books")
    editor = models.ForeignKey(
        Writer, null=True, on_delete=models.CASCADE, related_name="+", to_field="slug"
    )
    lost = models.ForeignKey(
        City, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    labels = models.ManyToManyField(Label, related_name="labelled")

    class Meta:
        app_label = "shop"
        ordering = ("id",)


class Chapter(models.Model):
    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="chapters")
    position = models.IntegerField()
    label = models.ForeignKey(Label, on_delete=models.CASCADE)

    class Meta:
        app_label = "shop"
        ordering = ("position",)
        unique_together = (("book", "position"),)


class Review(models.Model):
    """It is in no order."""

    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="reviews")
    stars = models.IntegerField()

    class Meta:
        app_label = "shop"


class Cover(models.Model):
    book = models.OneToOneField(Book, on_delete=models.CASCADE)
    art = models.CharField(max_length=20)

    class Meta:
        app_label = "shop"


class _Telling(ForwardManyToOneDescriptor):
    """Tells of each row that learns whose it is."""

    def __set__(self, instance: Any, value: Any) -> None:
        calls.append(value.pk)
        super().__set__(instance, value)


class _ToldOf(models.ForeignKey[Any, Any]):
    forward_related_accessor_class = _Telling


class Page(models.Model):
    book = _ToldOf(Book, on_delete=models.CASCADE, related_name="pages_of")

    class Meta:
        app_label = "shop"
        ordering = ("id",)


class _Shown(models.Manager[Any]):
    def get_queryset(self) -> Any:
        return super().get_queryset().filter(is_shown=True)


class Remark(models.Model):
    """Its default manager does not show all."""

    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="remarks")
    is_shown = models.BooleanField()

    objects = _Shown()

    class Meta:
        app_label = "shop"
        ordering = ("id",)


class Made(models.Model):
    """Its instances are more than their row."""

    book = models.OneToOneField(Book, on_delete=models.CASCADE, related_name="made")

    class Meta:
        app_label = "shop"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        calls.append("made")


class Novel(Book):
    """A book with a table of its own besides."""

    pages = models.IntegerField()

    class Meta:
        app_label = "shop"


MODELS = (City, Writer, Label, Book, Chapter, Review, Cover, Remark, Made, Novel, Page)
calls: list[Any] = []


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
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION shop_rename(integer) RETURNS void LANGUAGE sql AS "
            "$$ UPDATE shop_writer SET name = 'renamed ' || $1 $$"
        )


def _fill(alias: str) -> None:
    cities = [City(pk=i, name=f"city {i}") for i in range(1, 4)]
    City.objects.using(alias).bulk_create(cities)
    for i in range(1, 6):
        Writer.objects.using(alias).create(
            pk=i,
            name=f"writer {i}",
            slug=f"w{i}",
            city_id=None if i == 2 else i % 3 + 1,
            mentor_id=i - 1 or None,
            data={"books": [i]},
        )
    labels = [Label(pk=i, slug=f"l{i % 3}") for i in range(1, 6)]
    Label.objects.using(alias).bulk_create(labels)
    numbers = itertools.count(1)
    for i in range(1, 9):
        book = Book.objects.using(alias).create(
            pk=i,
            title=f"book {i}",
            writer_id=None if i in (1, 6) else i % 5 + 1,
            editor_id=f"w{i % 2 + 1}",
            lost_id=99 if i == 3 else i % 3 + 1,
        )
        book.labels.set([] if i == 4 else [labels[i % 5], labels[(i + 2) % 5]])
        for position in range(i % 4):
            Chapter.objects.using(alias).create(
                pk=next(numbers), book=book, position=position, label=labels[(i + position) % 5]
            )
        for _ in range(2):
            Review.objects.using(alias).create(pk=next(numbers), book=book, stars=i % 5)
            Remark.objects.using(alias).create(pk=next(numbers), book=book, is_shown=i % 2 == 0)
        Page.objects.using(alias).create(pk=i, book=book)
        if i % 3:
            Cover.objects.using(alias).create(pk=next(numbers), book=book, art=f"art {i}")
            Made.objects.using(alias).create(pk=next(numbers), book=book)
    for i in range(21, 24):
        Novel.objects.using(alias).create(
            pk=i, title=f"novel {i}", writer_id=i % 5 + 1, lost_id=1, pages=i
        )


def alias_of(row: Any) -> str:
    return str(vars(row)["_state"].db)
