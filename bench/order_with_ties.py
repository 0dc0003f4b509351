"""What an order with ties costs: the fast path's own statement against the lean one, and DRF.

PostgreSQL's plan decides which of the rows that tie are on a page, so for an order that is not
total the fast path sends Django's own statement (docs/fast.md). Each round reads, in changing order
and in one process, the same page of the lab's products: by the lean statement alone, by the
statement that is sent, by the WITH query where another would do, and by DRF. No HTTP.

    python bench/order_with_ties.py [--rows 1_000_000] [--sizes 100 1_000 10_000] [--rounds 15]
"""

import argparse
import os
import platform
from collections.abc import Callable
from statistics import median
from typing import Any
from unittest.mock import patch

from fast_path import measured
from rowpath.lab.apps.settings import AppSettings
from rowpath.lab.conditions import CONTROLLED
from rowpath.lab.database import open_database
from rowpath.lab.dataset import PRODUCTS, ensure
from rowpath.stats.ratio import ratio_interval

Step = Callable[[], object]
LEAN, SENT, WITHIN, DRF = "lean", "sent", "always within", "DRF"
PAIRS = ((SENT, LEAN), (WITHIN, LEAN), (DRF, SENT))


def main() -> None:
    """Run the rounds that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=PRODUCTS.default_rows)
    parser.add_argument("--sizes", type=int, nargs="*", default=[100, 1_000, 10_000])
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    with open_database(None) as database:
        ensure(database, PRODUCTS, rows=options.rows, seed=1, report=print)
        settings = AppSettings(dsn=database.dsn, conditions=CONTROLLED, trace_folder=None)
        os.environ |= settings.to_environment()
        os.environ["DJANGO_SETTINGS_MODULE"] = "rowpath.lab.apps.django.settings"
        print(f"{database.description}, {os.cpu_count()} cores, {platform.platform()}")
        print(f"Python {platform.python_version()}, load {os.getloadavg()[0]:.2f}")
        import django  # noqa: PLC0415 - its settings are known now

        django.setup()
        for size in options.sizes:
            for name, fields in _lists().items():
                tell(f"{name}, {size:,} rows", measured(steps(size, fields), options.rounds))


def _lists() -> dict[str, tuple[str, ...]]:
    from rowpath.lab.apps.django.serializers import ProductSerializer  # noqa: PLC0415

    return {
        "all columns but the key": ProductSerializer.Meta.fields,
        "two of eight columns": ("id", "low_price"),
    }


def steps(size: int, fields: tuple[str, ...]) -> dict[str, Step]:
    """Return what is timed for a list of `size` products with `fields`."""
    from rest_framework.renderers import JSONRenderer  # noqa: PLC0415
    from rest_framework.serializers import ModelSerializer  # noqa: PLC0415
    from rest_framework.test import APIRequestFactory  # noqa: PLC0415

    from fast_path_steps import products, view_of  # noqa: PLC0415 - its models
    from rowpath.fast.drf import FastListMixin  # noqa: PLC0415
    from rowpath.fast.drf.answers import reading_for  # noqa: PLC0415
    from rowpath.lab.apps.django.models import Product  # noqa: PLC0415

    def serializer() -> Any:  # noqa: ANN401 - a class, of which each has statements of its own
        meta = type("Meta", (), {"model": Product, "fields": fields})
        return type("Fields", (ModelSerializer,), {"Meta": meta})

    def fast() -> Callable[[], bytes]:
        view = view_of(serializer(), size, FastListMixin)()
        request = view.initialize_request(APIRequestFactory().get("/"))
        view.setup(request)
        view.initial(request)

        def read() -> bytes:
            reading = reading_for(view, request, products(size))
            reading.whole()
            return reading.array(None)

        return read

    own = serializer()
    made = {LEAN: fast(), SENT: fast(), WITHIN: fast()}
    # A statement is made once and kept, so it is enough to make it otherwise.
    with patch("rowpath.fast.django.statement.plan_decides", return_value=False):
        made[LEAN]()
    with patch("rowpath.fast.django.page._FEW", -1):
        made[WITHIN]()

    def drf() -> bytes:
        rendered: bytes = JSONRenderer().render(own(products(size), many=True).data)
        return rendered

    if made[SENT]() != drf():
        raise SystemExit("Cannot compare: the fast path and DRF differ.")
    return {**made, DRF: drf}


def tell(name: str, times: dict[str, list[float]]) -> None:
    """Print each step's median and the ratios."""
    each = ", ".join(f"{step} {median(took) * 1e3:.2f} ms" for step, took in times.items())
    print(f"{name}: {each}")
    for left, right in PAIRS:
        if (ratio := ratio_interval(times[left], times[right])) is not None:
            print(
                f"    {left} / {right}: {ratio.estimate:.3f} ({ratio.low:.3f} to {ratio.high:.3f})"
            )


if __name__ == "__main__":
    main()
