"""Section 7 of the talk: counting, summing and grouping, in Python and in PostgreSQL."""

from rowpath.lab.applications import App
from rowpath.lab.experiment import Answer, Endpoint, Experiment, Group, Shape, Variant

SIZE = 6_000

# Ids count from 1 without a gap, so these are the first rows.
COUNT_ANSWER = Answer(
    shape=Shape.TOTALS,
    expected="SELECT count(*) AS player_fights FROM player_fight WHERE id <= %(rows)s",
)
SUM_ANSWER = Answer(
    shape=Shape.TOTALS,
    expected="""
        SELECT sum(dps) AS total_dps, sum(deaths) AS total_deaths
        FROM player_fight WHERE id <= %(rows)s
    """,
)
GROUPING_ANSWER = Answer(
    shape=Shape.ROWS,
    expected="""
        SELECT specialization_id, count(*) AS player_fights, sum(dps) AS total_dps
        FROM player_fight WHERE id <= %(rows)s
        GROUP BY specialization_id ORDER BY specialization_id
    """,
)

COUNT = Group(
    name="count",
    question="How many rows are there?",
    baseline="count-objects",
    of="player_fight",
    sizes=(SIZE,),
    variants=(
        Variant(
            name="count-objects",
            title="Django: len() of model objects",
            asks=Endpoint(app=App.DJANGO, code=("CountObjects",)),
            expects=COUNT_ANSWER,
        ),
        Variant(
            name="count-values-list",
            title="Django: len() of values_list()",
            asks=Endpoint(app=App.DJANGO, code=("CountValuesList",)),
            expects=COUNT_ANSWER,
        ),
        Variant(
            name="count-method",
            title="Django: count()",
            asks=Endpoint(app=App.DJANGO, code=("CountMethod",)),
            expects=COUNT_ANSWER,
        ),
        Variant(
            name="count-sqlalchemy-objects",
            title="FastAPI: len() of model objects",
            asks=Endpoint(app=App.FASTAPI, code=("count_objects",)),
            expects=COUNT_ANSWER,
        ),
        Variant(
            name="count-sqlalchemy-func",
            title="FastAPI: func.count()",
            asks=Endpoint(app=App.FASTAPI, code=("count_in_database",)),
            expects=COUNT_ANSWER,
        ),
    ),
)

SUM = Group(
    name="sum",
    question="What do two columns sum up to?",
    baseline="sum-objects",
    of="player_fight",
    sizes=(SIZE,),
    variants=(
        Variant(
            name="sum-objects",
            title="Django: for-loop over model objects",
            asks=Endpoint(app=App.DJANGO, code=("SumObjects",)),
            expects=SUM_ANSWER,
        ),
        Variant(
            name="sum-only",
            title="Django: for-loop over only()",
            asks=Endpoint(app=App.DJANGO, code=("SumOnly",)),
            expects=SUM_ANSWER,
        ),
        Variant(
            name="sum-values-list",
            title="Django: for-loop over values_list()",
            asks=Endpoint(app=App.DJANGO, code=("SumValuesList",)),
            expects=SUM_ANSWER,
        ),
        Variant(
            name="sum-aggregate",
            title="Django: aggregate()",
            asks=Endpoint(app=App.DJANGO, code=("SumAggregate",)),
            expects=SUM_ANSWER,
        ),
        Variant(
            name="sum-sqlalchemy-objects",
            title="FastAPI: for-loop over model objects",
            asks=Endpoint(app=App.FASTAPI, code=("sum_objects",)),
            expects=SUM_ANSWER,
        ),
        Variant(
            name="sum-sqlalchemy-columns",
            title="FastAPI: for-loop over plain columns",
            asks=Endpoint(app=App.FASTAPI, code=("sum_columns",)),
            expects=SUM_ANSWER,
        ),
        Variant(
            name="sum-sqlalchemy-func",
            title="FastAPI: func.sum()",
            asks=Endpoint(app=App.FASTAPI, code=("sum_in_database",)),
            expects=SUM_ANSWER,
        ),
    ),
)

GROUPING = Group(
    name="grouping",
    question="How often was each specialization played, and what is its damage in all?",
    baseline="grouping-objects",
    of="player_fight",
    sizes=(SIZE,),
    variants=(
        Variant(
            name="grouping-objects",
            title="Django: for-loop over model objects",
            asks=Endpoint(app=App.DJANGO, code=("GroupObjects", "specialization_lines")),
            expects=GROUPING_ANSWER,
        ),
        Variant(
            name="grouping-values-list",
            title="Django: for-loop over values_list()",
            asks=Endpoint(app=App.DJANGO, code=("GroupValuesList", "specialization_lines")),
            expects=GROUPING_ANSWER,
        ),
        Variant(
            name="grouping-annotate",
            title="Django: values() and annotate()",
            asks=Endpoint(app=App.DJANGO, code=("GroupAnnotate",)),
            expects=GROUPING_ANSWER,
        ),
        Variant(
            name="grouping-sqlalchemy-objects",
            title="FastAPI: for-loop over model objects",
            asks=Endpoint(app=App.FASTAPI, code=("group_objects", "SpecializationLine")),
            expects=GROUPING_ANSWER,
        ),
        Variant(
            name="grouping-sqlalchemy-func",
            title="FastAPI: group_by()",
            asks=Endpoint(app=App.FASTAPI, code=("group_in_database", "SpecializationLine")),
            expects=GROUPING_ANSWER,
        ),
    ),
)

AGGREGATES = Experiment(
    name="aggregates",
    section="7",
    question="What does it save to count, sum up and group in PostgreSQL instead of in Python?",
    groups=(COUNT, SUM, GROUPING),
)
