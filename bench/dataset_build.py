"""Time until the lab's rows are ready, each dataset by the byte, and against `pgbench -i`.

All run in turn, in changing order, on an embedded PostgreSQL in a temporary folder. Ours end with
all indexes and keys, statistics and all on disk; pgbench's, as many rows as there are products,
with its primary keys and its vacuum. What `ensure` does beyond that, reading the rows into memory,
is shown apart. Bytes are those of tables and indexes on disk.

    python bench/dataset_build.py [--rows 10_000_000] [--logs-rows 1_000_000] [--rounds 3]
"""

import argparse
import os
import platform
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from rowpath.lab.database import Database, connect
from rowpath.lab.database.embedded import embedded_postgresql
from rowpath.lab.database.programs import find_programs
from rowpath.lab.dataset import LOGS, PRODUCTS, READY, dataset_named, drop, ensure

PGBENCH = "pgbench"
PGBENCH_ROWS = 100_000  # a unit of pgbench's scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """One build: how long it took, and how much then was on disk."""

    duration_s: float
    size_bytes: int

    @property
    def mb_per_s(self) -> float:
        """Megabytes that were made in a second."""
        return self.size_bytes / 1e6 / self.duration_s


def main() -> None:
    """Run the rounds that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=PRODUCTS.default_rows)
    parser.add_argument("--logs-rows", type=int, default=LOGS.default_rows)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    rows = {
        PRODUCTS.name: options.rows,
        LOGS.name: options.logs_rows,
        PGBENCH: options.rows // PGBENCH_ROWS * PGBENCH_ROWS,
    }
    with tempfile.TemporaryDirectory(prefix="rowpath-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as another user when we are root
        with embedded_postgresql(folder) as database:
            describe(database, rows)
            summarize(measure(database, rows, options.rounds))


def describe(database: Database, rows: Mapping[str, int]) -> None:
    """Print what the figures hold for."""
    print(f"{database.description}, {os.cpu_count()} cores, {platform.platform()}")
    sizes = ", ".join(f"{way} {count:,} rows" for way, count in rows.items())
    print(f"Python {platform.python_version()}, {sizes}, load {os.getloadavg()[0]:.2f}")


def measure(database: Database, rows: Mapping[str, int], rounds: int) -> dict[str, list[Build]]:
    """Build in every way in every round, and print each time."""
    builds: dict[str, list[Build]] = {way: [] for way in rows}
    for number in range(rounds):
        for way in sorted(rows, reverse=number % 2 == 0):
            clear(database)
            if way == PGBENCH:
                build = build_pgbench(database, rows[way])
            else:
                build = build_ours(database, way, rows[way])
            builds[way].append(build)
            print(
                f"round {number + 1}: {way} {build.duration_s:.1f} s, "
                f"{build.size_bytes / 1e6:,.0f} MB, {build.mb_per_s:.1f} MB/s",
                flush=True,
            )
    return builds


def summarize(builds: Mapping[str, list[Build]]) -> None:
    """Print each way's median and the ratios within the rounds."""
    for way, built in builds.items():
        duration_s = statistics.median(build.duration_s for build in built)
        speed = statistics.median(build.mb_per_s for build in built)
        print(f"{way}: median {duration_s:.1f} s, {speed:.1f} MB/s")
    products, logs, pgbench = (builds[way] for way in (PRODUCTS.name, LOGS.name, PGBENCH))
    pairs = zip(products, pgbench, strict=True)
    show("time of products / pgbench", [a.duration_s / b.duration_s for a, b in pairs])
    pairs = zip(logs, products, strict=True)
    show("MB/s of logs / products", [a.mb_per_s / b.mb_per_s for a, b in pairs])


def show(what: str, ratios: list[float]) -> None:
    """Print the rounds' ratios and their median."""
    each = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    print(f"{what}: {each}, median {statistics.median(ratios):.2f}")


def clear(database: Database) -> None:
    """Leave nothing there, and nothing to write."""
    pgbench(database, "--init-steps=d")
    drop(database)
    with connect(database.dsn) as connection:
        connection.execute("CHECKPOINT")


def build_ours(database: Database, name: str, rows: int) -> Build:
    """Build a dataset of the lab's; its time is that until it has its statistics."""
    reached_s = {}

    def note(text: str) -> None:
        reached_s[text] = time.perf_counter()

    began_s = time.perf_counter()
    record = ensure(database, dataset_named(name), rows=rows, seed=1, report=note)
    print(f"  (and {time.perf_counter() - reached_s[READY]:.1f} s to read it into memory)")
    return Build(duration_s=reached_s[READY] - began_s, size_bytes=record.size_bytes)


def build_pgbench(database: Database, rows: int) -> Build:
    """Build the accounts of pgbench with all of its default steps."""
    began_s = time.perf_counter()
    pgbench(database, f"--scale={max(1, rows // PGBENCH_ROWS)}")
    duration_s = time.perf_counter() - began_s
    with connect(database.dsn) as connection:
        size = connection.execute(
            "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relname LIKE 'pgbench%' "
            "AND relkind = 'r'"
        ).fetchone()
    return Build(duration_s=duration_s, size_bytes=int(size[0]) if size else 0)


def pgbench(database: Database, option: str) -> None:
    """Let pgbench make its tables, or as many of its steps as `option` says."""
    parameters = conninfo_to_dict(database.dsn)
    command = [find_programs().path("pgbench"), "--initialize", "--quiet", option]
    command += [f"--host={parameters['host']}", f"--username={parameters['user']}"]
    subprocess.run([*command, str(parameters["dbname"])], check=True, capture_output=True)


if __name__ == "__main__":
    main()
