"""Packages that stand around lists, or change them, in a project with the mixin and without.

Each is installed in a venv of its own and runs in a project of its own on an embedded PostgreSQL
(bench/peer_packages_setup.py says how it is set up). Forty lists are asked with FastListMixin and
without: unpaginated, by number, by cursor, filtered, again, with the query log, in a transaction,
after changes. Status, headers and body must be the same, and a package that notes statements must
have seen as many. Prints a table, and what differs; the exit code is then 1. It takes about five
minutes.

    python bench/peer_packages.py [--package django-silk ...]
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier

from peer_packages_setup import PACKAGES, Package
from rowpath.lab.database import Database, connect
from rowpath.lab.database.embedded import embedded_postgresql
from scratch_venv import make_venv

PROJECT = Path(__file__).with_name("peer_packages_project.py")
TIMEOUT_S = 180.0
SHOWN = 4  # differences of a package that are printed


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How a package's lists were answered, how often each way, and what differed from DRF."""

    answers: Mapping[str, int]
    differences: tuple[str, ...]


def main() -> None:
    """Try the packages that the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--package", nargs="+", choices=PACKAGES, default=list(PACKAGES))
    options = parser.parse_args()
    results: dict[str, Result] = {}
    with tempfile.TemporaryDirectory(prefix="rowpath-peers-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as another user when we are root
        print("| package | its lists were answered | differ |\n|---|---|---|")
        with embedded_postgresql(folder) as database:
            for number, package in enumerate(options.package):
                result = tried(package, PACKAGES[package], database, folder / f"venv-{number}")
                results[package] = result
                ways = ", ".join(f"{way} ({count})" for way, count in result.answers.items())
                print(f"| {package} | {ways} | {len(result.differences)} |", flush=True)
    differing = {name: result.differences for name, result in results.items() if result.differences}
    print("" if differing else "\nNothing differs.")
    for name, differences in differing.items():
        more = [f"... and {len(differences) - SHOWN} more"] if len(differences) > SHOWN else []
        print(name, *differences[:SHOWN], *more, sep="\n    ")
    sys.exit(1 if differing else 0)


def tried(name: str, package: Package, database: Database, folder: Path) -> Result:
    """Install the package and ask its project's lists, in a database of its own."""
    python = make_venv(folder, package.needs)
    with connect(database.dsn) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(folder.name)))
    place = conninfo_to_dict(database.dsn)
    program = [str(python), str(PROJECT), name, str(place["host"]), str(place["user"]), folder.name]
    ended = subprocess.run(program, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    if ended.returncode:
        last = (ended.stderr.strip().splitlines() or ["nothing"])[-1]
        return Result(answers={}, differences=(f"its project ended with: {last}",))
    told = json.loads(ended.stdout.splitlines()[-1])
    return Result(answers=told["answers"], differences=tuple(told["differences"]))


if __name__ == "__main__":
    main()
