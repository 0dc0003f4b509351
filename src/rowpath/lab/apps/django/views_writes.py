"""The experiment `writes`: section 7 of the talk."""

from typing import Any

from django.db import connection, transaction
from django.db.models import F, TextField, Value
from django.db.models.functions import Cast, Concat, Now

from rowpath.lab.apps.django.models import (
    Benchmark,
    DraftBenchmark,
    DraftChange,
    DraftCollection,
    Fight,
)
from rowpath.lab.apps.django.tasks import Task


def execute(*statements: str, rows: int) -> None:
    """Send statements in one transaction, with `%(rows)s` for a number of rows."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, {"rows": rows})


class BenchmarkTask(Task):
    """Writes draft benchmarks, and answers what it left of them."""

    def left(self, rows: int, result: object) -> object:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT draft.id, draft.boss_id, draft.specialization_id, draft.is_cm, draft.role,
                       draft.dps, draft.label AS label_by_save,
                       draft.updated_at IS DISTINCT FROM benchmark.updated_at
                           AS updated_by_auto_now,
                       draft.fights_checked_until, draft.dps_checked_until,
                       ARRAY(SELECT note FROM draft_change WHERE benchmark_id = draft.id
                             ORDER BY id) AS changes_by_signal
                FROM draft_benchmark AS draft LEFT JOIN benchmark USING (id) ORDER BY id
                """
            )
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]


class UpdateTask(BenchmarkTask):
    """Raises the dps of every draft benchmark by one."""

    def prepare(self, rows: int) -> None:
        execute(
            "TRUNCATE draft_benchmark, draft_change RESTART IDENTITY",
            """
            INSERT INTO draft_benchmark (
                id, boss_id, specialization_id, is_cm, role, dps, label, updated_at,
                fights_checked_until, dps_checked_until
            )
            SELECT id, boss_id, specialization_id, is_cm, role, dps, label, updated_at,
                   fights_checked_until, dps_checked_until
            FROM benchmark ORDER BY id LIMIT %(rows)s
            """,
            "ANALYZE draft_benchmark",
            rows=rows,
        )


class SaveEach(UpdateTask):
    """save() in a loop: all columns, in a transaction for each statement."""

    def run(self, rows: int) -> None:
        for benchmark in DraftBenchmark.objects.order_by("id"):
            benchmark.dps += 1
            benchmark.save()


class SaveEachInOneTransaction(UpdateTask):
    """The same loop in one transaction."""

    def run(self, rows: int) -> None:
        with transaction.atomic():
            for benchmark in DraftBenchmark.objects.order_by("id"):
                benchmark.dps += 1
                benchmark.save()


class SaveEachField(UpdateTask):
    """save(update_fields) in a loop: auto_now passes over a field that is not named."""

    def run(self, rows: int) -> None:
        for benchmark in DraftBenchmark.objects.order_by("id"):
            benchmark.dps += 1
            benchmark.save(update_fields=["dps"])


class BulkUpdate(UpdateTask):
    """bulk_update() in batches: a CASE of all new values in each statement."""

    def run(self, rows: int) -> None:
        benchmarks = list(DraftBenchmark.objects.order_by("id"))
        for benchmark in benchmarks:
            benchmark.dps += 1
        DraftBenchmark.objects.bulk_update(benchmarks, ["dps"], batch_size=100)


class Update(UpdateTask):
    """update(): PostgreSQL counts, and no row comes to the application."""

    def run(self, rows: int) -> None:
        DraftBenchmark.objects.update(dps=F("dps") + 1)


class UpdateAll(UpdateTask):
    """update() of all that save() does, and the signal's notes in bulk: the same rows are left."""

    def run(self, rows: int) -> None:
        dps = F("dps") + 1
        label = Concat(
            Value("boss "),
            Cast("boss_id", TextField()),
            Value(" spec "),
            Cast("specialization_id", TextField()),
            Value(" "),
            Cast(dps, TextField()),
            output_field=TextField(),
        )
        with transaction.atomic():
            DraftBenchmark.objects.update(dps=dps, label=label, updated_at=Now())
            DraftChange.objects.bulk_create(
                DraftChange(benchmark_id=id_, note=label)
                for id_, label in DraftBenchmark.objects.values_list("id", "label")
            )


class CreateTask(BenchmarkTask):
    """Writes benchmarks anew, each with a dps that is higher by one than what it was made from."""

    def prepare(self, rows: int) -> None:
        execute("TRUNCATE draft_benchmark, draft_change RESTART IDENTITY", rows=rows)
        self.new: list[dict[str, Any]] = [
            {**benchmark, "dps": benchmark["dps"] + 1}
            for benchmark in Benchmark.objects.order_by("id").values(
                "boss_id",
                "specialization_id",
                "is_cm",
                "role",
                "dps",
                "label",
                "updated_at",
                "fights_checked_until",
                "dps_checked_until",
            )[:rows]
        ]


