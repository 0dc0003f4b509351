"""Section 7 of the talk: rows written one at a time and set-wise, and what is left of them."""

from rowpath.lab.experiment import Answer, App, Experiment, Group, Shape, Variant

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
            variants=(
                Variant(
                    name="save",
                    title="Django: save() in a loop",
                    app=App.DJANGO,
                    code=("SaveEach", "DraftBenchmark", "note_change"),
                    answer=SAVED,
                    is_task=True,
                    statements_per_row=2,
                ),
                Variant(
                    name="save-atomic",
                    title="Django: save() in a loop, in one transaction",
                    app=App.DJANGO,
                    code=("SaveEachInOneTransaction",),
                    answer=SAVED,
                    is_task=True,
                    statements_per_row=2,
                ),
                Variant(
                    name="save-update-fields",
                    title="Django: save(update_fields=...) in a loop",
                    app=App.DJANGO,
                    code=("SaveEachField", "DraftBenchmark"),
                    answer=FIELD_SAVED,
                    is_task=True,
                    statements_per_row=2,
                ),
                Variant(
                    name="bulk-update",
                    title=f"Django: bulk_update(), {BATCH} rows at a time",
                    app=App.DJANGO,
                    code=("BulkUpdate",),
                    answer=WRITTEN,
                    is_task=True,
                    rows_per_statement=BATCH,
                ),
                Variant(
                    name="update",
                    title="Django: update()",
                    app=App.DJANGO,
                    code=("Update",),
                    answer=WRITTEN,
                    is_task=True,
                ),
                Variant(
                    name="update-all",
                    title="Django: update() of all that save() does",
                    app=App.DJANGO,
                    code=("UpdateAll",),
                    answer=SAVED,
                    is_task=True,
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
            variants=(
                Variant(
                    name="create-loop",
                    title="Django: create() in a loop",
                    app=App.DJANGO,
                    code=("CreateEach", "DraftBenchmark", "note_change"),
                    answer=SAVED,
                    is_task=True,
                    statements=0,
                    statements_per_row=2,
                ),
                Variant(
                    name="bulk-create",
                    title="Django: bulk_create()",
                    app=App.DJANGO,
                    code=("BulkCreate",),
                    answer=INSERTED,
                    is_task=True,
                ),
                Variant(
                    name="bulk-create-batches",
                    title=f"Django: bulk_create(), {BATCH} rows at a time",
                    app=App.DJANGO,
                    code=("BulkCreateInBatches",),
                    answer=INSERTED,
                    is_task=True,
                    statements=0,
                    rows_per_statement=BATCH,
                ),
                Variant(
                    name="bulk-create-all",
                    title="Django: bulk_create() of all that create() does",
                    app=App.DJANGO,
                    code=("BulkCreateAll", "DraftBenchmark"),
                    answer=SAVED,
                    is_task=True,
                    statements=2,
                ),
                Variant(
                    name="copy",
                    title="psycopg: COPY on Django's connection",
                    app=App.DJANGO,
                    code=("CopyIn",),
                    answer=WRITTEN,
                    is_task=True,
                ),
            ),
        ),
        Group(
            name="m2m-add",
            question="Many rows of a many-to-many relation are made",
            baseline="add-each",
            of="fight",
            sizes=(FIGHTS,),
            variants=(
                Variant(
                    name="add-each",
                    title="Django: add() in a loop",
                    app=App.DJANGO,
                    code=("AddEach",),
                    answer=ADDED,
                    is_task=True,
                    statements=0,
                    statements_per_row=1,
                ),
                Variant(
                    name="add-all",
                    title="Django: add(*fights)",
                    app=App.DJANGO,
                    code=("AddAll",),
                    answer=ADDED,
                    is_task=True,
                ),
            ),
        ),
        Group(
            name="m2m-remove",
            question="Many rows of a many-to-many relation are removed",
            baseline="remove-each",
            of="fight",
            sizes=(FIGHTS,),
            variants=(
                Variant(
                    name="remove-each",
                    title="Django: remove() in a loop",
                    app=App.DJANGO,
                    code=("RemoveEach",),
                    answer=REMOVED,
                    is_task=True,
                    statements=0,
                    statements_per_row=1,
                ),
                Variant(
                    name="remove-all",
                    title="Django: remove(*fights)",
                    app=App.DJANGO,
                    code=("RemoveAll",),
                    answer=REMOVED,
                    is_task=True,
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
            variants=(
                Variant(
                    name="clear-add",
                    title="Django: clear() and add(*wanted)",
                    app=App.DJANGO,
                    code=("ClearAndAdd",),
                    answer=SET,
                    is_task=True,
                    statements=2,
                    statements_at_most=True,
                ),
                Variant(
                    name="set",
                    title="Django: set(wanted)",
                    app=App.DJANGO,
                    code=("SetWanted",),
                    answer=SET,
                    is_task=True,
                    statements=3,
                    statements_at_most=True,
                ),
                Variant(
                    name="remove-add",
                    title="Django: remove(*gone) and add(*come)",
                    app=App.DJANGO,
                    code=("RemoveAndAdd",),
                    answer=SET,
                    is_task=True,
                    statements=2,
                    statements_at_most=True,
                ),
            ),
        ),
    ),
)
