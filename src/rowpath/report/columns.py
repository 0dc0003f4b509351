"""The columns of a group at one size: which there are, in which order, and what leads.

What a group measures decides, here and nowhere else. A new column is a line of `_of_time` beside
the column itself; a group that measures another quantity is a function beside `_of_time`, chosen
in `columns`.
"""

from collections.abc import Iterator
from dataclasses import replace
from statistics import median

from rowpath.lab.experiment import Figure
from rowpath.lab.record import GroupRecord, VariantRecord
from rowpath.report import endings, figures
from rowpath.report.layout import Line, SizePart
from rowpath.report.tables import (
    Align,
    Aside,
    BadEnd,
    Below,
    Cell,
    Column,
    GivenVerdict,
    Header,
    Measured,
    Name,
    Room,
    Stacked,
    TooFewBlocks,
    Verdicts,
)

MIB = 1 << 20
RANGE = "95% range"
_NO_FIGURE = Stacked(texts=(figures.NOTHING,))


def columns(part: SizePart) -> tuple[Column[Line], ...]:
    """Return the columns in their order: the variant, what the group is first about, the rest."""
    measured = _of_time(part) if part.group.compares == "time" else _of_load(part)
    leading_first = sorted(measured, key=lambda each: not each.leads)
    return (_VARIANT, *leading_first)


def _of_time(part: SizePart) -> Iterator[Column[Line]]:
    """Yield what there is to say of requests that were timed one after the other."""
    yield _time(part)
    yield _ratio(part)
    yield _BYTES
    traced = any(figures.is_traced(line.variant) for line in part.lines)
    if traced:
        yield _STATEMENTS
        yield _SQL_TIME
    if any(line.variant.sql_connections > 1 for line in part.lines):
        yield _CONNECTIONS
    if any(line.variant.cache_workers for line in part.lines):
        yield _CACHE_WORKERS
    yield _CPU
    if traced:
        yield _memory(part)
    if _is_told(part):
        yield _TALK
    if any(line.claims for line in part.lines):
        yield _verdict(part)


def _of_load(part: SizePart) -> Iterator[Column[Line]]:
    """Yield what there is to say of many requests at once: of users, or of those that arrive."""
    if part.group.compares == figures.THROUGHPUT:
        yield _RATE
        yield _ratio(part)
        yield _MEDIAN_LATENCY
        yield _P95_LATENCY
    else:
        yield _P95_LATENCY_RANGED
        yield _ratio(part)
        yield _MEDIAN_LATENCY
    yield _CPU
    yield _WORKERS_MEMORY
    if any(line.variant.cache_workers for line in part.lines):
        yield replace(_CACHE_WORKERS, below=Below(column=_CPU.key, wide=True))
    yield _BYTES
    yield replace(_STATEMENTS, below=Below(column=_BYTES.key, wide=True))
    if any(line.variant.sql_connections > 1 for line in part.lines):
        yield replace(_CONNECTIONS, below=Below(column=_BYTES.key, wide=True))
    if _is_told(part):
        yield _TALK
    if any(line.claims for line in part.lines):
        yield _verdict(part)


def _is_told(part: SizePart) -> bool:
    return any(figures.told(line.variant) for line in part.lines)


_VARIANT: Column[Line] = Column(
    key="variant",
    header=Header(title="Variant", short="variant"),
    cell=lambda line: Name(text=figures.printable(line.variant.name)),
    align=Align.TEXT,
    room=Room(narrow=17, wide=20),
)


def _time(part: SizePart) -> Column[Line]:
    return Column(
        key="time",
        header=Header(title="Time", short="time", detail=RANGE),
        cell=lambda line: _time_cell(line.variant),
        align=Align.RANGED,
        room=Room(narrow=9, wide=20),
        leads=part.leads(Figure.TIME),
    )


def _time_cell(variant: VariantRecord) -> Cell:
    seen = figures.time_seen(variant)
    if seen is None:
        return _NO_FIGURE
    return Measured(value=figures.time(seen), note=figures.time_note(variant))


def _ratio(part: SizePart) -> Column[Line]:
    baseline = figures.printable(part.group.baseline)
    return Column(
        key="ratio",
        header=Header(title=f"Relative to {baseline}", short="ratio", detail=RANGE),
        cell=_ratio_cell,
        align=Align.RANGED,
        room=Room(narrow=9, wide=19),
    )


def _ratio_cell(line: Line) -> Cell:
    ended = endings.word(line.variant)
    if ended is not None:
        return BadEnd(word=ended)
    if line.is_baseline:
        return Aside(text="baseline")
    if line.comparison is None:
        return Stacked(texts=())
    ratio = line.comparison.ratio
    if ratio is None:
        return TooFewBlocks(blocks=line.comparison.blocks)
    return Measured(value=figures.ratio(ratio.estimate), note=figures.ratio_range(ratio))


_RATE: Column[Line] = Column(
    key="rate",
    header=Header(title="Requests per second", short="req/s", detail=RANGE),
    cell=lambda line: _rate_cell(line.variant),
    align=Align.RANGED,
    room=Room(narrow=9, wide=20),
    leads=True,
)


def _rate_cell(variant: VariantRecord) -> Cell:
    seen = figures.figure_of(variant, figures.THROUGHPUT)
    if seen is None or variant.outcome is not None:
        return _NO_FIGURE
    if seen.over_blocks is None:
        return Measured(value=figures.rate(median(seen.blocks)), note="no interval")
    return Measured(
        value=figures.rate(seen.over_blocks.median), note=figures.rate_range(seen.over_blocks)
    )


