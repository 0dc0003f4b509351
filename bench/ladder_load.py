"""Requests a second of every variant of the ladder with its worker kept busy, by wrk.

Each round starts the servers anew and asks every variant at every size, in a random order. Told are
the requests a second, and how many times more the fast list answers, with the interval that the
lab's ratios have. wrk is a program of its own: `apt-get install wrk`.

    python bench/ladder_load.py [--rows 10_000_000] [--sizes 100 1_000 10_000] [--rounds 6]
                                [--seconds 3] [--connections 2]
"""

import argparse
import os
import platform
import random
import re
import subprocess
from collections.abc import Sequence
from math import ceil
from statistics import median

from rowpath.lab.conditions import CONTROLLED
from rowpath.lab.database import open_database
from rowpath.lab.dataset import PRODUCTS, ensure
from rowpath.lab.experiments.ladder import LADDER
from rowpath.lab.folders import data_folder
from rowpath.lab.packages import package_versions
from rowpath.lab.plan import Cell
from rowpath.lab.servers.fleet import Site, fleet
from rowpath.stats.ratio import ratio_interval

OURS = "rowpath"
# wrk leaves out an answer that is not whole when its time is over: of so many, less than 3%.
LEAST_ANSWERS = 40

Rates = dict[str, list[float]]


def main() -> None:
    """Run the rounds that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=PRODUCTS.default_rows)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=2)
    options = parser.parse_args()
    rates: dict[int, Rates] = {size: {} for size in options.sizes}
    with open_database(None) as database:
        ensure(database, PRODUCTS, rows=options.rows, seed=1, report=print)
        print(f"{database.description}, {os.cpu_count()} cores, {platform.platform()}")
        print(f"Python {platform.python_version()}, load {os.getloadavg()[0]:.2f}")
        site = Site(dsn=database.dsn, logs=data_folder() / "logs")
        for _ in range(options.rounds):
            each = cells(options.sizes)
            with fleet(each, site) as servers:
                for cell in random.sample(each, len(each)):
                    url = f"{servers.server_for(cell).url}{cell.path}?rows={cell.rows}"
                    rate = requests_a_second(url, options.seconds, options.connections)
                    rates[cell.rows].setdefault(cell.variant.name, []).append(rate)
    for size, found in rates.items():
        tell(size, found)


def cells(sizes: Sequence[int]) -> list[Cell]:
    """Return what is asked for: each variant that can run here, at each size."""
    return [
        Cell(variant=variant, path=LADDER.path(variant), conditions=CONTROLLED, rows=size)
        for size in sizes
        for variant in LADDER.variants
        if variant.can_run(package_versions())
    ]


def requests_a_second(url: str, seconds: int, connections: int) -> float:
    """Return how many answers wrk gets from `url` in `seconds`, or longer where they are slow."""
    warming_up = wrk(url, 2, connections)
    return wrk(url, max(seconds, ceil(LEAST_ANSWERS / warming_up)), connections)


def wrk(url: str, seconds: int, connections: int) -> float:
    """Return the requests a second that wrk tells; no answer, or an error, ends the program."""
    load = ("wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", url)
    told = subprocess.run(load, check=True, capture_output=True, text=True).stdout
    rate = float((re.search(r"Requests/sec:\s+([\d.]+)", told) or ["", "0"])[1])
    if rate == 0 or "Non-2xx" in told or "Socket errors" in told:
        raise SystemExit(f"Cannot measure {url}: wrk says\n{told}")
    return rate


def tell(size: int, rates: Rates) -> None:
    """Print what each variant answered, and how many times more the fast list did."""
    print(f"{size:,} rows")
    for name, found in sorted(rates.items(), key=lambda item: median(item[1])):
        line = f"    {name:14} {median(found):8.1f} requests/s"
        if name != OURS and (ratio := ratio_interval(rates[OURS], found)) is not None:
            line += f"; {OURS} {ratio.estimate:.3g} times ({ratio.low:.3g} to {ratio.high:.3g})"
        print(line)


if __name__ == "__main__":
    main()
