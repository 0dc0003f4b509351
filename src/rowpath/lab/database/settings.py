"""How the embedded server is set: for one user who loads much, then reads; the planner as it is."""

from collections.abc import Mapping
from pathlib import Path

import psutil

MIB = 2**20
CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")
PRELOADED = "pg_stat_statements"


def settings_for(memory_bytes: int, *, statements: bool) -> Mapping[str, str]:
    """Return the settings for a machine with that much memory.

    `statements` says that pg_stat_statements can be loaded.
    """
    buffers_mib = max(128, min(memory_bytes // 4, 4096 * MIB) // MIB)
    maintenance_mib = max(64, min(memory_bytes // 16, 1024 * MIB) // MIB)
    settings = {
        "listen_addresses": "",
        "timezone": "UTC",
        "shared_buffers": f"{buffers_mib}MB",
        "work_mem": "64MB",
        "maintenance_work_mem": f"{maintenance_mib}MB",
        # A COPY into a table of its own transaction is then not written to the log at all.
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_wal_size": "4GB",
        # No checkpoint shall fall into what is measured.
        "checkpoint_timeout": "30min",
        # A crash may lose the last commits, never a part of one.
        "synchronous_commit": "off",
        # Compiling a plan costs more than it brings where answers are small, and it is noise.
        "jit": "off",
        "track_io_timing": "on",
    }
    if statements:
        settings["shared_preload_libraries"] = PRELOADED
    return settings


def memory_bytes() -> int:
    """Return the memory that we may use: the machine's, or a container's limit below it."""
    total: int = psutil.virtual_memory().total
    try:
        limit = CGROUP_LIMIT.read_text().strip()
    except OSError:  # no such group of processes, or no such kernel
        return total
    return min(total, int(limit)) if limit.isdigit() else total
