"""From the page's queryset to the bytes, against the least that PostgreSQL and libpq need.

Each round runs, in changing order and in one process: the floor (PostgreSQL runs the same
statement, prepared, and libpq has the binary rows), the encoder alone on rows that are there, the
fast path from the page's queryset to the bytes, DRF's own from the same queryset, and two whole
requests whose list falls back: by the view with the mixin, and by the same view without. The lab's
products, one connection, no HTTP. Told is the ratio of times with its interval, as in the lab.

With --stream, the same floor against a StreamingList of that many rows whose pieces are taken one
by one, and before it by how much the process grew while it streamed.

    python bench/fast_path.py [--rows 1_000_000] [--sizes 100 1_000 10_000 100_000] [--rounds 15]
                              [--stream 1_000_000] [--steps "falls back" "plain DRF"]
"""

import argparse
import gc
import os
import platform
import random
import time
from collections.abc import Callable, Mapping
from statistics import median

from rowpath.lab.apps.settings import AppSettings
from rowpath.lab.conditions import CONTROLLED
from rowpath.lab.database import open_database
from rowpath.lab.dataset import PRODUCTS, ensure
from rowpath.stats.ratio import ratio_interval

Step = Callable[[], object]
Clock = Callable[[], float]
SHORTEST_S = 0.02  # of one timing: shorter steps are repeated
PAIRS = (
    ("fast path", "floor"),
    ("streamed", "floor"),
    ("encoder", "floor"),
    ("DRF", "fast path"),
    ("falls back", "plain DRF"),
)


def main() -> None:
    """Run the rounds that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=PRODUCTS.default_rows)
    parser.add_argument("--sizes", type=int, nargs="*", default=[100, 1_000, 10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--stream", type=int, default=0)
    parser.add_argument("--steps", nargs="+", help="Only these. [default: all]")
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
        from fast_path_steps import grown_mib, steps, streaming_steps  # noqa: PLC0415 - its models

        # First, while the process is small.
        if options.stream:
            print(f"streaming grew the process by {grown_mib(options.stream):.1f} MiB")
            tell(options.stream, measured(streaming_steps(options.stream), options.rounds))
        for size in options.sizes:
            all_steps = steps(size)
            chosen = {name: all_steps[name] for name in options.steps or all_steps}
            tell(size, measured(chosen, options.rounds))


def measured(
    steps: Mapping[str, Step], rounds: int, clock: Clock = time.perf_counter
) -> dict[str, list[float]]:
    """Return the seconds of each step in each round; the first round warms up."""
    times: dict[str, list[float]] = {name: [] for name in steps}
    once = {name: timed(step, 1, clock) for name, step in steps.items()}
    repeats = {name: max(1, round(SHORTEST_S / took)) for name, took in once.items()}
    for _ in range(rounds):
        for name in random.sample(sorted(steps), len(steps)):
            times[name].append(timed(steps[name], repeats[name], clock))
    return times


def timed(step: Step, repeats: int, clock: Clock) -> float:
    """Return the seconds that one run of `step` takes; one before them warms up."""
    step()
    gc.collect()
    began = clock()
    for _ in range(repeats):
        step()
    return (clock() - began) / repeats


def tell(size: int, times: Mapping[str, list[float]]) -> None:
    """Print each step's median and the ratios that are asked for."""
    each = ", ".join(f"{name} {median(took) * 1e3:.2f} ms" for name, took in times.items())
    print(f"{size:,} rows: {each}")
    for left, right in (pair for pair in PAIRS if times.keys() >= set(pair)):
        if (ratio := ratio_interval(times[left], times[right])) is not None:
            print(
                f"    {left} / {right}: {ratio.estimate:.3f} ({ratio.low:.3f} to {ratio.high:.3f})"
            )


if __name__ == "__main__":
    main()
