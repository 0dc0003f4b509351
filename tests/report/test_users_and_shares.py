"""What many users were answered, and what a ratio is shared out among, as a reader meets them."""

import io
from dataclasses import replace

import pytest
from record_parts import claimed, compared, group, timed
from report_runs import whole_run
from rich.console import Console

from rowpath.lab.record import (
    CacheWorkerRecord,
    ExperimentRecord,
    ExplanationRecord,
    FigureRecord,
    ShareRecord,
    StepRecord,
    TimeRecord,
    VariantRecord,
)
from rowpath.report.charts import charts
from rowpath.report.columns import columns
from rowpath.report.figures import TIMES, TO
from rowpath.report.html import render
from rowpath.report.layout import SizePart, size_part
from rowpath.report.terminal import caption, group_table
from rowpath.stats.interval import Interval

BLOCKS = 6


def interval(value: float) -> Interval:
    return Interval(estimate=value, low=value * 0.9, high=value * 1.1)


def figure(quantity: str, unit: str, better: str, value: float) -> FigureRecord:
    return FigureRecord(
        quantity=quantity,
        unit=unit,
        better=better,
        over_blocks=TimeRecord(median=value, low=value * 0.9, high=value * 1.1),
        blocks=(value,) * BLOCKS,
    )


def under_users(name: str, rate: float, told: float | None) -> VariantRecord:
    """Return a variant that ten users asked."""
    return replace(
        timed(name, ms=1.0, group="users"),
        time_ms=None,
        samples_ms=(),
        told_requests_per_s=told,
        figures=(
            figure("requests_per_s", "1/s", "more", rate),
            figure("p50", "s", "less", 10 / rate),
            figure("p95", "s", "less", 12 / rate),
            figure("cpu", "s", "less", 0.9 / rate),
        ),
    )


USERS = ExperimentRecord(
    name="users",
    section="2.2",
    question="How many requests per second?",
    dataset="products",
    groups=(replace(group("users", "drf"), measure="10 users", compares="requests_per_s"),),
    variants=(under_users("drf", 29.4, told=3.0), under_users("fastapi", 36.1, told=43.0)),
    comparisons=(
        replace(
            compared("fastapi", "drf", rows=1_000, value=36.1 / 29.4), quantity="requests_per_s"
        ),
    ),
    claims=(),
)
SHARED = ExplanationRecord(
    group="all",
    text="DRF, against FastAPI",
    rows=1_000,
    quantity="time",
    blocks=BLOCKS,
    ratio=interval(0.07),
    shares=(
        ShareRecord(factor="ORDER BY", ratio=interval(0.1), share=interval(0.87)),
        ShareRecord(factor="framework", ratio=interval(0.7), share=interval(0.13)),
    ),
)
FOURTEEN = ExperimentRecord(
    name="fourteen",
    section="1.5",
    question="Why fourteen times?",
    dataset="products",
    groups=(group("all", "drf"),),
    variants=(timed("drf", ms=900.0), timed("fastapi", ms=65.0)),
    comparisons=(compared("fastapi", "drf", rows=1_000, value=0.07),),
    claims=(),
    explanations=(SHARED,),
)


def part_of(record: ExperimentRecord) -> SizePart:
    return size_part(record, record.groups[0], 1_000)


def printed(record: ExperimentRecord, width: int) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(group_table(record, record.groups[0].name, 1_000))
    console.print(caption(record))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [80, 120])
def test_requests_per_second_stand_first_and_whole(width: int) -> None:
    """Each with its range, then the ratio, the latencies and the talk's own figure."""
    text = printed(USERS, width)

    assert "req/s" in text
    for shown in ("29.4/s", "26.5", "36.1/s", f"{TIMES}1.23", "340 ms", "3 RPS", "43 RPS"):
        assert shown in text
    assert "above 1 is more" in text


def test_a_group_of_users_has_columns_of_its_own() -> None:
    """What was compared leads; no time of single requests is made up."""
    keys = [column.key for column in columns(part_of(USERS))]

    assert keys[:3] == ["variant", "rate", "ratio"]
    assert "time" not in keys
    assert "talk" in keys


@pytest.mark.parametrize("width", [80, 120])
def test_a_verdict_says_of_what_it_is_where_that_is_not_what_the_table_compares(
    width: int,
) -> None:
    """Of two claims on one variant a reader can tell which verdict is whose."""
    of_rate = replace(
        claimed("twice", "2.2", "fastapi", 2.0, (1.23, "direction only"), baseline="drf"),
        quantity="requests_per_s",
    )
    of_latency = replace(of_rate, quantity="p50", verdict="refuted")
    record = replace(USERS, claims=(of_rate, of_latency))

    text = printed(record, width)
    page = render(replace(whole_run(), experiments=(record,)))

    assert "direction only" in text
    assert "refuted" in text
    assert text.count("of median latency") == 1
    assert "of requests per second" not in text
    assert "of median latency" in page


