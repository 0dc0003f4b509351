"""What is linked to, and what stands in the tables."""

import uuid
from random import Random
from typing import Any

from django.db import connection, models


class Maker(models.Model):
    key = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=20, unique=True)
    nick = models.CharField(max_length=20, null=True)

    class Meta:
        app_label = "shop"
        ordering = ("code",)


class Word(models.Model):
    """Its key may be empty."""

    text = models.CharField(max_length=20, primary_key=True)
    code = models.CharField(max_length=20, default="x")

    class Meta:
        app_label = "shop"
        ordering = ("text",)


class Item(models.Model):
    name = models.CharField(max_length=20)
    slug = models.SlugField()
    number = models.IntegerField()
    maker = models.ForeignKey(Maker, null=True, on_delete=models.CASCADE, related_name="items")
    word = models.ForeignKey(Word, null=True, on_delete=models.CASCADE)
    words: Any = models.ManyToManyField(Word)
    makers: Any = models.ManyToManyField(Maker, related_name="made")

    class Meta:
        app_label = "shop"
        ordering = ("id",)


class Odd(models.Model):
    """What is in no URL, or in one that says something else."""

    code = models.CharField(max_length=20)
    number = models.IntegerField(default=0)

    class Meta:
        app_label = "shop"
        ordering = ("id",)


MODELS = (Maker, Word, Item, Odd)
HOSTILE = ("ü x", "%2F?&#", 'a"b\\', "\u2028~", "@:;,=+'()*!$", "-_9")


def begin() -> None:
    """Make the tables and their rows."""
    with connection.schema_editor() as editor:
        for model in MODELS:
            editor.create_model(model)
    Odd.objects.bulk_create(Odd(code=code, number=-len(code)) for code in ("..", "a/b", "", "x"))
    draw = Random(3)
    makers = Maker.objects.bulk_create(
        Maker(key=uuid.UUID(int=draw.getrandbits(128)), code=code, nick=nick)
        for code, nick in zip(HOSTILE, (None, "a", "b", "c", "d", "e"), strict=True)
    )
    words = Word.objects.bulk_create(Word(text=text) for text in ("", *HOSTILE))
    for i in range(12):
        item = Item.objects.create(
            name=HOSTILE[i % 6],
            slug=f"s-{i}_{'x' * i}",
            number=i * i,
            maker=draw.choice([None, *makers]),
            word=draw.choice([None, *words]),
        )
        item.words.set(draw.sample(words, i % 4))
        item.makers.set(draw.sample(makers, i % 3))
