"""A race: ratios with their intervals, the time of every block in order, and all times there were.

Each chart has a row for each entrant, so that names stand in the same place in all of them and 26
entrants need no 26 colours. Those that the race tests itself by are grey.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, log
from statistics import median

import altair as alt

from rowpath.lab.measures import TIME
from rowpath.lab.plan import SLOWED_BY, Control
from rowpath.lab.race.record import EntrantRecord, RaceControlRecord, RaceRun
from rowpath.lab.race.values import CALL
from rowpath.report import figures
from rowpath.report.charts.drawing import BAND_PX, Chart, axis_of, finished
from rowpath.report.charts.scale import RATIO_LABEL, TIME_LABEL, even_ticks, extent, ticks
from rowpath.stats.interval import Interval

_COLOURS = ("controlled", "talk")
"""Of the page's: what takes part, and what the race tests itself by."""
_BLOCK_PX = 4
"""What a block takes of a row's height, where rows of the usual height are too low."""
_BINS = 60
_NARROW = 4.0
"""Below so large a factor between its ends, a scale is told in even steps."""
_MARGIN = 0.04
_FAINTEST = 0.12
_LONGEST_NAME = 20
"""So many characters leave a phone room for a drawing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """What was timed under a name, block by block, and its ratio to the first if it has one.

    `values_ms` is what each block counts as.
    """

    name: str
    kind: str
    blocks: tuple[tuple[float, ...], ...]
    values_ms: tuple[float, ...]
    ratio: Interval | None


def race_charts(run: RaceRun) -> tuple[Chart, ...]:
    """Return the charts of what was measured; none of what was not."""
    rows = tuple(_rows(run))
    in_order = _in_order(rows, run.comparisons[0].quantity)
    drawn = (_ratios(run, rows), in_order, _spread(rows, _timed(run)))
    return tuple(chart for chart in drawn if chart is not None)


def _rows(run: RaceRun) -> Iterator[_Row]:
    ratios = {each.variant: each.ratio for each in run.comparisons}
    for entrant in run.entrants:
        yield _Row(
            name=_short(entrant.name),
            kind="entrant",
            blocks=entrant.samples_ms,
            values_ms=_values_ms(entrant),
            ratio=ratios.get(entrant.name),
        )
    words = {Control.CLONE: "once more", Control.SLOWED: f"and {SLOWED_BY:.0%} more"}
    for control in run.controls:
        yield _Row(
            name=f"{_short(run.entrants[0].name)}\n{words[Control(control.kind)]}",
            kind="control",
            blocks=control.samples_ms,
            values_ms=_values_ms(control),
            ratio=control.ratio,
        )


def _values_ms(record: EntrantRecord | RaceControlRecord) -> tuple[float, ...]:
    return record.values_ms or tuple(median(block) for block in record.samples_ms)


def _short(name: str) -> str:
    """Return a name, in two lines where it is long."""
    shown = figures.printable(name)
    half = _LONGEST_NAME - 1
    if len(shown) <= _LONGEST_NAME:
        return shown
    return f"{shown[:half]}\n{shown[half:]}"


def _ratios(run: RaceRun, rows: Sequence[_Row]) -> Chart | None:
    seen = [(row, row.ratio) for row in rows if row.ratio is not None]
    if not seen:
        return None
    baseline = figures.printable(run.entrants[0].name)
    band = (1 / (1 + run.null_band), 1 + run.null_band)
    ends = [end for _, ratio in seen for end in (ratio.low, ratio.high)]
    scale = _scale([*ends, *band], label=RATIO_LABEL)
    x = scale.axis(
        "value", f"times {_shortened(baseline)}'s; left of \N{MULTIPLICATION SIGN}1 is faster"
    )
    data = alt.InlineData(
        values=[
            {
                "row": row.name,
                "kind": row.kind,
                "value": ratio.estimate,
                "low": ratio.low,
                "high": ratio.high,
                "figure": f"{figures.ratio(ratio.estimate)} ({figures.ratio_range(ratio)})",
            }
            for row, ratio in seen
        ]
    )
    y = axis_of([row.name for row, _ in seen])
    tooltip = [alt.Tooltip("row:N", title="who"), alt.Tooltip("figure:N", title="ratio")]
    alike = alt.InlineData(values=[{"value": band[0], "to": band[1]}])
    chart = alt.layer(
        alt.Chart(alike).mark_rect(opacity=0.18).encode(x=x, x2="to:Q"),
        alt.Chart(alt.InlineData(values=[{"value": 1.0}]))
        .mark_rule(strokeDash=[4, 3])
        .encode(x="value:Q"),
        alt.Chart(data)
        .mark_rule(strokeWidth=2.5, strokeCap="round")
        .encode(x="low:Q", x2="high:Q", y=y, color=_colour()),
        alt.Chart(data)
        .mark_point(filled=True, size=80, opacity=1)
        .encode(x=x, y=y, color=_colour(), tooltip=tooltip),
    )
    told = "; ".join(
        f"{_words(row)} {figures.ratio(ratio.estimate)} ({figures.ratio_range(ratio)})"
        for row, ratio in seen
    )
    description = f"Time relative to {baseline}, with 95% intervals; below 1 is faster. {told}."
    spec = finished(chart, height=BAND_PX * len(seen), colours=_COLOURS, description=description)
    more = f"with a delay of {SLOWED_BY:.0%}, which must be found"
    if run.users > 1:
        more = f"with each answer counted as {SLOWED_BY:.0%} more, without a delay"
    note = (
        "The shaded band is what identical endpoints may differ by here: an interval that lies "
        f"wholly beyond it is a difference. Grey is {baseline} itself, measured once more, and "
        f"{more}."
    )
    title = f"Time relative to {baseline}"
    return Chart(title=title, description=description, spec=spec, notes=(note,), leads=True)


def _in_order(rows: Sequence[_Row], quantity: str) -> Chart | None:
    seen = [row for row in rows if row.blocks]
    if not seen:
        return None
    scale = _scale((value for row in seen for value in row.values_ms), label=TIME_LABEL)
    counted = "median time" if quantity == TIME.name else quantity
    values = [
        {
            "row": row.name,
            "kind": row.kind,
            "block": number,
            "value": value,
            "figure": figures.time(value),
        }
        for row in seen
        for number, value in enumerate(row.values_ms, start=1)
    ]
    most = max(len(row.blocks) for row in seen)
    each_px = max(BAND_PX, _BLOCK_PX * most + 8)
    chart = (
        alt.Chart(alt.InlineData(values=values))
        .mark_point(filled=True, size=24 if most > BAND_PX // _BLOCK_PX else 40, opacity=1)
        .encode(
            x=scale.axis("value", f"{counted} in a block"),
            y=axis_of([row.name for row in seen]),
            yOffset=alt.YOffset(
                "block:O",
                sort=None,
                scale=alt.Scale(domain=list(range(1, most + 1)), paddingOuter=0.6),
            ),
            color=_colour(),
            tooltip=[
                alt.Tooltip("row:N", title="who"),
                alt.Tooltip("block:O", title="block"),
                alt.Tooltip("figure:N", title=counted),
            ],
        )
    )
    told = "; ".join(
        f"{_words(row)} {figures.time(min(row.values_ms))} to {figures.time(max(row.values_ms))}"
        for row in seen
    )
    description = f"The {counted} in every block, in order from top to bottom. {told}."
    spec = finished(chart, height=each_px * len(seen), colours=_COLOURS, description=description)
    note = (
        "In each row the first block stands at the top and the last at the bottom: what drifts or "
        "jumps in all rows alike was the machine, or a server that they share."
    )
    return Chart(title="Every block, in order", description=description, spec=spec, notes=(note,))


def _timed(run: RaceRun) -> str:
    return "call" if run.entrants[0].method == CALL else "request"


def _spread(rows: Sequence[_Row], timed: str) -> Chart | None:
    seen = [row for row in rows if row.kind == "entrant" and row.blocks]
    samples = {row.name: sorted(time for block in row.blocks for time in block) for row in seen}
    if not samples:
        return None
    scale = _scale((end for each in samples.values() for end in (each[0], each[-1])), TIME_LABEL)
    values = [
        {"row": name, "kind": "entrant", **part}
        for name, times in samples.items()
        for part in _parts(times, scale)
    ]
    chart = (
        alt.Chart(alt.InlineData(values=values))
        .mark_rect()
        .encode(
            x=scale.axis("from", f"time of a {timed}"),
            x2="to:Q",
            y=axis_of(list(samples), grid=False),
            color=_colour(),
            opacity=alt.Opacity(
                "depth:Q", scale=alt.Scale(domain=[0, 1], range=[_FAINTEST, 1]), legend=None
            ),
            tooltip=[
                alt.Tooltip("row:N", title="who"),
                alt.Tooltip("figure:N", title="time"),
                alt.Tooltip("share:Q", title="of all", format=".2~%"),
            ],
        )
    )
    told = "; ".join(
        f"{' '.join(name.split())} {_quarters(each)}" for name, each in samples.items()
    )
    description = f"How the times of all {timed}s are spread. {told}."
    spec = finished(chart, height=BAND_PX * len(samples), colours=_COLOURS, description=description)
    note = f"The darker, the more of an entrant's {timed}s took that time. Nothing is left out."
    return Chart(title="All times", description=description, spec=spec, notes=(note,))


def _quarters(times: Sequence[float]) -> str:
    low, middle, high = (times[round(share * (len(times) - 1))] for share in (0.25, 0.5, 0.75))
    return (
        f"from {figures.time(times[0])} to {figures.time(times[-1])}, the middle half from "
        f"{figures.time(low)} to {figures.time(high)} around {figures.time(middle)}"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    """An axis from `low` to `high`, in even steps where these are near one another."""

    low: float
    high: float
    label: str

    @property
    def is_narrow(self) -> bool:
        return self.high < self.low * _NARROW

    def axis(self, field: str, title: str) -> alt.X:
        numbers = even_ticks if self.is_narrow else ticks
        return alt.X(
            f"{field}:Q",
            title=title if self.is_narrow else f"{title}; log scale",
            scale=alt.Scale(type="log", domain=[self.low, self.high], nice=False),
            axis=alt.Axis(
                values=numbers(self.low, self.high), labelExpr=self.label, labelOverlap="greedy"
            ),
        )

    def place(self, value: float) -> int:
        """Return in which of the bins a value is, all of the same width on the drawing."""
        # No logarithm tells how far below the axis a time is that was written as 0.
        share = log(max(value, self.low) / self.low) / log(self.high / self.low)
        return min(_BINS - 1, max(0, int(share * _BINS)))

    def end(self, place: int) -> float:
        """Return where a bin begins."""
        return float(self.low * (self.high / self.low) ** (place / _BINS))


def _scale(values: Iterable[float], label: str) -> _Scale:
    known = list(values)
    low, high = min(known), max(known)
    if high >= low * _NARROW:
        low, high = extent(known, None)
    else:
        room = (high / low) ** _MARGIN * 1.002
        low, high = low / room, high * room
    return _Scale(low=low, high=high, label=label)


def _parts(times: Sequence[float], scale: _Scale) -> Iterator[dict[str, str | float]]:
    """Yield how many of the times are in each bin that has any, the fullest of which is 1 deep."""
    counts: dict[int, int] = {}
    for time in times:
        place = scale.place(time)
        counts[place] = counts.get(place, 0) + 1
    most = max(counts.values())
    for place, count in sorted(counts.items()):
        low, high = scale.end(place), scale.end(place + 1)
        yield {
            "from": low,
            "to": high,
            "depth": ceil(100 * count / most) / 100,
            "share": count / len(times),
            "figure": f"{figures.time(low)} {figures.TO} {figures.time(high)}",
        }


def _colour() -> alt.Color:
    return alt.Color("kind:N", scale=alt.Scale(domain=["entrant", "control"]), legend=None)


def _words(row: _Row) -> str:
    return " ".join(row.name.split())


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
