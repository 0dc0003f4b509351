"""Section 3.2 of the talk: a query of the whole table that is never read, and one that is."""

from rowpath.lab.applications import App
from rowpath.lab.experiment import (
    WHOLE_TABLE,
    Answer,
    Data,
    Endpoint,
    Experiment,
    Group,
    Shape,
    Timing,
    Variant,
)

# What is never read meets no index, and a whole table is read in order by the index only: no$
# here has the talk's set-up.
UNREAD = Answer(shape=Shape.COLUMNS, expected="SELECT low_price, high_price FROM product LIMIT 0")
TOTALS = Answer(
    shape=Shape.TOTALS,
    expected="""
        SELECT count(*) AS rows, sum(demand_qty) AS demand_qty
        FROM (SELECT demand_qty FROM product ORDER BY time_created LIMIT %(rows)s) AS part
    """,
)
LIST_LIMIT_MIB = 4_096
"""Well over what a worker is given in production, and a fraction of what ten million take."""

LAZY = Experiment(
    name="lazy",
    section="3.2",
    question="What happens with a queryset of the whole table, unread and read?",
    data=Data.PRODUCTS,
    groups=(
        Group(
            name="lazy",
            baseline="unread-django",
            of="product",
            sizes=(WHOLE_TABLE,),
            variants=(
                Variant(
                    name="unread-django",
                    title="Django: all(), never read",
                    asks=Endpoint(app=App.DJANGO, code=("Unread",)),
                    expects=UNREAD,
                    statements=0,
                ),
                Variant(
                    name="unread-sqlalchemy",
                    title="FastAPI: offset and limit without all()",
                    asks=Endpoint(app=App.FASTAPI, code=("unread",)),
                    expects=UNREAD,
                    statements=0,
                ),
                Variant(
                    name="read-iterator",
                    title="Django: iterator(), 2,000 rows at a time",
                    asks=Endpoint(app=App.DJANGO, code=("ReadByIterator",)),
                    expects=TOTALS,
                    timing=Timing.ONCE,
                ),
                Variant(
                    name="read-yield-per",
                    title="FastAPI: yield_per(), 2,000 rows at a time",
                    asks=Endpoint(app=App.FASTAPI, code=("read_by_yield_per",)),
                    expects=TOTALS,
                    timing=Timing.ONCE,
                    thorough_only=True,
                ),
                Variant(
                    name="read-list",
                    title="Django: the whole queryset as a list",
                    asks=Endpoint(app=App.DJANGO, code=("ReadAsList",)),
                    expects=TOTALS,
                    timing=Timing.ONCE,
                    memory_limit_mib=LIST_LIMIT_MIB,
                    thorough_only=True,
                ),
            ),
        ),
    ),
)
