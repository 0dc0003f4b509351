"""Section 7 of the talk: rows written one at a time and set-wise, and what is left of them."""

from rowpath.lab.applications import App
from rowpath.lab.experiment import Answer, Experiment, Group, Shape, Task, Variant
from rowpath.lab.measures import TaskClock

_SAVED_LABEL = "'boss ' || boss_id || ' spec ' || specialization_id || ' ' || dps + 1"


def _left(*, label: str, updated: bool, changes: str) -> Answer:
    """Return the benchmarks that are left: dps is raised by one, what none writes is as before."""
    return Answer(
        shape=Shape.ROWS,
        expected=f"""
            SELECT id, boss_id, specialization_id, is_cm, role, dps + 1 AS dps,
                   {label} AS label_by_save, {updated} AS updated_by_auto_now,
                   fights_checked_until, dps_checked_until,
                   ARRAY[{changes}]::text[] AS changes_by_signal
            FROM benchmark ORDER BY id LIMIT %(rows)s
        """,  # noqa: S608 made of literals alone
    )


SAVED = _left(label=_SAVED_LABEL, updated=True, changes=_SAVED_LABEL)
"""save() makes the label, its field the time, and its signal a note."""
FIELD_SAVED = _left(label=_SAVED_LABEL, updated=False, changes=_SAVED_LABEL)
"""auto_now sets the time only where its field is saved too."""
INSERTED = _left(label="label", updated=True, changes="")
"""bulk_create() has every field prepare its value, auto_now too, and calls no save()."""
WRITTEN = _left(label="label", updated=False, changes="")
"""Nothing is written but what was given."""
ADDED = Answer(
    shape=Shape.ROWS,
    expected="SELECT id AS fight_id FROM fight ORDER BY id LIMIT %(rows)s",
)
REMOVED = Answer(
    shape=Shape.ROWS,
    expected="SELECT id AS fight_id FROM fight ORDER BY id LIMIT %(rows)s OFFSET %(rows)s",
)
SET = Answer(
    shape=Shape.ROWS,
    expected="""
        SELECT id AS fight_id FROM (SELECT id FROM fight ORDER BY id LIMIT %(rows)s) AS asked
        WHERE id %% 10 <> 1 ORDER BY id
    """,
)
BENCHMARKS = 300
FIGHTS = 300
BATCH = 100

