"""Lists with a hyperlink in each row: FastListMixin against DRF alone, read as rows and by Django.

Each round asks both in changing order, in one process, by DRF's request factory and up to the
rendered body: the lab's products in PostgreSQL, with the talk's seven fields and the URL of each
product's own page, as a router names it. Told is DRF's CPU time over ours, of this process alone,
with its interval as in the lab.

    python bench/hyperlinks.py [--rows 25 1_000] [--rounds 24]
"""

import argparse
import os
import platform
import sys
from collections.abc import Callable
from typing import Any

from batched_relations import ByDjango
from data_of_rows import Step, told
from lists_as_data import PROJECT, postgresql, products_made


def main() -> None:
    """Run the rounds that the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[25, 1_000])
    parser.add_argument("--rounds", type=int, default=24)
    options = parser.parse_args()
    with postgresql() as databases:
        compare(databases, options.rows, options.rounds)


def compare(databases: dict[str, Any], sizes: list[int], rounds: int) -> None:
    """Tell the ratios of all lists."""
    from django.conf import settings  # noqa: PLC0415 - before what reads it

    settings.configure(**PROJECT | {"DATABASES": databases})
    import django  # noqa: PLC0415
    from django.test.utils import override_settings  # noqa: PLC0415
    from django.urls import re_path  # noqa: PLC0415
    from django.views import View  # noqa: PLC0415

    django.setup()
    print(f"Python {platform.python_version()}, Django {django.get_version()}, ", end="")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}")
    page = re_path(r"^products/(?P<pk>[^/.]+)/$", View.as_view(), name="product-detail")
    with products_made(max(sizes)), override_settings(ROOT_URLCONF=(page,)):
        for way, bases in {"rows": (), "instances": (ByDjango,)}.items():
            for size in sizes:
                theirs, ours = pair(way, size, *bases)
                told(f"{way}, {size:>6,} rows", theirs, ours, rounds)


def pair(way: str, size: int, *bases: type) -> tuple[Step, Step]:
    """Return what asks DRF for `size` products, and what asks us."""
    from rest_framework import serializers  # noqa: PLC0415
    from rest_framework.generics import ListAPIView  # noqa: PLC0415
    from rest_framework.test import APIRequestFactory  # noqa: PLC0415

    from rowpath.fast.drf import FastListMixin, outcome_of  # noqa: PLC0415
    from rowpath.lab.apps.django.models import Product  # noqa: PLC0415
    from rowpath.lab.apps.django.serializers import ProductSerializer  # noqa: PLC0415

    class Linked(ProductSerializer):
        url = serializers.HyperlinkedIdentityField(view_name="product-detail")

        class Meta:
            model = Product
            fields = ("url", *ProductSerializer.Meta.fields)

    request = APIRequestFactory().get("/")

    def listed(*mixins: type) -> Callable[..., Any]:
        rows = Product.objects.order_by("pk")[:size]
        members = {"serializer_class": Linked, "queryset": rows}
        view_class: Any = type("View", (*bases, *mixins, ListAPIView), members)
        view: Callable[..., Any] = view_class.as_view()
        return view

    theirs, ours = listed(), listed(FastListMixin)
    answer: Any = ours(request).render()
    outcome = outcome_of(answer)
    if outcome is None or outcome.way != way or answer.content != theirs(request).render().content:
        sys.exit(f"Cannot compare: {outcome}, or other bytes than DRF's.")
    return lambda: theirs(request).render(), lambda: ours(request).render()


if __name__ == "__main__":
    main()
