"""Room on a disk, asked for before it is needed."""

import shutil
from pathlib import Path

from rowpath.errors import DiskError

UNIT = 1024


def require_room(folder: Path, needed_bytes: int, *, what: str, remedy: str) -> None:
    """DiskError when the disk of `folder` has less than `needed_bytes` free for `what`."""
    free_bytes = shutil.disk_usage(folder).free
    if free_bytes < needed_bytes:
        raise DiskError(
            f"Cannot {what}: it needs {human_size(needed_bytes)} ({needed_bytes:,} bytes) in "
            f"{folder}, and {human_size(free_bytes)} ({free_bytes:,} bytes) are free. {remedy}"
        )


def human_size(size_bytes: int) -> str:
    """Return the size in the largest unit of which it holds one."""
    size = float(size_bytes)
    for unit in ("bytes", "KiB", "MiB"):
        if size < UNIT:
            return f"{size:.4g} {unit}"
        size /= UNIT
    return f"{size:,.1f} GiB"
