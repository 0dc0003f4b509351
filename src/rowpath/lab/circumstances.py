"""Under which circumstances a run was made: what it was asked for, of which data, where and when.

Parts of its JSON file, as those of `record` are.
"""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetRecord:
    """What the database held: the rows' number, seed, form and checksum, and its size on disk.

    `rows` are those that it is sized by, `tables` has the rows of each table by its name.
    """

    name: str
    rows: int
    seed: int
    form: int
    checksum: str
    size_bytes: int
    built_s: float
    reused: bool
    tables: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentRecord:
    """Where a run was made. `settings` are the database's that bear on its speed."""

    cpu: str
    cores: int
    memory_bytes: int
    kernel: str
    python: str
    postgresql: str
    packages: dict[str, str]
    settings: dict[str, str]
    load_average: tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApartRecord:
    """An experiment that a run of the whole talk leaves out, and how it is run."""

    experiment: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRecord:
    """What a run was asked for: the experiments by name, and sizes in the place of their own.

    `apart` is what a run of the whole talk left out.
    """

    experiments: tuple[str, ...]
    sizes: tuple[int, ...]
    apart: tuple[ApartRecord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingRecord:
    """A part of a run: one command, and why it ended before the run was complete, if it did."""

    started_at: datetime
    duration_s: float
    stopped: str | None
