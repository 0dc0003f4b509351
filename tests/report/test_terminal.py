import dataclasses
import io

import pytest
from record_parts import HOSTILE, group, timed
from report_runs import experiment, whole_run
from rich.console import Console, RenderableType

from rowpath.lab.record import ExperimentRecord, from_json, to_json
from rowpath.report import figures
from rowpath.report.terminal import caption, group_table, question, summary

WIDTHS = (80, 120)


def tables_of(record: ExperimentRecord) -> list[RenderableType]:
    """Return all that is printed of an experiment, in order."""
    cells = dict.fromkeys((variant.group, variant.rows) for variant in record.variants)
    tables = [group_table(record, name, rows) for name, rows in cells]
    return [question(record), *tables, caption(record)]


def printed(*renderables: RenderableType, width: int, terminal: bool = False) -> str:
    """Return what a console of `width` columns prints, piped unless it is a terminal."""
    console = Console(file=io.StringIO(), width=width, force_terminal=terminal)
    for each in renderables:
        console.print(each)
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def everything(width: int) -> str:
    """Return the tables and the summary of a whole run."""
    run = whole_run(stopped="Ctrl-C after 3 of 6 blocks")
    tables = [table for record in run.experiments for table in tables_of(record)]
    return printed(*tables, summary(run), width=width)


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    """Every line fits the width, so a terminal breaks none of them."""
    assert max(len(line) for line in everything(width).splitlines()) <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut(width: int) -> None:
    """rich marks what it cuts with an ellipsis; there is none."""
    assert "\N{HORIZONTAL ELLIPSIS}" not in everything(width)


@pytest.mark.parametrize("width", WIDTHS)
def test_piped_output_has_no_escape_codes(width: int) -> None:
    """A file or a pipe gets text alone."""
    assert "\x1b" not in everything(width)


def test_a_terminal_gets_colours() -> None:
    """The same tables are coloured where somebody looks at them."""
    assert "\x1b[" in printed(summary(whole_run()), width=80, terminal=True)


@pytest.mark.parametrize("width", WIDTHS)
def test_every_figure_of_every_variant_is_printed(width: int) -> None:
    """Each table holds time, size, SQL, CPU and memory of each variant, with their units."""
    text = everything(width)

    for record in whole_run().experiments:
        for variant in record.variants:
            seen = figures.time_seen(variant)
            assert all(part in text for part in figures.parted(variant.name, 16).split("\n"))
            assert seen is None or figures.time(seen) in text
            assert figures.answer_sizes(variant)[-1] in text
            assert figures.sql_time(variant) in text
            assert all(memory in text for memory in figures.memory_figures(variant))
            assert all(told in text for told in figures.told(variant))


@pytest.mark.parametrize("width", WIDTHS)
def test_columns_stand_in_line(width: int) -> None:
    """All rows of a table start their second column at the place of its header."""
    lines = printed(group_table(experiment("lists"), "lists", 1_000), width=width).splitlines()
    tables = "\n".join(lines).split("  variant")[1:]

    for table in tables:
        header, *below = f"  variant{table}".splitlines()
        column = header.index("time")
        rows = [line for line in below if line.startswith("  drf-")]
        assert len(rows) == 3
        assert all(line[column - 1] == " " and line[column].isdigit() for line in rows)
    assert len(tables) == 2


def test_wide_terminals_hold_a_figure_and_its_interval_on_one_line() -> None:
    """At 120 columns the interval stands behind the figure."""
    table = group_table(experiment("lists"), "lists", 1_000)

    assert "28.1 ms (27.3\N{EN DASH}29.3)" in printed(table, width=120)


def test_the_statements_of_a_loop_are_told_apart() -> None:
    """A hundred similar statements show as such."""
    text = printed(group_table(experiment("fields"), "all", 100), width=80)

    assert "101" in text
    assert "100 similar" in text


def test_an_observation_and_an_end_are_told() -> None:
    """What was seen once says once, and a worker that was ended says why, in a sentence."""
    text = printed(group_table(experiment("lazy"), "all", 10_000_000), width=120)

    assert "41.2 s (once)" in text
    assert "was ended at its limit of 2,048 MiB after 11.0 s, without an answer." in text


@pytest.mark.parametrize("width", WIDTHS)
def test_the_summary_has_every_verdict_and_what_is_missing(width: int) -> None:
    """Verdicts come with a sign; what is not there is told with its reason."""
    text = " ".join(printed(summary(whole_run()), width=width).split())

    for verdict in ("✓ confirmed", "~ direction only", "✗ refuted", "? inconclusive"):
        assert verdict in text
    assert "no ratio of for-loop-values to for-loop-objects, so no verdict." in text
    assert "only 2 blocks, too few for an interval, of load-only." in text
    assert "embedded PostgreSQL 18.6" in text


def test_a_run_that_stopped_says_so_first() -> None:
    """The first line of the summary of an incomplete run is why it ended."""
    text = printed(summary(whole_run(stopped="Ctrl-C.")), width=80)

    assert text.startswith("This run stopped before its end: Ctrl-C.\n")


