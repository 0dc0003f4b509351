"""Experiments of several groups: a known error, memory first, CPU over time, other rows left."""

import dataclasses

from record_parts import claimed, compared, ended, failing, group, timed

from rowpath.lab.record import (
    CpuLineRecord,
    DifferenceRecord,
    ExperimentRecord,
    LeftOutRecord,
    StatementRecord,
    VariantRecord,
)

_LOOK_S = 0.05
_LAZY_CODE = """\
class ForeignKeysLazy(APIView):
    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        player_fights = PlayerFight.objects.order_by("id")[: rows_asked(request)]
        return Response([player_line(each) for each in player_fights])
"""
_SELECTED_CODE = """\
class ForeignKeysSelected(APIView):
    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        player_fights = PlayerFight.objects.select_related(
            "fight__boss", "character__account", "specialization__profession"
        ).order_by("id")[: rows_asked(request)]
        return Response([player_line(each) for each in player_fights])
"""
_PLAYER_FIGHTS = (
    'SELECT "player_fight"."id", "player_fight"."fight_id", "player_fight"."character_id", '
    '"player_fight"."dps" FROM "player_fight" ORDER BY "player_fight"."id" ASC'
)

_SELECTED = (
    'SELECT "player_fight"."id", "player_fight"."dps", "boss"."title" FROM "player_fight" '
    'INNER JOIN "fight" ON ("player_fight"."fight_id" = "fight"."id") '
    'INNER JOIN "boss" ON ("fight"."boss_id" = "boss"."id") ORDER BY "player_fight"."id" ASC'
)
_EACH = 'SELECT "{table}"."id", "{table}"."name" FROM "{table}" WHERE "{table}"."id" = %s LIMIT 21'
_PREFETCHED = (
    'SELECT ("fight_tags"."fight_id") AS "_prefetch_related_val_fight_id", "tag"."id", '
    '"tag"."name" FROM "tag" INNER JOIN "fight_tags" ON ("tag"."id" = "fight_tags"."tag_id") '
    'WHERE "fight_tags"."fight_id" IN ({places})'
)
_INSERT = (
    'INSERT INTO "draft_benchmark" ("boss_id", "specialization_id", "is_cm", "role", "dps", '
    '"label", "updated_at", "fights_checked_until", "dps_checked_until") VALUES {rows}'
)
_LONG = 'SELECT {columns} FROM "benchmark"'


def _player_fights(rows: int) -> StatementRecord:
    return StatementRecord(
        text=f"{_PLAYER_FIGHTS} LIMIT {rows}",
        count=1,
        duration_ms=1.9,
        rows=rows,
        plan=f"Limit  (cost=0.42..{rows / 10:.2f} rows={rows} width=44)\n"
        "  ->  Index Scan using player_fight_pkey on player_fight  "
        "(cost=0.42..94341.43 rows=1000000 width=44)",
    )


def _each(table: str, rows: int) -> StatementRecord:
    return StatementRecord(
        text=_EACH.format(table=table),
        count=rows,
        duration_ms=rows * 0.21,
        rows=rows,
        plan=f"Index Scan using {table}_pkey on {table}  (cost=0.29..8.31 rows=1 width=68)\n"
        f"  Index Cond: (id = {rows * 7})",
    )


def _selected(rows: int) -> StatementRecord:
    ids = ",".join(str(number) for number in range(1, rows + 1))
    return StatementRecord(
        text=f"{_SELECTED} LIMIT {rows}",
        count=1,
        duration_ms=3.1,
        rows=rows,
        plan="Nested Loop  (cost=0.99..61.20 rows=300 width=140)\n"
        f"  ->  Index Scan on player_fight  (cost=0.42..31.10 rows={rows} width=44)\n"
        f"        Filter: (id = ANY ('{{{ids}}}'::bigint[]))\n"
        "  ->  Memoize  (cost=0.43..0.52 rows=1 width=48)\n"
        + ("" if rows < 1_000 else "        ->  Seq Scan on fight  (cost=0.00..9.20 rows=1)"),
    )


def _prefetched(rows: int) -> StatementRecord:
    places = ", ".join(["%s"] * rows)
    return StatementRecord(
        text=_PREFETCHED.format(places=places),
        count=1,
        duration_ms=2.2,
        rows=2 * rows,
    )