def _latency_cell(variant: VariantRecord, quantity: str) -> Cell:
    seen = figures.figure_of(variant, quantity)
    if seen is None:
        return _NO_FIGURE
    return Stacked(texts=(figures.time(median(seen.blocks) * 1000),))


_MEDIAN_LATENCY: Column[Line] = Column(
    key="p50",
    header=Header(title="Median latency", short="p50"),
    cell=lambda line: _latency_cell(line.variant, "p50"),
    room=Room(narrow=7, wide=8),
)
_P95_LATENCY: Column[Line] = Column(
    key="p95",
    header=Header(title="95% are faster", short="p95"),
    cell=lambda line: _latency_cell(line.variant, "p95"),
    room=Room(narrow=7, wide=8),
    below=Below(column=_MEDIAN_LATENCY.key, wide=True),
)
_P95_LATENCY_RANGED: Column[Line] = Column(
    key="p95",
    header=Header(title="95% are faster", short="p95", detail=RANGE),
    cell=lambda line: _ranged_latency_cell(line.variant),
    align=Align.RANGED,
    room=Room(narrow=9, wide=20),
    leads=True,
)


def _ranged_latency_cell(variant: VariantRecord) -> Cell:
    seen = figures.latency_ms(variant, "p95")
    if seen is None or variant.outcome is not None:
        return _latency_cell(variant, "p95")
    return Measured(value=figures.time(seen.median), note=figures.time_range(seen))


_BYTES: Column[Line] = Column(
    key="bytes",
    header=Header(title="Bytes", short="bytes", detail="gzip"),
    cell=lambda line: Stacked(texts=figures.answer_sizes(line.variant)),
    room=Room(narrow=7, wide=7),
)
_STATEMENTS: Column[Line] = Column(
    key="statements",
    header=Header(title="SQL statements", short="SQL"),
    cell=lambda line: Stacked(texts=figures.statements(line.variant)),
    room=Room(narrow=8, wide=8),
)
_SQL_TIME: Column[Line] = Column(
    key="sql-time",
    header=Header(title="SQL time", short="time"),
    cell=lambda line: Stacked(texts=(figures.sql_time(line.variant),)),
    below=Below(column=_STATEMENTS.key, wide=True),
)
_CONNECTIONS: Column[Line] = Column(
    key="connections",
    header=Header(title="PostgreSQL connections", short="over", detail="at once"),
    cell=lambda line: Stacked(texts=figures.connections(line.variant)),
    below=Below(column=_STATEMENTS.key, wide=True),
)
_CACHE_WORKERS: Column[Line] = Column(
    key="cache-workers",
    header=Header(title="Pages made, by each worker", short="made", detail="hits"),
    cell=lambda line: Stacked(texts=figures.cache_workers(line.variant)),
    room=Room(narrow=9, wide=9),
)
_CPU: Column[Line] = Column(
    key="cpu",
    header=Header(title="CPU", short="CPU"),
    cell=lambda line: _cpu_cell(line.variant),
    room=Room(narrow=7, wide=7),
)


def _cpu_cell(variant: VariantRecord) -> Cell:
    used = variant.cpu_ms
    return _NO_FIGURE if used is None else Stacked(texts=(figures.time(used),))


def _memory(part: SizePart) -> Column[Line]:
    leads = part.leads(Figure.MEMORY)
    # Beside the talk's figures a terminal has no room for another column.
    crowded = _is_told(part) and not leads
    return Column(
        key="memory",
        header=Header(title="Peak memory", short="peak", detail="added"),
        cell=lambda line: Stacked(texts=figures.memory_figures(line.variant)),
        room=Room(narrow=8, wide=8),
        below=Below(column=_CPU.key, wide=True) if crowded else None,
        leads=leads,
    )


_WORKERS_MEMORY: Column[Line] = Column(
    key="workers-memory",
    header=Header(title="Workers' peak memory", short="peak"),
    cell=lambda line: _workers_memory_cell(line.variant),
    below=Below(column=_CPU.key, wide=True),
)


def _workers_memory_cell(variant: VariantRecord) -> Cell:
    seen = figures.figure_of(variant, "memory")
    if seen is None:
        return _NO_FIGURE
    return Stacked(texts=(figures.memory(median(seen.blocks) / MIB),))


_TALK: Column[Line] = Column(
    key="talk",
    header=Header(title="The talk", short="talk"),
    cell=lambda line: Stacked(texts=figures.told(line.variant)),
    room=Room(narrow=7, wide=7),
)


def _verdict(part: SizePart) -> Column[Line]:
    return Column(
        key="verdict",
        header=Header(title="Verdict", short="verdict"),
        cell=lambda line: _verdict_cell(line, part.group),
        align=Align.TEXT,
        below=Below(column=_VARIANT.key, wide=False),
    )


def _verdict_cell(line: Line, group: GroupRecord) -> Cell:
    return Verdicts(
        given=tuple(
            GivenVerdict(
                word=figures.printable(claim.verdict),
                against=_unless(claim.baseline, group.baseline),
                of="" if claim.quantity == group.compares else figures.quantity(claim.quantity),
            )
            for claim in line.claims
        )
    )


def _unless(name: str, usual: str) -> str:
    return "" if name == usual else figures.printable(name)
