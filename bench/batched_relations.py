"""Lists of rows with relations: FastListMixin against DRF alone.

Of PostgreSQL's rows they are written as bytes, with their relations prefetched or loaded by nobody,
which in DRF asks for each row. And rows that Django reads, in PostgreSQL by views that want it so.

Each round asks both in changing order, in one process, by DRF's request factory and up to the
rendered body; the rows are made here, in an SQLite database in memory, or in PostgreSQL. Told are
the statements of both, and DRF's CPU time over ours, of this process alone, with its interval as in
the lab. What a statement takes on its way and in the server comes on top.

    python bench/batched_relations.py [--rounds 12] [--postgresql]
"""

import argparse
import os
import platform
import sys
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

from data_of_rows import Step, told
from lists_as_data import PROJECT, postgresql

PARENTS = 1_000
CHILDREN = 5
PAGE = 25
TAGS = 6


def main() -> None:
    """Run the rounds that the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--postgresql", action="store_true", help="in the lab's own cluster")
    options = parser.parse_args()
    with postgresql() if options.postgresql else nullcontext(PROJECT["DATABASES"]) as databases:
        compare(databases, options.rounds)


def compare(databases: dict[str, Any], rounds: int) -> None:
    """Tell the ratios of both lists."""
    from django.conf import settings  # noqa: PLC0415 - before what reads it

    settings.configure(**PROJECT | {"DATABASES": databases})
    import django  # noqa: PLC0415

    django.setup()
    from django.db import connection, transaction  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    print(f"Python {platform.python_version()}, Django {django.get_version()}, ", end="")
    print(f"{connection.vendor}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}")
    is_sqlite = connection.vendor == "sqlite"
    with nullcontext() if is_sqlite else transaction.atomic():
        if not is_sqlite:
            with connection.cursor() as cursor:
                cursor.execute("CREATE SCHEMA bench; SET LOCAL search_path TO bench")
        for name, theirs, ours in pairs(by_django_alone=is_sqlite):
            with CaptureQueriesContext(connection) as drfs:
                expected = theirs()
            with CaptureQueriesContext(connection) as own:
                if ours() != expected:
                    sys.exit(f"Cannot compare {name}: the answers differ.")
            told(f"{name}, {len(drfs)} statements and {len(own)}", theirs, ours, rounds)
        if not is_sqlite:
            transaction.set_rollback(True)


class ByDjango:
    """Has Django read the rows, by a method that rowpath does not know to do what DRF's does."""

    def paginate_queryset(self, queryset: object) -> object:
        """Return the page, if there is one."""
        behind: Any = super()
        return behind.paginate_queryset(queryset)


def pairs(*, by_django_alone: bool) -> list[tuple[str, Step, Step]]:
    """Make the tables with their rows; return what is compared: its name, DRF's and ours."""
    from rowpath.fast.drf import FastListMixin  # noqa: PLC0415 - Django is set up by now

    shop = models()
    fill(shop)
    made = []
    for name, serializer, relation, count in compared(shop):
        rows = shop.BenchParent.objects.order_by("pk")
        for how, chosen, mixins in (
            ("read by Django", rows[:count], (ByDjango,)),
            ("prefetched", rows.prefetch_related(relation)[:count], ()),
            ("loaded by nobody", rows[:count], ()),
        ):
            if mixins or not by_django_alone:
                theirs = listed(serializer, chosen, *mixins)
                ours = listed(serializer, chosen, *mixins, FastListMixin)
                made.append((f"{name}, {how}", theirs, ours))
    return made


def models() -> SimpleNamespace:
    """Return models of parents, their children and their tags, by name."""
    from django.db import models  # noqa: PLC0415

    class BenchTag(models.Model):  # noqa: DJ008 - nobody prints one
        slug: Any = models.SlugField()

        class Meta:
            app_label = "lab"
            ordering = ("slug", "id")

    class BenchParent(models.Model):  # noqa: DJ008 - nobody prints one
        name: Any = models.CharField(max_length=20)
        tags: Any = models.ManyToManyField(BenchTag)

        class Meta:
            app_label = "lab"

    class BenchChild(models.Model):  # noqa: DJ008 - nobody prints one
        parent: Any = models.ForeignKey(
            BenchParent, on_delete=models.CASCADE, related_name="children"
        )
        tag: Any = models.ForeignKey(BenchTag, on_delete=models.CASCADE)
        name: Any = models.CharField(max_length=20)

        class Meta:
            app_label = "lab"
            ordering = ("id",)

    return SimpleNamespace(BenchTag=BenchTag, BenchParent=BenchParent, BenchChild=BenchChild)


def fill(shop: SimpleNamespace) -> None:
    """Make the tables of `shop` and their rows."""
    from django.db import connection  # noqa: PLC0415

    with connection.schema_editor(atomic=False) as editor:
        for model in (shop.BenchTag, shop.BenchParent, shop.BenchChild):
            editor.create_model(model)
    tags = shop.BenchTag.objects.bulk_create(shop.BenchTag(slug=f"tag-{i}") for i in range(TAGS))
    parents = shop.BenchParent.objects.bulk_create(
        shop.BenchParent(name=f"parent {i}") for i in range(PARENTS)
    )
    shop.BenchChild.objects.bulk_create(
        shop.BenchChild(parent=one, name=f"child {i}", tag=tags[i % TAGS])
        for one in parents
        for i in range(CHILDREN)
    )
    for number, one in enumerate(parents[:PAGE]):
        one.tags.set(tags[number % TAGS :])


def compared(shop: SimpleNamespace) -> list[tuple[str, type, str, int]]:
    """Return of each list a name, its serializer, what it prefetches and how many rows it has."""
    from rest_framework import serializers  # noqa: PLC0415

    def of(model: type, members: dict[str, Any]) -> type:
        meta = type("Meta", (), {"model": model, "fields": ("id", *members)})
        fields = {name: one for name, one in members.items() if one is not None}
        return type(model.__name__, (serializers.ModelSerializer,), fields | {"Meta": meta})

    parent, child, tag = shop.BenchParent, shop.BenchChild, shop.BenchTag
    slugs: Any = serializers.SlugRelatedField(slug_field="slug", many=True, read_only=True)
    plain = of(child, {"name": None})(many=True)
    tagged = of(child, {"name": None, "tag": of(tag, {"slug": None})()})(many=True)
    children = f"{PARENTS:,} rows with {CHILDREN} children each"
    by_slug = f"{PAGE} rows with a many-to-many of slugs"
    return [
        (children, of(parent, {"name": None, "children": plain}), "children", PARENTS),
        (
            f"{children}, which have a tag each",
            of(parent, {"name": None, "children": tagged}),
            "children__tag",
            PARENTS,
        ),
        (by_slug, of(parent, {"name": None, "tags": slugs}), "tags", PAGE),
    ]


def listed(serializer: type, rows: object, *mixins: type) -> Step:
    """Return what asks a list of `rows`."""
    from rest_framework.generics import ListAPIView  # noqa: PLC0415
    from rest_framework.test import APIRequestFactory  # noqa: PLC0415

    members = {"serializer_class": serializer, "queryset": rows}
    view: Any = type("View", (*mixins, ListAPIView), members)
    request, ask = APIRequestFactory().get("/"), view.as_view()
    return lambda: ask(request).render().content


if __name__ == "__main__":
    main()
