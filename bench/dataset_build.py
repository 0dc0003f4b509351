"""Time until the lab's rows are ready, against `pgbench -i` with as many rows on the same server.

Both run in turn, in changing order, on an embedded PostgreSQL in a temporary folder. Ours ends
with two indexes, statistics and all on disk; pgbench's with its primary keys and its vacuum. What
`ensure` does beyond that, reading the rows into memory, is shown apart.

    python bench/dataset_build.py [--rows 10_000_000] [--rounds 3]
"""

import argparse
import os
import platform
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from rowpath.lab.database import Database, connect
from rowpath.lab.database.embedded import embedded_postgresql
from rowpath.lab.database.programs import find_programs
from rowpath.lab.dataset import READY, drop, ensure

PGBENCH_ROWS = 100_000  # a unit of pgbench's scale


def main() -> None:
    """Run the rounds that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rowpath-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as another user when we are root
        with embedded_postgresql(folder) as database:
            describe(database, options.rows)
            measure(database, options.rows, options.rounds)


def describe(database: Database, rows: int) -> None:
    """Print what the figures hold for."""
    print(f"{database.description}, {os.cpu_count()} cores, {platform.platform()}")
    print(f"Python {platform.python_version()}, {rows:,} rows, load {os.getloadavg()[0]:.2f}")


def measure(database: Database, rows: int, rounds: int) -> None:
    """Time both ways in every round, and print each time and the ratios."""
    ways = {"rowpath": build_ours, "pgbench": build_pgbench}
    times: dict[str, list[float]] = {way: [] for way in ways}
    for number in range(rounds):
        for way in sorted(ways, reverse=number % 2 == 0):
            times[way].append(timed(ways[way], database, rows))
            print(f"round {number + 1}: {way} {times[way][-1]:.1f} s", flush=True)
    pairs = zip(times["rowpath"], times["pgbench"], strict=True)
    ratios = [ours / theirs for ours, theirs in pairs]
    for way in ways:
        print(f"{way}: median {statistics.median(times[way]):.1f} s")
    print(f"rowpath / pgbench: {', '.join(f'{ratio:.2f}' for ratio in ratios)}, ", end="")
    print(f"median {statistics.median(ratios):.2f}")


def timed(build: Callable[[Database, int], float], database: Database, rows: int) -> float:
    """Return how long a build takes, in s, that begins with nothing there or left to write."""
    pgbench(database, "--init-steps=d")
    drop(database)
    with connect(database.dsn) as connection:
        connection.execute("CHECKPOINT")
    began_s = time.perf_counter()
    return build(database, rows) - began_s


def build_ours(database: Database, rows: int) -> float:
    """Build the lab's dataset; return when it had its statistics."""
    reached_s = {}

    def note(text: str) -> None:
        reached_s[text] = time.perf_counter()

    ensure(database, rows=rows, seed=1, report=note)
    print(f"  (and {time.perf_counter() - reached_s[READY]:.1f} s to read it into memory)")
    return reached_s[READY]


def build_pgbench(database: Database, rows: int) -> float:
    """Build the accounts of pgbench with all of its default steps; return when it was done."""
    pgbench(database, f"--scale={max(1, rows // PGBENCH_ROWS)}")
    return time.perf_counter()


def pgbench(database: Database, option: str) -> None:
    """Let pgbench make its tables, or as many of its steps as `option` says."""
    parameters = conninfo_to_dict(database.dsn)
    command = [find_programs().path("pgbench"), "--initialize", "--quiet", option]
    command += [f"--host={parameters['host']}", f"--username={parameters['user']}"]
    subprocess.run([*command, str(parameters["dbname"])], check=True, capture_output=True)


if __name__ == "__main__":
    main()
