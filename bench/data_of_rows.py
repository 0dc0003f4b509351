"""A serializer's data of instances that are there: FastSerializer against DRF's own.

Each round makes, in changing order and in one process, the data of the same instances by both, in
CPU time. No database is asked: the instances are the lab's products, made beforehand. Told is DRF's
time over FastSerializer's, with its interval as in the lab.

    python bench/data_of_rows.py [--rows 1 25 100 1_000] [--rounds 40]
"""

import argparse
import os
import platform
import random
import sys
import time
from collections.abc import Callable
from typing import Any

from rowpath.stats.ratio import ratio_interval

Step = Callable[[], object]
SHORTEST_S = 0.02  # of one timing: shorter steps are repeated


def main() -> None:
    """Run the rounds that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[1, 25, 100, 1_000])
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()

    from django.conf import settings  # noqa: PLC0415 - before what reads it

    settings.configure(INSTALLED_APPS=["rowpath.lab.apps.django"], USE_TZ=True, TIME_ZONE="UTC")
    import django  # noqa: PLC0415

    django.setup()
    print(f"Python {platform.python_version()}, Django {django.get_version()}, ", end="")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}")
    for rows in options.rows:
        for name, theirs, ours in pairs(rows):
            if theirs() != ours():
                sys.exit(f"Cannot compare {name}: the data differ.")
            told(f"{rows:>6,} {name}", theirs, ours, options.rounds)


def pairs(count: int) -> list[tuple[str, Step, Step]]:
    """Return what is compared of `count` products: its name, DRF's and ours."""
    from products import WithMethods, products  # noqa: PLC0415
    from rowpath.fast.drf import FastSerializer  # noqa: PLC0415
    from rowpath.lab.apps.django.models import Product  # noqa: PLC0415
    from rowpath.lab.apps.django.serializers import ProductSerializer  # noqa: PLC0415

    class Renaming:
        """Renames a field in a to_representation() of its own, which calls super."""

        def to_representation(self, instance: Product) -> Any:  # noqa: ANN401 - DRF's
            data = super().to_representation(instance)  # type: ignore[misc] # the next base's
            data["created"] = data.pop("time_created")
            return data

    made = products(count)

    def data(serializer_class: Any) -> Step:  # noqa: ANN401 - DRF's classes are generic
        if count == 1:
            return lambda: serializer_class(made[0]).data
        return lambda: serializer_class(made, many=True).data

    def pair(name: str, *bases: type) -> tuple[str, Step, Step]:
        *before, last = bases
        fast = type("Fast", (*before, FastSerializer, last), {"__module__": __name__})
        fast.__qualname__ = name  # by which it is found, as a class in a module is
        globals()[name] = fast
        return name, data(type("Plain", bases, {})), data(fast)

    return [
        pair("seven fields", ProductSerializer),
        pair("eight fields, two methods", WithMethods),
        pair("seven fields, to_representation()", Renaming, ProductSerializer),
    ]


def told(name: str, theirs: Step, ours: Step, rounds: int) -> None:
    """Time both in turn, and print DRF's time over ours."""
    steps = {"theirs": theirs, "ours": ours}
    times: dict[str, list[float]] = {"theirs": [], "ours": []}
    repeats = {name: max(1, round(SHORTEST_S / timed(step, 1))) for name, step in steps.items()}
    for _ in range(rounds):
        for which in random.sample([*steps], 2):
            times[which].append(timed(steps[which], repeats[which]))
    ratio = ratio_interval(times["theirs"], times["ours"])
    if ratio is None:
        sys.exit(f"Cannot tell a ratio from {rounds} rounds. Give --rounds 6 or more.")
    least = {which: min(found) * 1e3 for which, found in times.items()}
    print(
        f"{name}: {ratio.estimate:.2f} ({ratio.low:.2f} to {ratio.high:.2f}), "
        f"at best {least['theirs']:.3f} and {least['ours']:.3f} ms"
    )


def timed(step: Step, repeats: int) -> float:
    """Return the CPU time of a step in seconds."""
    start = time.process_time()
    for _ in range(repeats):
        step()
    return (time.process_time() - start) / repeats


if __name__ == "__main__":
    main()
