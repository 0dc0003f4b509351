"""What a page costs by where it is: OFFSET, the key of the page before, and the COUNT of all rows.

Each round asks for every page of the lab's products in changing order, 25 rows ordered by their
key, by one connection; told are the medians, and the ratio to the first page with its interval as
in the lab.

    python bench/late_pages.py [--rows 10_000_000] [--rounds 15]
"""

import argparse
import os
import platform
import random
from statistics import median
from time import perf_counter

import psycopg

from rowpath.lab.database import connect, open_database
from rowpath.lab.dataset import PRODUCTS, ensure
from rowpath.lab.schema import SCHEMA
from rowpath.stats.ratio import ratio_interval

PAGE = 25
FIRST, COUNT = "the first page", "the COUNT of all rows"
_SELECT = "SELECT * FROM product {where} ORDER BY id LIMIT %(page)s {offset}"


def main() -> None:
    """Run the rounds that the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=PRODUCTS.default_rows)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    with open_database(None) as database:
        ensure(database, PRODUCTS, rows=options.rows, seed=1, report=print)
        print(f"{database.description}, {os.cpu_count()} cores, {platform.platform()}")
        print(f"load {os.getloadavg()[0]:.2f}, {options.rows:,} rows")
        with connect(database.dsn) as connection:
            connection.execute(f"SET search_path TO {SCHEMA}")
            tell(measured(connection, statements(options.rows), options.rounds))


def statements(rows: int) -> dict[str, tuple[str, dict[str, int]]]:
    """Return what is asked, by its name, with its parameters."""
    skipped = [one for one in (1_000, 100_000, 1_000_000, rows // 2) if one < rows]
    by_offset = _SELECT.format(where="", offset="OFFSET %(skipped)s")
    by_key = _SELECT.format(where="WHERE id > %(skipped)s", offset="")
    made = {FIRST: (by_offset, {"page": PAGE, "skipped": 0})}
    for one in dict.fromkeys(skipped):
        made[f"behind {one:,} rows by OFFSET"] = (by_offset, {"page": PAGE, "skipped": one})
    made[f"behind {skipped[-1]:,} rows by the key"] = (
        by_key,
        {"page": PAGE, "skipped": skipped[-1]},
    )
    made[COUNT] = ("SELECT count(*) FROM product", {})
    return made


def measured(
    connection: psycopg.Connection, asked: dict[str, tuple[str, dict[str, int]]], rounds: int
) -> dict[str, list[float]]:
    """Return the times of each in seconds."""
    times: dict[str, list[float]] = {name: [] for name in asked}
    for number in range(rounds + 1):
        for name in random.sample([*asked], len(asked)):
            text, params = asked[name]
            start = perf_counter()
            connection.execute(text, params).fetchall()
            if number:  # the first round reads from disk
                times[name].append(perf_counter() - start)
    return times


def tell(times: dict[str, list[float]]) -> None:
    """Print the medians, and the ratios to the first page."""
    for name, found in times.items():
        ratio = ratio_interval(found, times[FIRST])
        text = f"{ratio.estimate:,.3g} ({ratio.low:,.3g} to {ratio.high:,.3g})" if ratio else "-"
        print(f"{name}: {median(found) * 1000:,.2f} ms, {text} of the first page")


if __name__ == "__main__":
    main()
