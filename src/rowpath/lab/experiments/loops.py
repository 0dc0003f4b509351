"""Section 5 of the talk: statements in a loop, the rows of a loop, one field in a loop."""

from rowpath.lab.applications import App
from rowpath.lab.experiment import (
    Answer,
    Claim,
    Endpoint,
    Experiment,
    Figure,
    Group,
    Shape,
    Task,
    Told,
    Variant,
)
from rowpath.lab.measures import TaskClock


def _new_fights(until: str, columns: str) -> Answer:
    """Return what is asked of each benchmark's new fights: those after the time `until`."""
    return Answer(
        shape=Shape.ROWS,
        expected=f"""
            WITH asked AS (SELECT * FROM benchmark ORDER BY id LIMIT %(rows)s),
            played AS MATERIALIZED (
                SELECT player_fight.*, character.name, boss_id, is_cm, time_end
                FROM player_fight
                JOIN character ON character.id = character_id
                JOIN fight ON fight.id = fight_id
                JOIN report ON report.id = report_id
                WHERE time_end > (SELECT min({until}) FROM asked)
            )
            SELECT asked.id, {columns}
            FROM asked LEFT JOIN played
              ON time_end > {until} AND played.is_cm = asked.is_cm
              AND played.boss_id = asked.boss_id AND played.role = asked.role
              AND played.specialization_id = asked.specialization_id AND played.dps > asked.dps
            GROUP BY asked.id ORDER BY asked.id
        """,  # noqa: S608 made of literals alone
    )


FIRST_TASK = _new_fights(
    "fights_checked_until",
    "count(played.id) AS new, "
    "(array_agg(name ORDER BY played.dps DESC, played.id))[1] AS best_player",
)
SECOND_TASK = _new_fights("dps_checked_until", "count(played.id) AS new")
TOTALS = Answer(
    shape=Shape.TOTALS,
    expected="""
        SELECT count(*) AS rows, sum(duration_ms) AS duration_ms,
               sum((squad_damage_data #>> '{0,0,0}')::integer) AS damage
        FROM (SELECT * FROM fight ORDER BY id LIMIT %(rows)s) AS part
        JOIN report ON report.id = report_id
    """,
)
NAMES = Answer(
    shape=Shape.COLUMNS, expected="SELECT name FROM character ORDER BY id LIMIT %(rows)s"
)
BENCHMARKS = 60
FIGHTS = 10_000
CHARACTERS = 20_000