WRITES = Experiment(
    name="writes",
    section="7",
    question="What is saved by writing set-wise, and what is left out?",
    groups=(
        Group(
            name="update",
            question="One column of many rows is changed",
            baseline="save",
            of="benchmark",
            sizes=(BENCHMARKS,),
            measure=TaskClock(),
            variants=(
                Variant(
                    name="save",
                    title="Django: save() in a loop",
                    asks=Task(app=App.DJANGO, code=("SaveEach", "DraftBenchmark", "note_change")),
                    expects=SAVED,
                    statements_per_row=2,
                ),
                Variant(
                    name="save-atomic",
                    title="Django: save() in a loop, in one transaction",
                    asks=Task(app=App.DJANGO, code=("SaveEachInOneTransaction",)),
                    expects=SAVED,
                    statements_per_row=2,
                ),
                Variant(
                    name="save-update-fields",
                    title="Django: save(update_fields=...) in a loop",
                    asks=Task(app=App.DJANGO, code=("SaveEachField", "DraftBenchmark")),
                    expects=FIELD_SAVED,
                    statements_per_row=2,
                ),
                Variant(
                    name="bulk-update",
                    title=f"Django: bulk_update(), {BATCH} rows at a time",
                    asks=Task(app=App.DJANGO, code=("BulkUpdate",)),
                    expects=WRITTEN,
                    rows_per_statement=BATCH,
                ),
                Variant(
                    name="update",
                    title="Django: update()",
                    asks=Task(app=App.DJANGO, code=("Update",)),
                    expects=WRITTEN,
                ),
                Variant(
                    name="update-all",
                    title="Django: update() of all that save() does",
                    asks=Task(app=App.DJANGO, code=("UpdateAll",)),
                    expects=SAVED,
                    statements=3,
                ),
            ),
        ),
        Group(
            name="create",
            question="Many rows are made",
            baseline="create-loop",
            of="benchmark",
            sizes=(BENCHMARKS,),
            measure=TaskClock(),
            variants=(
                Variant(
                    name="create-loop",
                    title="Django: create() in a loop",
                    asks=Task(app=App.DJANGO, code=("CreateEach", "DraftBenchmark", "note_change")),
                    expects=SAVED,
                    statements=0,
                    statements_per_row=2,
                ),
                Variant(
                    name="bulk-create",
                    title="Django: bulk_create()",
                    asks=Task(app=App.DJANGO, code=("BulkCreate",)),
                    expects=INSERTED,
                ),
                Variant(
                    name="bulk-create-batches",
                    title=f"Django: bulk_create(), {BATCH} rows at a time",
                    asks=Task(app=App.DJANGO, code=("BulkCreateInBatches",)),
                    expects=INSERTED,
                    statements=0,
                    rows_per_statement=BATCH,
                ),
                Variant(
                    name="bulk-create-all",
                    title="Django: bulk_create() of all that create() does",
                    asks=Task(app=App.DJANGO, code=("BulkCreateAll", "DraftBenchmark")),
                    expects=SAVED,
                    statements=2,
                ),
                Variant(
                    name="copy",
                    title="psycopg: COPY on Django's connection",
                    asks=Task(app=App.DJANGO, code=("CopyIn",)),
                    expects=WRITTEN,
                ),
            ),
        ),
        Group(
            name="m2m-add",
            question="Many rows of a many-to-many relation are made",
            baseline="add-each",
            of="fight",
            sizes=(FIGHTS,),
            measure=TaskClock(),
            variants=(
                Variant(
                    name="add-each",
                    title="Django: add() in a loop",
                    asks=Task(app=App.DJANGO, code=("AddEach",)),
                    expects=ADDED,
                    statements=0,
                    statements_per_row=1,
                ),
                Variant(
                    name="add-all",
                    title="Django: add(*fights)",
                    asks=Task(app=App.DJANGO, code=("AddAll",)),
                    expects=ADDED,
                ),
            ),
        ),
        Group(
            name="m2m-remove",
            question="Many rows of a many-to-many relation are removed",
            baseline="remove-each",
            of="fight",
            sizes=(FIGHTS,),
            measure=TaskClock(),
            variants=(
                Variant(
                    name="remove-each",
                    title="Django: remove() in a loop",
                    asks=Task(app=App.DJANGO, code=("RemoveEach",)),
                    expects=REMOVED,
                    statements=0,
                    statements_per_row=1,
                ),
                Variant(
                    name="remove-all",
                    title="Django: remove(*fights)",
                    asks=Task(app=App.DJANGO, code=("RemoveAll",)),
                    expects=REMOVED,
                ),
            ),
        ),
        Group(
            name="m2m-set",
            question="A tenth of the rows of a many-to-many relation changes",
            baseline="clear-add",
            of="fight",
            sizes=(FIGHTS,),
            # Of a single fight there is none to add, and Django sends nothing for nothing.
            measure=TaskClock(),
            variants=(
                Variant(
                    name="clear-add",
                    title="Django: clear() and add(*wanted)",
                    asks=Task(app=App.DJANGO, code=("ClearAndAdd",)),
                    expects=SET,
                    statements=2,
                    statements_at_most=True,
                ),
                Variant(
                    name="set",
                    title="Django: set(wanted)",
                    asks=Task(app=App.DJANGO, code=("SetWanted",)),
                    expects=SET,
                    statements=3,
                    statements_at_most=True,
                ),
                Variant(
                    name="remove-add",
                    title="Django: remove(*gone) and add(*come)",
                    asks=Task(app=App.DJANGO, code=("RemoveAndAdd",)),
                    expects=SET,
                    statements=2,
                    statements_at_most=True,
                ),
            ),
        ),
    ),
)
