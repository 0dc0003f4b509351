"""The tables and the figure of what `race_proofs.py` measured."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from math import exp, log
from pathlib import Path
from statistics import median
from typing import Any, cast

import altair as alt

Line = dict[str, Any]
"""One comparison: the fields of `race_proofs.Compared`."""

DIFFERENT = ("faster", "slower")
COMING_AND_GOING = "one core, then both"
TITLES = {
    "A, then B": "A, then B: Welch's test",
    "hyperfine": "hyperfine with curl: Welch's test",
    "race, quick": "rowpath race, quick",
}
COLOURS = alt.Scale(domain=["yes", "no"], range=["#c0392b", "#7f8c8d"])
SHOWN = 50
"""As many of each way, from the first on."""
PANEL_PX = {"width": 230, "height": 420}


def print_tables(file: Path) -> None:
    """Print a table of each kind of proof that the file has comparisons of, as Markdown."""
    lines = read(file)
    kinds: tuple[tuple[str, Callable[[Line], bool], Sequence[str]], ...] = (
        (
            "An endpoint with itself, on a busy machine",
            lambda line: line["others"] != "none" and line["percent"] == 0,
            ("others", "way"),
        ),
        (
            "An endpoint with a slower one, on a busy machine",
            lambda line: line["others"] != "none" and line["percent"] > 0,
            ("others", "percent", "way"),
        ),
        ("Injected slowdowns", lambda line: line["others"] == "none", ("way", "percent")),
    )
    for title, belongs, by in kinds:
        print(f"\n{title}\n")
        header = (
            *by,
            "comparisons",
            "slower",
            "faster",
            "an interval without 1",
            "ratio",
            "half width",
            "time",
            "said",
        )
        print(f"| {' | '.join(header)} |")
        print("|---" * len(header) + "|")
        for keys, group in grouped(filter(belongs, lines), by):
            print(f"| {' | '.join((*keys, *cells(group)))} |")


def cells(group: Sequence[Line]) -> Iterator[str]:
    """Yield what a table says of comparisons of one kind."""
    ratios = [line["ratio"] for line in group if line["ratio"]]
    says = Counter(line["says"] for line in group)
    yield str(len(group))
    yield str(says["slower"])
    yield str(says["faster"])
    yield str(sum(not low <= 1 <= high for _estimate, low, high in ratios))
    yield f"{median(estimate for estimate, _low, _high in ratios):.3f}"
    yield f"{exp(median(log(high / low) / 2 for _estimate, low, high in ratios)) - 1:.1%}"
    took = sorted(line["took_s"] for line in group)
    yield f"{median(took):.0f} s ({took[0]:.0f} to {took[-1]:.0f})"
    yield ", ".join(f"{what} {times}" for what, times in says.most_common())


def save_figure(file: Path, picture: Path) -> None:
    """Draw every comparison of the endpoint with itself, way by way, as a picture."""
    same = [
        line
        for line in read(file)
        if line["others"] == COMING_AND_GOING and not line["percent"] and line["ratio"]
    ]
    panels = [
        panel(sorted(group[:SHOWN], key=lambda line: float(line["ratio"][0])), TITLES[way])
        for (way,), group in grouped(iter(same), ("way",))
    ]
    alt.hconcat(*panels).save(str(picture), scale_factor=1.25)


def panel(lines: Sequence[Line], title: str) -> alt.LayerChart:
    """Return the intervals of one way, the smallest ratio at the bottom."""
    different = sum(line["says"] in DIFFERENT for line in lines)
    values = [
        {
            "place": place,
            "ratio": line["ratio"][0],
            "low": line["ratio"][1],
            "high": line["ratio"][2],
            "different": "yes" if line["says"] in DIFFERENT else "no",
        }
        for place, line in enumerate(lines)
    ]
    scale = alt.Scale(type="log", domain=[0.5, 2], nice=False, clamp=True)
    axis = alt.Axis(values=[0.5, 0.7, 1, 1.4, 2], format=".2~f", grid=True)
    base = alt.Chart(alt.InlineData(values=values)).encode(
        y=alt.Y("place:Q", axis=None, scale=alt.Scale(domain=[-1, len(lines)])),
        color=alt.Color("different:N", scale=COLOURS, legend=None),
    )
    ratio = alt.X("low:Q", scale=scale, axis=axis, title="ratio of B's time to A's")
    heading = alt.TitleParams(
        title, subtitle=f"{different} of {len(lines)} said to be different", anchor="start"
    )
    intervals = base.mark_rule(strokeWidth=2).encode(x=ratio, x2="high:Q")
    estimates = base.mark_point(filled=True, size=14, opacity=1).encode(x="ratio:Q")
    layers = alt.layer(one(), intervals, estimates, title=heading, **PANEL_PX)
    return cast("alt.LayerChart", layers)


def one() -> alt.Chart:
    """Return the line where there is no difference."""
    chart = alt.Chart(alt.InlineData(values=[{"ratio": 1}]))
    line: alt.Chart = chart.mark_rule(strokeDash=[4, 3], color="black").encode(x="ratio:Q")
    return line


def read(file: Path) -> list[Line]:
    """Return all comparisons of a file."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def grouped(lines: Iterator[Line], by: Sequence[str]) -> list[tuple[tuple[str, ...], list[Line]]]:
    """Return lines that are alike in some fields together, in order."""

    def key(line: Line) -> tuple[Any, ...]:
        return tuple(line[name] for name in by)

    parts = groupby(sorted(lines, key=key), key)
    return [(tuple(map(str, keys)), list(group)) for keys, group in parts]