def relations() -> ExperimentRecord:
    """Return an experiment with a variant that fails, one left out, and claims in two groups."""
    keys = {
        "foreign-keys-lazy": (1.0, "attributes, a query each", _LAZY_CODE),
        "foreign-keys-selected": (0.31, "select_related()", _SELECTED_CODE),
        "foreign-keys-selected-only": (0.27, "select_related() and only()", _SELECTED_CODE),
        "foreign-keys-values": (0.12, "values() across relations", _SELECTED_CODE),
    }
    tags = {"tags-lazy": 1.0, "tags-prefetched": 0.22, "tags-prefetched-to-attr": 0.2}
    sizes = (300, 1_000)
    return ExperimentRecord(
        name="relations",
        section="4, 4.1, 4.2",
        question="What does following a relation cost, and who should follow it?",
        dataset="logs",
        groups=(
            group(
                "foreign-keys",
                "foreign-keys-lazy",
                question="What do four foreign keys cost a row, by attribute, join or values()?",
            ),
            group(
                "many-to-many",
                "tags-lazy",
                question="How do a row's tags come along: one query a row, one for all, an array?",
            ),
        ),
        variants=(
            *(
                timed(
                    name,
                    group="foreign-keys",
                    ms=1.62 * rows * share,
                    rows=rows,
                    title=title,
                    code=code,
                    told_ms={1.0: 975.0, 0.31: 600.0}.get(share) if rows == sizes[0] else None,
                    statements=(_player_fights(rows), _each("boss", rows), _each("character", rows))
                    if share == 1.0
                    else (_selected(rows),),
                )
                for rows in sizes
                for name, (share, title, code) in keys.items()
            ),
            *(failing("select-related-only-id", group="foreign-keys", rows=rows) for rows in sizes),
            *(
                timed(
                    name,
                    group="many-to-many",
                    ms=480 * share,
                    rows=300,
                    title="tags of each fight",
                    statements=(_player_fights(300), _prefetched(300)),
                )
                for name, share in tags.items()
            ),
        ),
        comparisons=(
            *(
                compared(name, "foreign-keys-lazy", rows=rows, value=share)
                for rows in sizes
                for name, (share, _, _) in keys.items()
                if share < 1
            ),
            *(
                compared(name, "tags-lazy", rows=300, value=share)
                for name, share in tags.items()
                if share < 1
            ),
            compared("foreign-keys-selected-only", "foreign-keys-selected", rows=300, value=0.87),
        ),
        claims=(
            claimed(
                "select_related() takes 975 ms to 600 ms",
                "4.1",
                "foreign-keys-selected",
                0.6 / 0.975,
                (0.31, "direction only"),
                baseline="foreign-keys-lazy",
                rows=300,
            ),
            claimed(
                "only() across relations brings more",
                "4.2",
                "foreign-keys-selected-only",
                0.85,
                (0.87, "confirmed"),
                baseline="foreign-keys-selected",
                rows=300,
            ),
        ),
        left_out=(
            LeftOutRecord(
                variant="foreign-keys-fetch-peers",
                reason="it needs django 6.1, and this run has 5.2.19",
            ),
        ),
    )


def _cpu_lines(
    first: str, second: str, *, busy_s: float, share: float
) -> tuple[CpuLineRecord, ...]:
    looks = round(busy_s / _LOOK_S)
    at_s = tuple((place + 1) * _LOOK_S for place in range(looks))

    def line(name: str, until: float, level: float) -> CpuLineRecord:
        wave = (level * (0.7 + 0.6 * ((place * 7) % 5) / 4) for place in range(looks))
        return CpuLineRecord(
            name=name,
            at_s=at_s,
            share=tuple(
                value if place < until * looks else 0.0 for place, value in enumerate(wave)
            ),
        )

    return (
        line(first, 1.0, share),
        line(second, 0.6, share * 0.8),
        line("PostgreSQL", 0.9, share * 1.7),
    )