def test_markup_in_a_name_is_text() -> None:
    """What rich or the terminal would act on is printed as it is."""
    record = ExperimentRecord(
        name="[bold]x[/bold]",
        section="1",
        question=HOSTILE,
        dataset="logs",
        groups=(group("all", "[red]"),),
        variants=(timed("[red]", ms=1.0),),
        comparisons=(),
        claims=(),
    )

    text = printed(*tables_of(record), width=80)

    assert "[bold]x[/bold], 1,000 rows" in text
    assert "[red]bold" in text


def test_a_run_read_from_its_file_prints_the_same() -> None:
    """The tables come from what is in the JSON file alone."""
    run = whole_run()

    assert printed(summary(from_json(to_json(run))), width=80) == printed(summary(run), width=80)


def test_a_run_that_measured_nothing_has_a_summary() -> None:
    """A run stopped before its first block still says why, and where it ran."""
    run = dataclasses.replace(whole_run(stopped="Ctrl-C"), experiments=())

    text = printed(summary(run), width=80)

    assert "Ctrl-C." in text
    assert "Example Processor 9000" in text


def test_a_group_is_headed_by_its_name_its_question_and_its_baseline() -> None:
    """An experiment of several groups tells each apart; its question is asked once."""
    relations = experiment("relations")

    first, second = (
        printed(group_table(relations, "foreign-keys", rows), width=80) for rows in (300, 1_000)
    )

    assert first.startswith("relations: foreign keys, 300 rows\n")
    assert "What do four foreign keys cost a row" in first
    assert "What do four foreign keys cost a row" not in second
    assert "ratio: time relative to foreign-keys-lazy\n" in second


def test_an_experiment_of_one_group_is_not_divided() -> None:
    """Its table is headed by its name, and its caption has the baseline."""
    fields = experiment("fields")

    assert printed(group_table(fields, "all", 100), width=80).startswith("fields, 100 rows\n")
    assert "ratio: time relative to all; below 1 is faster." in printed(caption(fields), width=80)


def test_memory_stands_first_where_a_group_is_about_it() -> None:
    """The second column of such a group is what the worker held and what was added."""
    text = printed(group_table(experiment("loops"), "list-or-iterator", 20_000), width=80)
    lines = [line.split() for line in text.splitlines()]
    header = next(place for place, words in enumerate(lines) if words[:1] == ["variant"])

    assert lines[header - 1][:2] == ["peak", "time"]
    assert lines[header][:2] == ["variant", "added"]
    assert "+148 MiB" in text


def test_a_variant_that_failed_has_no_time_but_its_message() -> None:
    """Its row says so, and the sentence below has the error and the reason."""
    text = printed(group_table(experiment("relations"), "foreign-keys", 300), width=120)
    row = next(line for line in text.splitlines() if line.startswith("  select-related-"))

    assert row.split()[1:3] == ["\N{EN DASH}", "failed"]
    assert "cannot be both deferred" in text


def test_what_differs_takes_a_line_a_variant() -> None:
    """The columns and how many rows differ; the values are in the report."""
    lines = printed(group_table(experiment("writes"), "update", 1_000), width=120).splitlines()

    (told,) = [line.strip() for line in lines if line.startswith("  bulk-update differs")]
    assert told == (
        "bulk-update differs: label_by_save in 1,000 of 1,000 rows; updated_at in 400 of 1,000 rows"
    )


def test_cpu_over_time_is_told_in_a_line() -> None:
    """What each process used on average, of what ran at once."""
    text = printed(group_table(experiment("loops"), "daily-task", 2_000), width=120)

    assert (
        "CPU while t1-loop and t2-loop run at once, 9.60 s: t1-loop 31%, t2-loop 15%, "
        "PostgreSQL 47% of a core" in text
    )


def test_a_claim_against_another_baseline_is_starred() -> None:
    """The caption explains the star where a group's claim is not against its baseline."""
    assert "*: against another baseline" in " ".join(
        printed(caption(experiment("relations")), width=80).split()
    )
    assert "*: against" not in printed(caption(experiment("loops")), width=80)


def test_what_came_of_a_claim_takes_a_line_a_set_up() -> None:
    """In 80 columns too the claim stands over the whole width, and its figures below it."""
    lines = printed(summary(whole_run()), width=80).splitlines()
    claims = [claim for record in whole_run().experiments for claim in record.claims]

    outcomes = [line for line in lines if line[:1] in set("✓~✗?")]

    assert len(outcomes) == len(claims)
    assert all(figures.TIMES in line for line in outcomes)
    assert lines[0].split() == ["verdict", "set-up", "claimed", "measured", "(95%", "range)"]


def test_the_summary_says_nothing_of_differences() -> None:
    """What stands under its table is not told again at the end."""
    assert "differs: " not in printed(summary(whole_run()), width=80)
