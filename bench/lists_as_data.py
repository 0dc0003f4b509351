"""Whole requests whose data rowpath makes: FastListMixin and FastMixin against DRF alone.

Each round asks both in changing order, in one process, in CPU time, by DRF's request factory and
up to the rendered body; the rows are the lab's products in an SQLite database in memory. Their
serializer has eight fields and two methods, and for some of the lists a to_representation() of its
own that calls super(). Told is DRF's time over ours, with its interval as in the lab.

    python bench/lists_as_data.py [--rows 1 25 100 1_000] [--rounds 40]
"""

import argparse
import os
import platform
import sys
from typing import Any

from data_of_rows import Step, told

PROJECT = {
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


def main() -> None:
    """Run the rounds that the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[1, 25, 100, 1_000])
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()

    from django.conf import settings  # noqa: PLC0415 - before what reads it

    settings.configure(**PROJECT)
    import django  # noqa: PLC0415

    django.setup()
    print(f"Python {platform.python_version()}, Django {django.get_version()}, ", end="")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}")
    make_products(max(options.rows))
    for name, theirs, ours in pairs(options.rows):
        if theirs() != ours():
            sys.exit(f"Cannot compare {name}: the answers differ.")
        told(name, theirs, ours, options.rounds)


def make_products(count: int) -> None:
    """Make the table, with `count` rows."""
    from django.db import connection  # noqa: PLC0415

    from products import products  # noqa: PLC0415
    from rowpath.lab.apps.django.models import Product  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("ATTACH DATABASE ':memory:' AS rowpath")
    with connection.schema_editor() as editor:
        editor.create_model(Product)
    Product.objects.bulk_create(products(count))


def pairs(sizes: list[int]) -> list[tuple[str, Step, Step]]:
    """Return what is compared: its name, DRF's and ours."""
    from rest_framework.generics import ListAPIView, RetrieveAPIView  # noqa: PLC0415

    from products import Overriding, WithMethods  # noqa: PLC0415
    from rowpath.fast.drf import FastListMixin, FastMixin  # noqa: PLC0415
    from rowpath.lab.apps.django.models import Product  # noqa: PLC0415

    products = Product.objects.order_by("pk")

    def both(name: str, base: type, mixin: type, **members: Any) -> tuple[str, Step, Step]:  # noqa: ANN401
        return name, _asking((base,), members), _asking((mixin, base), members)

    return [
        both(
            "one object",
            RetrieveAPIView,
            FastMixin,
            queryset=products,
            serializer_class=WithMethods,
        ),
        *(
            both(
                f"{rows:>6,} rows {serializer_class.__name__}",
                ListAPIView,
                FastListMixin,
                queryset=products[:rows],
                serializer_class=serializer_class,
            )
            for serializer_class in (WithMethods, Overriding)
            for rows in sizes
        ),
    ]


def _asking(bases: tuple[type, ...], members: dict[str, Any]) -> Step:
    """Return what asks a view of those bases and members for its body."""
    from rest_framework.test import APIRequestFactory  # noqa: PLC0415

    view: Any = type("View", bases, members)
    ask, request = view.as_view(), APIRequestFactory().get("/")
    return lambda: ask(request, pk=1).render().content


if __name__ == "__main__":
    main()