def loops() -> ExperimentRecord:
    """Return an experiment with two tasks at once, their CPU, and a group about memory."""
    memory = {
        "list-objects": (212.0, 148.2, 1.0),
        "iterator-2000": (187.0, 11.4, 0.88),
        "iterator-chunk-100": (196.0, 0.0, 0.92),
        "values-iterator": (92.0, 6.1, 0.43),
    }
    return ExperimentRecord(
        name="loops",
        section="5.1 to 5.3",
        question="What happens in a loop over a queryset?",
        dataset="logs",
        groups=(
            group("daily-task", "t1-loop", question="A query in the loop, or one before it?"),
            group(
                "list-or-iterator",
                "list-objects",
                question="How much memory does a whole queryset take, and what does it cost to "
                "take less?",
                leads="memory",
            ),
        ),
        variants=(
            dataclasses.replace(
                timed("t1-loop", group="daily-task", ms=4_100.0, rows=2_000),
                cpu_lines=_cpu_lines("t1-loop", "t2-loop", busy_s=9.6, share=0.31),
            ),
            dataclasses.replace(
                timed("t1-annotated", group="daily-task", ms=2_050.0, rows=2_000),
                cpu_lines=_cpu_lines("t1-annotated", "t2-annotated", busy_s=2.4, share=0.06),
            ),
            *(
                timed(
                    name,
                    group="list-or-iterator",
                    ms=ms,
                    rows=rows,
                    grown_mib=grown * rows / 20_000,
                )
                for rows in (20_000, 50_000)
                for name, (ms, grown, _) in memory.items()
            ),
            ended("list-everything", group="list-or-iterator", rows=50_000),
        ),
        comparisons=(
            compared("t1-annotated", "t1-loop", rows=2_000, value=0.5),
            *(
                compared(name, "list-objects", rows=rows, value=value)
                for rows in (20_000, 50_000)
                for name, (_, _, value) in memory.items()
                if value < 1
            ),
        ),
        claims=(
            claimed(
                "t1 takes 2 minutes instead of 4",
                "5.1",
                "t1-annotated",
                0.5,
                (0.5, "confirmed"),
                baseline="t1-loop",
                rows=2_000,
            ),
        ),
    )


def _insert(rows: int) -> StatementRecord:
    row = "(" + ", ".join(["%s"] * 9) + ")"
    return StatementRecord(
        text=_INSERT.format(rows=", ".join([row] * rows)),
        count=1,
        duration_ms=31.0,
        rows=rows,
        plan="Insert on draft_benchmark  (cost=0.00..7.50 rows=0 width=0)\n"
        '  ->  Values Scan on "*VALUES*"  (cost=0.00..7.50 rows=500 width=101)',
    )


def _lookup() -> StatementRecord:
    """Return a statement without a repetition to leave out, and longer than anyone reads."""
    columns = ", ".join(f'"benchmark"."a_column_with_a_long_name_{place}"' for place in range(900))
    return StatementRecord(text=_LONG.format(columns=columns), count=1, duration_ms=4.0, rows=500)


def _left(*columns: tuple[str, int, str, str]) -> tuple[DifferenceRecord, ...]:
    return tuple(
        DifferenceRecord(column=column, rows=rows, baseline=baseline, variant=own)
        for column, rows, baseline, own in columns
    )


def writes() -> ExperimentRecord:
    """Return an experiment whose bulk operations leave other rows than save() does."""
    label = ("label_by_save", 1_000, "'boss 3 spec 11 20417'", "''")
    touched = ("updated_at", 400, "2026-03-14 09:30:11+00:00", "2026-02-01 00:00:00+00:00")

    def variant(name: str, of: str, ms: float, *left: tuple[str, int, str, str]) -> VariantRecord:
        return dataclasses.replace(
            timed(
                name, group=of, ms=ms, statements=(_insert(500), _lookup()), title=f"{name}, a way"
            ),
            differences=_left(*left),
        )

    return ExperimentRecord(
        name="writes",
        section="7",
        question="What do bulk operations save, and what do they skip?",
        dataset="logs",
        groups=(
            group("update", "save-loop", question="A thousand rows changed: one at a time?"),
            group("create", "create-loop", question="A thousand rows made: one at a time?"),
        ),
        variants=(
            variant("save-loop", "update", 1_300.0),
            variant("bulk-update", "update", 96.0, label, touched),
            variant("an-update", "update", 8.4, label, touched, ("changes", 1, "1000", "0")),
            variant("create-loop", "create", 1_480.0),
            variant("bulk-create", "create", 71.0, label),
            variant("copy", "create", 22.0, label),
        ),
        comparisons=(
            compared("bulk-update", "save-loop", rows=1_000, value=0.074),
            compared("an-update", "save-loop", rows=1_000, value=0.0065),
            compared("bulk-create", "create-loop", rows=1_000, value=0.048),
            compared("copy", "create-loop", rows=1_000, value=0.015),
        ),
        claims=(),
    )