class CreateEach(CreateTask):
    """create() in a loop."""

    def run(self, rows: int) -> None:
        for benchmark in self.new:
            DraftBenchmark.objects.create(**benchmark)


class BulkCreate(CreateTask):
    """bulk_create() in one statement."""

    def run(self, rows: int) -> None:
        DraftBenchmark.objects.bulk_create(DraftBenchmark(**benchmark) for benchmark in self.new)


class BulkCreateInBatches(CreateTask):
    """bulk_create() in batches."""

    def run(self, rows: int) -> None:
        DraftBenchmark.objects.bulk_create(
            (DraftBenchmark(**benchmark) for benchmark in self.new), batch_size=100
        )


class BulkCreateAll(CreateTask):
    """bulk_create() of all that create() does, and the signal's notes in bulk."""

    def run(self, rows: int) -> None:
        benchmarks = [DraftBenchmark(**benchmark) for benchmark in self.new]
        for benchmark in benchmarks:
            benchmark.label = benchmark.made_label()
        with transaction.atomic():
            DraftBenchmark.objects.bulk_create(benchmarks)
            DraftChange.objects.bulk_create(
                DraftChange(benchmark=benchmark, note=benchmark.label) for benchmark in benchmarks
            )


class CopyIn(CreateTask):
    """COPY: rows as they are, without model objects, past all that a model does."""

    def run(self, rows: int) -> None:
        with (
            connection.cursor() as cursor,
            cursor.copy(
                "COPY draft_benchmark (boss_id, specialization_id, is_cm, role, dps, label, "
                "updated_at, fights_checked_until, dps_checked_until) FROM STDIN"
            ) as copy,
        ):
            for benchmark in self.new:
                copy.write_row(tuple(benchmark.values()))


class CollectionTask(Task):
    """Changes which fights are in a collection, and answers which are left in it."""

    fill: tuple[str, ...] = ()
    """What brings the fights into the collection that it holds at first."""

    def prepare(self, rows: int) -> None:
        execute(
            "TRUNCATE draft_collection, draft_collection_fights RESTART IDENTITY",
            "INSERT INTO draft_collection (id, name) VALUES (1, 'worth seeing')",
            *self.fill,
            "ANALYZE draft_collection_fights",
            rows=rows,
        )
        self.collection = DraftCollection.objects.get(id=1)
        self.fights = list(Fight.objects.order_by("id")[:rows])

    def left(self, rows: int, result: object) -> object:
        return list(self.collection.fights.order_by("id").values(fight_id=F("id")))


class AddEach(CollectionTask):
    """add() of one fight at a time."""

    def run(self, rows: int) -> None:
        for fight in self.fights:
            self.collection.fights.add(fight)


class AddAll(CollectionTask):
    """add() of all fights."""

    def run(self, rows: int) -> None:
        self.collection.fights.add(*self.fights)


class RemoveTask(CollectionTask):
    """Removes the first half of the fights in the collection."""

    fill = (
        """
        INSERT INTO draft_collection_fights (draftcollection_id, fight_id)
        SELECT 1, id FROM fight ORDER BY id LIMIT 2 * %(rows)s
        """,
    )


class RemoveEach(RemoveTask):
    """remove() of one fight at a time."""

    def run(self, rows: int) -> None:
        for fight in self.fights:
            self.collection.fights.remove(fight)


class RemoveAll(RemoveTask):
    """remove() of all fights."""

    def run(self, rows: int) -> None:
        self.collection.fights.remove(*self.fights)


class SetTask(CollectionTask):
    """Of the fights asked for, every tenth leaves the collection and another comes to it."""

    fill = (
        """
        INSERT INTO draft_collection_fights (draftcollection_id, fight_id)
        SELECT 1, id FROM (SELECT id FROM fight ORDER BY id LIMIT %(rows)s) AS asked
        WHERE id %% 10 <> 2
        """,
    )

    def prepare(self, rows: int) -> None:
        super().prepare(rows)
        self.gone, self.come = self.fights[0::10], self.fights[1::10]
        gone = {fight.id for fight in self.gone}
        self.wanted = [fight for fight in self.fights if fight.id not in gone]


class ClearAndAdd(SetTask):
    """clear() and add(): every row is deleted, most are inserted again."""

    def run(self, rows: int) -> None:
        self.collection.fights.clear()
        self.collection.fights.add(*self.wanted)


class SetWanted(SetTask):
    """set(): reads which fights are there, and writes the differences."""

    def run(self, rows: int) -> None:
        self.collection.fights.set(self.wanted)


class RemoveAndAdd(SetTask):
    """remove() and add() of the differences, where the application knows them."""

    def run(self, rows: int) -> None:
        self.collection.fights.remove(*self.gone)
        self.collection.fights.add(*self.come)
