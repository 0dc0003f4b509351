"""Whole requests for lists whose rows Django reads: FastListMixin against DRF alone.

Each round asks both in changing order, in one process, in CPU time, by DRF's request factory and
up to the rendered body; the rows are the lab's products in an SQLite database in memory, or in
PostgreSQL. The serializer has the talk's seven fields, or the key, those and two methods. The bytes
are written from the instances, or made of data; those that are passed on are of FastSerializers in
APIViews. Told is DRF's time over ours, with its interval as in the lab.

    python bench/lists_as_data.py [--rows 1 25 100 1_000] [--rounds 40] [--postgresql]
        [--made-by-django]
"""

import argparse
import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from data_of_rows import Step, told

PROJECT: dict[str, Any] = {
    "INSTALLED_APPS": ["rowpath.lab.apps.django", "rest_framework"],
    "USE_TZ": True,
    "TIME_ZONE": "UTC",
    "ALLOWED_HOSTS": ["*"],
    "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    "REST_FRAMEWORK": {
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": [],
        "UNAUTHENTICATED_USER": None,
    },
}


class ReadByDjango:
    """What keeps a list from being read fast, and changes nothing."""

    def paginate_queryset(self, queryset: object) -> object:
        """Return the page."""
        return super().paginate_queryset(queryset)  # type: ignore[misc] # of the view behind


def main() -> None:
    """Run the rounds that the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[1, 25, 100, 1_000])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--postgresql", action="store_true", help="in the lab's own cluster")
    by_django = "have Django make the instances as well"
    parser.add_argument("--made-by-django", action="store_true", help=by_django)
    options = parser.parse_args()
    with postgresql() if options.postgresql else nullcontext(PROJECT["DATABASES"]) as databases:
        compare(databases, options)


@contextmanager
def postgresql() -> Iterator[dict[str, Any]]:
    """Run a server for as long as the block lasts; return Django's settings for it."""
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 - only if it is asked for

    from rowpath.lab.database import open_database  # noqa: PLC0415

    with open_database(None) as database:
        given = conninfo_to_dict(database.dsn)
        name = given.pop("dbname")
        engine = "django.db.backends.postgresql"
        yield {"default": {"ENGINE": engine, "NAME": name, "OPTIONS": given}}


def compare(databases: dict[str, Any], options: argparse.Namespace) -> None:
    """Tell the ratios of all lists in a database."""
    from django.conf import settings  # noqa: PLC0415 - before what reads it

    settings.configure(**PROJECT | {"DATABASES": databases})
    import django  # noqa: PLC0415
    from django.test.utils import override_settings  # noqa: PLC0415

    django.setup()
    print(f"Python {platform.python_version()}, Django {django.get_version()}, ", end="")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}")
    with products_made(max(options.rows)):
        for way in ("instances", "data"):
            chosen = {"instances": way == "instances", "making": not options.made_by_django}
            with override_settings(ROWPATH=chosen):
                for name, theirs, ours in pairs(options.rows, way):
                    if theirs() != ours():
                        sys.exit(f"Cannot compare {name}: the answers differ.")
                    told(f"{way}, {name}", theirs, ours, options.rounds)
        for name, theirs, ours in (*pairs_passed_on(options.rows), *pairs_of_data()):
            if theirs() != ours():
                sys.exit(f"Cannot compare {name}: the answers differ.")
            told(name, theirs, ours, options.rounds)


@contextmanager
def products_made(count: int) -> Iterator[None]:
    """Make the table, with `count` rows; nothing of it is left in a server."""
    from django.db import connection, transaction  # noqa: PLC0415

    from products import products  # noqa: PLC0415
    from rowpath.lab.apps.django.models import Product  # noqa: PLC0415

    is_sqlite = connection.vendor == "sqlite"
    with nullcontext() if is_sqlite else transaction.atomic():
        if not is_sqlite:
            with connection.cursor() as cursor:
                cursor.execute("CREATE SCHEMA bench; SET LOCAL search_path TO bench")
        with connection.schema_editor(atomic=False) as editor:
            editor.create_model(Product)
        Product.objects.bulk_create(products(count))
        yield
        if not is_sqlite:
            transaction.set_rollback(True)


