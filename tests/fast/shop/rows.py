"""The shop's rows: text that JSON escapes, nulls, and both ends of what a column holds."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from random import Random

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection

from fast.shop.models import Category, Detail, Note, Product, Topic

HOSTILE = ("plain", 'é"\\/', "\u2028\u2029", "\x01\x1f\x7f\t\n", "\U0001f600 \ufffd", "")


def fill(count: int) -> None:
    """Fill the tables with `count` products."""
    draw = Random(1)
    categories = [Category.objects.create(name=f"category {i}") for i in range(5)]
    for category in categories[1:]:
        category.parent = categories[0]
        category.save()
    Product.objects.bulk_create([_product(draw, i, categories) for i in range(count)])
    for product in Product.objects.order_by("id")[: count // 2]:
        Detail.objects.create(product=product, note=None if product.pk % 3 else "n")


def _product(draw: Random, i: int, categories: list[Category]) -> Product:
    moment = dt.datetime(1890 + i * 7, 1 + i % 12, 1 + i % 28, i % 24, tzinfo=dt.UTC)
    there = i % 4 != 0
    return Product(
        name=f"{HOSTILE[i % len(HOSTILE)]}{i}",
        description=HOSTILE[i % len(HOSTILE)] * 3 if there else None,
        price=Decimal(draw.randrange(-(10**10) + 1, 10**10)) / 100,
        created=moment + dt.timedelta(microseconds=i % 3) if there else None,
        released=moment.date() if there else None,
        opens=moment.time() if there else None,
        lasts=dt.timedelta(days=i - 20, seconds=i, microseconds=i % 2) if there else None,
        count=draw.randrange(-(2**31), 2**31),
        ratio=draw.choice((0.1, -0.0, 1e16, 5e-324, 1e22, draw.random())) if there else None,
        active=i % 2 == 0,
        address=draw.choice(("10.0.0.1", "2001:db8::1", "::1")) if there else None,
        stored=draw.randbytes(i) if there else None,
        data={"a": [i, 1.5, None, True, HOSTILE[i % len(HOSTILE)]]} if there else None,
        category=categories[i % 5] if there else None,
        main=categories[i % 5],
    )


def write_notes() -> None:
    """Write 30 notes of three users, the third of whom is staff, in three topics or none."""
    users = [User.objects.create(username=name) for name in ("alice", "bob", "carol")]
    User.objects.filter(username="carol").update(is_staff=True)
    topics = [Topic.objects.create(name=name) for name in ("open", "secret", "other")]
    Note.objects.bulk_create(
        Note(
            owner=users[i % 3],
            text=f"{HOSTILE[i % len(HOSTILE)]} {i}",
            topic=None if i % 4 == 0 else topics[i // 3 % 3],
            home=topics[i % 2],
        )
        for i in range(30)
    )


def make_everything() -> None:
    """Make the project's tables and fill them."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(Path(__file__).with_name("numbers.sql").read_text())
    fill(60)
    write_notes()
    connection.close()