@pytest.mark.parametrize("width", [80, 120])
def test_caches_and_connections_have_room_beside_what_users_were_answered(width: int) -> None:
    """Hit rates of each worker, connections, the talk's figure and verdicts are printed whole."""
    workers = tuple(CacheWorkerRecord(requests=50, hits=hits) for hits in (49, 48, 47, 46))
    told = claimed("twice", "2.2", "fastapi", 2.0, (1.23, "direction only"), baseline="drf")
    record = replace(
        USERS,
        variants=tuple(
            replace(each, cache_workers=workers, sql_connections=3, sql_at_once=2)
            for each in USERS.variants
        ),
        claims=(replace(told, quantity="requests_per_s"),),
    )

    text = printed(record, width)

    for shown in (
        "10 of 200",
        "98.0%",
        "92.0%",
        "3 conn.",
        "2 at once",
        "43 RPS",
        "direction only",
    ):
        assert shown in text


def test_what_each_change_brings_by_itself_is_said_below_the_table() -> None:
    """With its interval in each set-up, and that no difference was shown where none was."""
    threads = StepRecord(name="threads", variant="fastapi", baseline="drf")
    alone = StepRecord(name="async by itself", variant="fastapi", baseline="other")
    unseen = StepRecord(name="connections", variant="none", baseline="drf")
    users = USERS.groups[0]
    record = replace(
        USERS,
        groups=(replace(users, steps=(threads, alone, unseen)),),
        comparisons=(
            *USERS.comparisons,
            replace(
                compared("fastapi", "other", rows=1_000, value=1.02), quantity="requests_per_s"
            ),
        ),
    )

    text = " ".join(printed(record, 120).split())
    page = render(replace(whole_run(), experiments=(record,)))

    assert "What each change brings by itself (requests per second, 95% range):" in text
    for shown in (text, page):
        assert f"threads (fastapi against drf): controlled {TIMES}1.23 (" in shown
        assert "no difference shown" in shown.partition("async by itself")[2]
        assert "connections" not in shown.partition("by itself (requests")[2].partition("How")[0]


def test_users_are_drawn_as_requests_per_second() -> None:
    """One chart of the rates with the talk's, one of the ratios, with more to the right."""
    rates, ratios = charts(part_of(USERS))

    assert rates.title == "Requests per second"
    assert "drf (controlled) 29.4/s" in rates.description
    assert "fastapi (the talk) 43.0/s" in rates.description
    assert ratios.title == "Requests per second relative to drf"
    assert "above 1 is faster" in ratios.description


@pytest.mark.parametrize("width", [80, 120])
def test_what_arrives_at_a_rate_is_compared_by_the_latency_of_nearly_all(width: int) -> None:
    """It stands first with its range and is drawn, less is faster, and no rate is told."""
    arriving = replace(
        USERS,
        groups=(replace(USERS.groups[0], measure="100 requests a second", compares="p95"),),
        variants=tuple(
            replace(each, figures=(each.figures[2], each.figures[1], each.figures[3]))
            for each in USERS.variants
        ),
        comparisons=(replace(USERS.comparisons[0], quantity="p95"),),
    )

    text = printed(arriving, width)
    latencies, ratios = charts(part_of(arriving))
    page = render(replace(whole_run(), experiments=(arriving,)))

    keys = [column.key for column in columns(part_of(arriving))]
    assert keys[:3] == ["variant", "p95", "ratio"]
    assert "rate" not in keys
    for shown in ("408 ms", "367", "449", f"{TIMES}1.23", "below 1 is faster"):
        assert shown in text
    assert latencies.title == "The latency that 95% have at most"
    assert f"drf (controlled) 408 ms (367{TO}449)" in latencies.description
    assert "below 1 is faster" in ratios.description
    assert latencies.title in page


def test_the_memory_of_all_workers_stands_beside_what_users_were_answered() -> None:
    """It is the slots' own figure, and a dash in a run that does not have it."""
    with_memory = replace(
        USERS,
        variants=tuple(
            replace(each, figures=(*each.figures, figure("memory", "B", "less", 90 * 2**20)))
            for each in USERS.variants
        ),
    )

    assert "90 MiB" in printed(with_memory, 80)
    assert "90 MiB" not in printed(USERS, 80)
    assert "peak: theirs added up" in " ".join(printed(with_memory, 120).split())


def test_a_ratio_that_is_shared_out_is_told_and_drawn() -> None:
    """Each factor with what it multiplies by and its share, in the terminal and above the rest."""
    text = " ".join(printed(FOURTEEN, 120).split())
    shares = charts(part_of(FOURTEEN))[0]

    assert f"DRF, against FastAPI: {TIMES}0.070, 14.3 times as fast" in text
    assert f"ORDER BY: {TIMES}0.10 (0.090{TO}0.11), 87% of it (78% to 96%)" in text
    assert shares.leads
    [bars] = shares.spec["datasets"].values()
    assert [bar["row"] for bar in bars] == ["ORDER BY", "framework"]
    assert f"framework: {TIMES}0.70" in shares.description


def test_the_page_has_both() -> None:
    """The report of a run with them shows their figures."""
    page = render(replace(whole_run(), experiments=(USERS, FOURTEEN)))

    assert "Requests per second" in page
    assert "29.4/s" in page
    assert f"DRF, against FastAPI: {TIMES}0.070, 14.3 times as fast" in page
