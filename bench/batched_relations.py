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
    from django.db import connection, models  # noqa: PLC0415
    from rest_framework import serializers  # noqa: PLC0415
    from rest_framework.generics import ListAPIView  # noqa: PLC0415
    from rest_framework.test import APIRequestFactory  # noqa: PLC0415

    from rowpath.fast.drf import FastListMixin  # noqa: PLC0415

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
        name: Any = models.CharField(max_length=20)

        class Meta:
            app_label = "lab"
            ordering = ("id",)

    with connection.schema_editor(atomic=False) as editor:
        for model in (BenchTag, BenchParent, BenchChild):
            editor.create_model(model)
    tags = BenchTag.objects.bulk_create(BenchTag(slug=f"tag-{i}") for i in range(TAGS))
    parents = BenchParent.objects.bulk_create(
        BenchParent(name=f"parent {i}") for i in range(PARENTS)
    )
    BenchChild.objects.bulk_create(
        BenchChild(parent=one, name=f"child {i}") for one in parents for i in range(CHILDREN)
    )
    for number, one in enumerate(parents[:PAGE]):
        one.tags.set(tags[number % TAGS :])

    class OfChild(serializers.ModelSerializer[BenchChild]):
        class Meta:
            model = BenchChild
            fields = ("id", "name")

    class Nested(serializers.ModelSerializer[BenchParent]):
        children = OfChild(many=True)

        class Meta:
            model = BenchParent
            fields = ("id", "name", "children")

    class Tagged(serializers.ModelSerializer[BenchParent]):
        tags: Any = serializers.SlugRelatedField(slug_field="slug", many=True, read_only=True)

        class Meta:
            model = BenchParent
            fields = ("id", "name", "tags")

    request = APIRequestFactory().get("/")

    def listed(serializer: type, rows: models.QuerySet[BenchParent], *mixins: type) -> Step:
        members = {"serializer_class": serializer, "queryset": rows}
        view: Any = type("View", (*mixins, ListAPIView), members)
        ask = view.as_view()
        return lambda: ask(request).render().content

    made = []
    for name, serializer, relation, count in (
        (f"{PARENTS:,} rows with {CHILDREN} children each", Nested, "children", PARENTS),
        (f"{PAGE} rows with a many-to-many of slugs", Tagged, "tags", PAGE),
    ):
        rows = BenchParent.objects.order_by("pk")
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


if __name__ == "__main__":
    main()
