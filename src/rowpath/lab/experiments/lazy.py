"""Section 3.2 of the talk: a query of the whole table that is never read, and one that is."""

from rowpath.lab.experiment import (
    WHOLE_TABLE,
    Answer,
    App,
    Experiment,
    Setup,
    Shape,
    Timing,
    Variant,
)

UNREAD = Answer(shape=Shape.COLUMNS, columns=("low_price", "high_price"), empty=True)
TOTALS = Answer(shape=Shape.TOTALS, columns=("demand_qty",))
# What is never read meets no index, and a whole table is read in order by the index only.
SETUPS = (Setup.CONTROLLED,)
LIST_LIMIT_MIB = 4_096
"""Well over what a worker is given in production, and a fraction of what ten million take."""

LAZY = Experiment(
    name="lazy",
    section="3.2",
    question="What happens with a queryset of the whole table, unread and read?",
    baseline="unread-django",
    sizes=(WHOLE_TABLE,),
    variants=(
        Variant(
            name="unread-django",
            title="Django: all(), never read",
            app=App.DJANGO,
            path="/lazy/unread-django",
            code=("Unread",),
            answer=UNREAD,
            setups=SETUPS,
            statements=0,
        ),
        Variant(
            name="unread-sqlalchemy",
            title="FastAPI: offset and limit without all()",
            app=App.FASTAPI,
            path="/lazy/unread-sqlalchemy",
            code=("unread",),
            answer=UNREAD,
            setups=SETUPS,
            statements=0,
        ),
        Variant(
            name="read-iterator",
            title="Django: iterator(), 2,000 rows at a time",
            app=App.DJANGO,
            path="/lazy/read-iterator",
            code=("ReadByIterator",),
            answer=TOTALS,
            setups=SETUPS,
            timing=Timing.ONCE,
        ),
        Variant(
            name="read-yield-per",
            title="FastAPI: yield_per(), 2,000 rows at a time",
            app=App.FASTAPI,
            path="/lazy/read-yield-per",
            code=("read_by_yield_per",),
            answer=TOTALS,
            setups=SETUPS,
            timing=Timing.ONCE,
            thorough_only=True,
        ),
        Variant(
            name="read-list",
            title="Django: the whole queryset as a list",
            app=App.DJANGO,
            path="/lazy/read-list",
            code=("ReadAsList",),
            answer=TOTALS,
            setups=SETUPS,
            timing=Timing.ONCE,
            memory_limit_mib=LIST_LIMIT_MIB,
            thorough_only=True,
        ),
    ),
)