LOOPS = Experiment(
    name="loops",
    section="5.1-5.3",
    question="What does a loop cost that asks, holds or unpacks more than it needs?",
    groups=(
        Group(
            name="daily-first",
            question="t1: a count inside the loop, beside a statement that stays there",
            baseline="t1-loop",
            of="benchmark",
            sizes=(BENCHMARKS,),
            measure=TaskClock(),
            variants=(
                Variant(
                    name="t1-loop",
                    title="Django: count() in the loop",
                    asks=Task(
                        app=App.DJANGO, code=("FirstTaskLoop", "fights_over", "players_by_dps")
                    ),
                    expects=FIRST_TASK,
                    statements_per_row=2,
                    beside="t2-loop",
                    charts_cpu=True,
                    told=(Told(rows=BENCHMARKS, time_s=240),),
                ),
                Variant(
                    name="t1-annotated",
                    title="Django: the counts annotated",
                    asks=Task(
                        app=App.DJANGO,
                        code=(
                            "FirstTaskAnnotated",
                            "fights_over",
                            "each_benchmark",
                            "count_of",
                            "players_by_dps",
                        ),
                    ),
                    expects=FIRST_TASK,
                    statements=2,
                    statements_per_row=1,
                    beside="t2-annotated",
                    charts_cpu=True,
                    told=(Told(rows=BENCHMARKS, time_s=120),),
                ),
                Variant(
                    name="t1-annotated-unbounded",
                    title="Django: the counts annotated, without a bound for the planner",
                    asks=Task(
                        app=App.DJANGO,
                        code=(
                            "FirstTaskAnnotatedUnbounded",
                            "fights_over",
                            "each_benchmark",
                            "count_of",
                            "players_by_dps",
                        ),
                    ),
                    expects=FIRST_TASK,
                    statements_per_row=1,
                    beside="t2-annotated",
                    charts_cpu=True,
                ),
                Variant(
                    name="t1-without-loop",
                    title="Django: the counts and the best players annotated",
                    asks=Task(
                        app=App.DJANGO,
                        code=(
                            "FirstTaskWithoutLoop",
                            "fights_over",
                            "each_benchmark",
                            "count_of",
                            "players_by_dps",
                        ),
                    ),
                    expects=FIRST_TASK,
                    statements=2,
                    beside="t2-annotated",
                    charts_cpu=True,
                ),
            ),
        ),
        Group(
            name="daily-second",
            question="t2: a count inside the loop, and nothing is ever new",
            baseline="t2-loop",
            of="benchmark",
            sizes=(BENCHMARKS,),
            measure=TaskClock(),
            variants=(
                Variant(
                    name="t2-loop",
                    title="Django: count() in the loop",
                    asks=Task(app=App.DJANGO, code=("SecondTaskLoop", "fights_over")),
                    expects=SECOND_TASK,
                    statements_per_row=1,
                    beside="t1-loop",
                    told=(Told(rows=BENCHMARKS, time_s=720),),
                ),
                Variant(
                    name="t2-annotated",
                    title="Django: the counts annotated",
                    asks=Task(
                        app=App.DJANGO,
                        code=("SecondTaskAnnotated", "fights_over", "each_benchmark", "count_of"),
                    ),
                    expects=SECOND_TASK,
                    beside="t1-annotated",
                    told=(Told(rows=BENCHMARKS, time_s=1),),
                ),
            ),
        ),
        Group(
            name="iterator",
            question="The rows of a loop: all at once, or by and by?",
            baseline="list",
            of="fight",
            sizes=(FIGHTS,),
            leads=Figure.MEMORY,
            variants=(
                Variant(
                    name="list",
                    title="Django: a list of model objects",
                    asks=Endpoint(
                        app=App.DJANGO,
                        code=("FightsAsList", "fights_with_report", "totals_of_fights"),
                    ),
                    expects=TOTALS,
                ),
                Variant(
                    name="iterator-100",
                    title="Django: iterator(), 100 objects at a time",
                    asks=Endpoint(
                        app=App.DJANGO,
                        code=("FightsByHundreds", "fights_with_report", "totals_of_fights"),
                    ),
                    expects=TOTALS,
                ),
                Variant(
                    name="iterator-2000",
                    title="Django: iterator(), 2,000 objects at a time",
                    asks=Endpoint(
                        app=App.DJANGO,
                        code=("FightsByThousands", "fights_with_report", "totals_of_fights"),
                    ),
                    expects=TOTALS,
                ),
                Variant(
                    name="iterator-10000",
                    title="Django: iterator(), 10,000 objects at a time",
                    asks=Endpoint(
                        app=App.DJANGO,
                        code=("FightsByTenThousands", "fights_with_report", "totals_of_fights"),
                    ),
                    expects=TOTALS,
                ),
                Variant(
                    name="list-of-values",
                    title="Django: a list of values()",
                    asks=Endpoint(
                        app=App.DJANGO,
                        code=("FightValuesAsList", "fight_values", "totals_of_values"),
                    ),
                    expects=TOTALS,
                ),
                Variant(
                    name="values-iterator",
                    title="Django: values().iterator(), 2,000 rows at a time",
                    asks=Endpoint(
                        app=App.DJANGO,
                        code=("FightValuesByIterator", "fight_values", "totals_of_values"),
                    ),
                    expects=TOTALS,
                ),
            ),
        ),
        Group(
            name="values-list",
            question="One field of many rows: in dictionaries, tuples, objects, or as it is?",
            baseline="values",
            of="character",
            sizes=(CHARACTERS,),
            variants=(
                Variant(
                    name="values",
                    title="Django: values()",
                    asks=Endpoint(app=App.DJANGO, code=("NamesOfValues",)),
                    expects=NAMES,
                ),
                Variant(
                    name="values-list",
                    title="Django: values_list()",
                    asks=Endpoint(app=App.DJANGO, code=("NamesOfValuesList",)),
                    expects=NAMES,
                ),
                Variant(
                    name="values-list-flat",
                    title="Django: values_list(flat=True)",
                    asks=Endpoint(app=App.DJANGO, code=("NamesOfFlatValuesList",)),
                    expects=NAMES,
                ),
                Variant(
                    name="values-list-named",
                    title="Django: values_list(named=True)",
                    asks=Endpoint(app=App.DJANGO, code=("NamesOfNamedValuesList",)),
                    expects=NAMES,
                ),
                Variant(
                    name="objects",
                    title="Django: model objects with only()",
                    asks=Endpoint(app=App.DJANGO, code=("NamesOfObjects",)),
                    expects=NAMES,
                ),
            ),
        ),
    ),
    claims=(
        Claim(
            text=(
                "t1 with one query for the counts, both tasks changed at once: 4 min to 2 min "
                "(what stays in its loop is our reading)"
            ),
            section="5.1",
            variant="t1-annotated",
            baseline="t1-loop",
            rows=BENCHMARKS,
            ratio=120 / 240,
        ),
        Claim(
            text="t2 with one query, and no new data: 12 min to 1 s",
            section="5.1",
            variant="t2-annotated",
            baseline="t2-loop",
            rows=BENCHMARKS,
            ratio=1 / 720,
        ),
    ),
)