def pairs_passed_on(sizes: list[int]) -> list[tuple[str, Step, Step]]:
    """Return the same of APIViews, which make their answers of a FastSerializer's data."""
    from rest_framework.response import Response  # noqa: PLC0415
    from rest_framework.test import APIRequestFactory  # noqa: PLC0415
    from rest_framework.views import APIView  # noqa: PLC0415

    from products import WithMethods  # noqa: PLC0415
    from rowpath.fast.drf import FastSerializer, outcome_of  # noqa: PLC0415
    from rowpath.lab.apps.django.models import Product  # noqa: PLC0415
    from rowpath.lab.apps.django.serializers import ProductSerializer  # noqa: PLC0415

    request = APIRequestFactory().get("/")

    def listed(serializer: type, rows: int, *bases: type) -> Step:
        name = f"{serializer.__name__}{rows}{len(bases)}"
        made: Any = type(name, (*bases, serializer), {"__module__": __name__})
        globals()[name] = made  # as a class statement's is

        class View(APIView):
            def get(self, _request: object) -> Response:
                return Response(made(Product.objects.order_by("pk")[:rows], many=True).data)

        view: Any = View.as_view()
        if bases and getattr(outcome_of(view(request)), "way", None) != "instances":
            sys.exit("Cannot measure what is passed on: it was answered otherwise.")
        return lambda: view(request).render().content

    serializers = {"seven fields": ProductSerializer, "two methods": WithMethods}
    return [
        (
            f"passed on, {name}, {rows:>6,} rows",
            listed(made, rows),
            listed(made, rows, FastSerializer),
        )
        for name, made in serializers.items()
        for rows in sizes
    ]


def pairs_of_data() -> list[tuple[str, Step, Step]]:
    """Return the same where rows can only become data: one object, and what a project changes."""
    from rest_framework.generics import ListAPIView, RetrieveAPIView  # noqa: PLC0415
    from rest_framework.test import APIRequestFactory  # noqa: PLC0415

    from products import Overriding, WithMethods  # noqa: PLC0415
    from rowpath.fast.drf import FastListMixin, FastMixin  # noqa: PLC0415
    from rowpath.lab.apps.django.models import Product  # noqa: PLC0415

    request = APIRequestFactory().get("/")

    def asked(serializer: type, *bases: type) -> Step:
        members = {"serializer_class": serializer, "queryset": Product.objects.order_by("pk")}
        view: Any = type("View", bases, members)
        ask = view.as_view()
        return lambda: ask(request, pk=1).render().content

    one, rows = (WithMethods, RetrieveAPIView), (Overriding, ListAPIView)
    return [
        ("data, one object", asked(*one), asked(one[0], FastMixin, one[1])),
        ("data, own to_representation()", asked(*rows), asked(rows[0], FastListMixin, rows[1])),
    ]


def pairs(sizes: list[int], way: str) -> list[tuple[str, Step, Step]]:
    """Return what is compared: its name, DRF's and ours."""
    from rest_framework.generics import ListAPIView  # noqa: PLC0415
    from rest_framework.test import APIRequestFactory  # noqa: PLC0415

    from products import WithMethods  # noqa: PLC0415
    from rowpath.fast.drf import FastListMixin, outcome_of  # noqa: PLC0415
    from rowpath.lab.apps.django.models import Product  # noqa: PLC0415
    from rowpath.lab.apps.django.serializers import ProductSerializer  # noqa: PLC0415

    request = APIRequestFactory().get("/")

    def listed(serializer: type, rows: int, *mixins: type) -> Step:
        members = {
            "serializer_class": serializer,
            "queryset": Product.objects.order_by("pk")[:rows],
        }
        view_class: Any = type("View", (ReadByDjango, *mixins, ListAPIView), members)
        view = view_class.as_view()
        if mixins and getattr(outcome_of(view(request)), "way", None) != way:
            sys.exit(f"Cannot measure {way}: the list was answered otherwise.")
        return lambda: view(request).render().content

    serializers = {"seven fields": ProductSerializer, "two methods": WithMethods}
    return [
        (f"{name}, {rows:>6,} rows", listed(made, rows), listed(made, rows, FastListMixin))
        for name, made in serializers.items()
        for rows in sizes
    ]


if __name__ == "__main__":
    main()
