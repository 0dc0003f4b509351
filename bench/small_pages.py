"""Whole requests for small pages by page number: FastListMixin against DRF, and its own share.

Each round asks in changing order, in one process, by DRF's request factory and up to the rendered
body: DRF's list and the fast one, each with its COUNT; the same view with nothing to list, which is
the request's way through DRF and back; and the two statements that the fast list sends, through an
ordinary cursor of Django's, without reading the rows. What is left of the fast list's time is
rowpath's own share, with the queryset, DRF's paginator and the envelope in it. The lab's products
in PostgreSQL, the talk's seven fields, ordered by the key.

Times are those of a clock, with PostgreSQL's in them, or with --cpu this process's alone.

    python bench/small_pages.py [--sizes 5 25 50 100] [--rows 1_000] [--rounds 60] [--cpu]
"""

import argparse
import os
import platform
import sys
import time
from collections.abc import Mapping
from typing import Any

from fast_path import Step, measured
from lists_as_data import PROJECT, ReadByDjango, postgresql, products_made
from rowpath.stats.median import median_interval
from rowpath.stats.ratio import ratio_interval


def main() -> None:
    """Run the rounds that the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[5, 25, 50, 100])
    parser.add_argument("--rows", type=int, default=1_000, help="in the table [default: 1_000]")
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--cpu", action="store_true", help="CPU time of this process")
    options = parser.parse_args()
    clock = time.process_time if options.cpu else time.perf_counter
    with postgresql() as databases:
        from django.conf import settings  # noqa: PLC0415 - before what reads it

        settings.configure(**PROJECT | {"DATABASES": databases})
        import django  # noqa: PLC0415

        django.setup()
        print(f"Python {platform.python_version()}, Django {django.get_version()}, ", end="")
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}")
        with products_made(options.rows):
            for size in options.sizes:
                tell(size, measured(steps(size), options.rounds, clock))


def steps(size: int, *, paged: bool = True) -> dict[str, Step]:
    """Return what is timed for a page of `size` products, or for a list of no more."""
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415
    from rest_framework.generics import ListAPIView  # noqa: PLC0415
    from rest_framework.pagination import PageNumberPagination  # noqa: PLC0415
    from rest_framework.renderers import JSONRenderer  # noqa: PLC0415
    from rest_framework.response import Response  # noqa: PLC0415
    from rest_framework.test import APIRequestFactory  # noqa: PLC0415

    from rowpath.fast.drf import FastListMixin, outcome_of  # noqa: PLC0415
    from rowpath.lab.apps.django.models import Product  # noqa: PLC0415
    from rowpath.lab.apps.django.serializers import ProductSerializer  # noqa: PLC0415

    class Nothing:
        """A list of nothing, in front of the view."""

        def list(self, *_: object, **__: object) -> Response:
            return Response(None)

    pages = type("Pages", (PageNumberPagination,), {"page_size": size})
    rows = Product.objects.order_by("pk")

    def asked(*mixins: type) -> Step:
        members = {
            "serializer_class": ProductSerializer,
            "queryset": rows if paged else rows[:size],
            "pagination_class": pages if paged else None,
            "renderer_classes": [JSONRenderer],
        }
        view_class: Any = type("View", (*mixins, ListAPIView), members)
        view = view_class.as_view()
        return lambda: view(APIRequestFactory().get("/")).render()

    fast, drf = asked(FastListMixin), asked()
    answer: Any = fast()
    outcome: Any = outcome_of(answer)
    if outcome is None or not outcome.fast or answer.content != drf().content:  # type: ignore[attr-defined] # a response
        sys.exit(f"Cannot compare: {outcome}, or other bytes than DRF's.")
    with CaptureQueriesContext(connection) as captured:
        fast()
    sent = [query["sql"] for query in captured]

    def statements() -> None:
        for sql in sent:
            with connection.cursor() as cursor:
                cursor.execute(sql)

    read = asked(ReadByDjango, FastListMixin)
    others = {"nothing": asked(Nothing), "statements": statements, "instances": read}
    return {"fast": fast, "DRF": drf, **others}


def tell(size: int, times: Mapping[str, list[float]]) -> None:
    """Print the ratio and the share, each with its interval."""
    own = [fast - nothing - sent for fast, nothing, sent in zip(*_of(times), strict=True)]
    ratio, share = ratio_interval(times["DRF"], times["fast"]), median_interval(own)
    if ratio is None or share is None:
        sys.exit("Cannot tell an interval from so few rounds. Give --rounds 6 or more.")
    print(f"{size} rows: DRF / fast {ratio.estimate:.2f} ({ratio.low:.2f} to {ratio.high:.2f})")
    for name in times:
        if (took := median_interval(times[name])) is not None:
            print(f"    {name} {took.estimate * 1e3:.3f} ms")
    low, high = share.low * 1e3, share.high * 1e3
    print(f"    rowpath's own share {share.estimate * 1e3:.3f} ms ({low:.3f} to {high:.3f})")


def _of(times: Mapping[str, list[float]]) -> tuple[list[float], list[float], list[float]]:
    return times["fast"], times["nothing"], times["statements"]


if __name__ == "__main__":
    main()
