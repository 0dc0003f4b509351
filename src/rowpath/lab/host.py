"""The machine and the software that a run was made with."""

import os
import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from rowpath.lab.circumstances import EnvironmentRecord
from rowpath.lab.database import Database, connect

SETTINGS = (
    "effective_cache_size",
    "fsync",
    "jit",
    "max_parallel_workers_per_gather",
    "random_page_cost",
    "shared_buffers",
    "synchronous_commit",
    "work_mem",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """The machine as a reader knows it, and how busy it was."""

    cpu: str
    cores: int
    kernel: str
    python: str
    load_average: tuple[float, float, float]


def machine() -> Machine:
    """Return what this machine is, and its load average."""
    return Machine(
        cpu=_cpu_model(),
        cores=os.cpu_count() or 1,
        kernel=f"{platform.system()} {platform.release()}",
        python=f"{platform.python_implementation()} {platform.python_version()}",
        load_average=os.getloadavg(),
    )


def environment(database: Database | None, versions: Mapping[str, str]) -> EnvironmentRecord:
    """Return the environment of a run, on a database if it has one, with packages' `versions`."""
    postgresql, settings = ("no database", {}) if database is None else _database(database)
    here = machine()
    return EnvironmentRecord(
        cpu=here.cpu,
        cores=here.cores,
        memory_bytes=psutil.virtual_memory().total,
        kernel=here.kernel,
        python=here.python,
        postgresql=postgresql,
        packages=dict(versions),
        settings=settings,
        load_average=here.load_average,
    )


def _database(database: Database) -> tuple[str, dict[str, str]]:
    """Return a database's version and its settings that matter."""
    with connect(database.dsn) as connection:
        version = connection.execute("SHOW server_version").fetchone()
        settings = connection.execute(
            "SELECT name, current_setting(name) FROM pg_settings "
            "WHERE name = ANY(%s) ORDER BY name",
            [list(SETTINGS)],
        ).fetchall()
    return _version(version) + (", embedded" if database.embedded else ""), dict(settings)


def _version(row: tuple[str] | None) -> str:
    return row[0].split()[0] if row else "unknown"


def _cpu_model() -> str:
    if sys.platform == "linux":
        for line in (
            Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
        ):
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
