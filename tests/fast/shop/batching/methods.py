"""What a project's own methods do with a row whose relations nobody has loaded."""

import copy
import pickle
import threading
from collections.abc import Callable
from typing import Any

from django.db import connections, models, transaction

from fast.shop.batching.models import LITE, Book, Label, alias_of, calls


def changed(_: Any, data: Any, row: Any) -> Any:
    calls.append(row.pk)
    data["more"] = [label.slug for label in row.labels.all()]
    return data


def naming(_: Any, row: Any) -> Any:
    """Change what was read of the row, which no other row may see."""
    for label in row.labels.all():
        label.slug += "?"
    if row.writer is None:
        return None
    row.writer.name += f" of {row.pk}"
    row.writer.data["books"].append(row.pk)
    return [row.writer is row.writer, row.writer.data, row.labels.first() is row.labels.first()]


def asking(_: Any, row: Any) -> Any:
    """Ask relations in all ways but the one in which they are loaded."""
    labels = row.labels
    return [
        *(labels.count(), labels.exists(), getattr(labels.first(), "pk", None)),
        *(len(labels.all()), bool(labels.all()), labels.all().exists()),
        [*labels.values_list("pk", flat=True)],
        [one.pk for one in labels.filter(pk__gt=2)],
        [one.pk for one in labels.all().order_by("pk")[:1]],
        [one.pk for one in labels.all().iterator()],
        [one.pk for one in labels(manager="objects").all()],
        [one.pk for one in labels.using(alias_of(row)).all()],
        [one.pk for one in labels.all() | labels.filter(pk=1)],
        [one.book is row for one in row.chapters.all()],
        repr(labels.all()),
        Book.writer.field.is_cached(row),
    ]


def miss(_: Any, row: Any) -> Any:
    told = []
    for name in ("lost", "cover"):
        try:
            told.append(getattr(row, name).pk)
        except Exception as error:  # noqa: BLE001 - whatever it is, both have to raise it
            told.append([type(error).__qualname__, str(error)])
    return told


def copying(_: Any, row: Any) -> Any:
    twins = [copy.copy(row), copy.deepcopy(row), pickle.loads(pickle.dumps(row))]  # noqa: S301
    labels = [pickle.dumps(row.labels.all()), pickle.dumps(row.labels.filter(pk__gt=1))]
    if any(b"rowpath" in one for one in (*labels, pickle.dumps(row))):
        raise AssertionError("something of rowpath's is in a pickle")
    read = [pickle.loads(one) for one in labels]  # noqa: S301
    return [
        [[one.slug for one in labels] for labels in (*read, copy.deepcopy(row.labels.all()))],
        [[twin.writer_id and twin.writer.name, twin.labels.count()] for twin in twins],
    ]


def refreshing(_: Any, row: Any) -> Any:
    row.refresh_from_db()
    return [row.writer and row.writer.name, len(row.labels.all())]


def moving(_: Any, row: Any) -> Any:
    """Lead elsewhere before the relation is read."""
    row.writer_id = row.pk % 5 + 1
    return row.writer.name


def five(_: Any, row: Any) -> None:
    """Have a key of another type than its column."""
    row.editor_id = 5


def dumping(_: Any, row: Any) -> Any:
    """Tell all that the row, and what it leads to, have: as a project's to_dict() does."""
    label = row.labels.all()[:1]
    have = [vars(one) for one in (row, row.writer, *label) if one is not None]
    return [
        [hasattr(row, "_prefetched_objects_cache"), "_prefetched_objects_cache" in vars(row)],
        [{name: str(own[name]) for name in own if name != "_state"} for own in have],
    ]


def prefetching(_: Any, row: Any) -> Any:
    """Prefetch for a copy, which is no business of the row's, and for the row itself."""
    twin = copy.copy(row)
    models.prefetch_related_objects([twin], "labels")
    told = [hasattr(row, "_prefetched_objects_cache"), [one.pk for one in twin.labels.all()]]
    models.prefetch_related_objects([row], "labels", "chapters")
    if b"rowpath" in pickle.dumps(row):
        raise AssertionError("something of rowpath's is in a pickle")
    return [*told, [one.pk for one in row.labels.all()], len(row.chapters.all())]


def renumbering(_: Any, row: Any) -> Any:
    """Have another key when the rows are read than when they were asked for."""
    manager, labels, chapters = row.labels, row.labels.all(), row.chapters.all()
    looked_at = row.chapters.all()
    str(looked_at.query)
    own, row.pk = row.pk, 5
    told = [[one.pk for one in rows] for rows in (manager.all(), labels, chapters, looked_at)]
    row.pk = own
    return told


def changing_queries(_: Any, row: Any) -> Any:
    """Change a query in place, which makes no other queryset of it."""
    labels, chapters = row.labels.all(), row.chapters.all()
    labels.query.set_limits(0, 1)
    chapters.query.order_by = ("-position",)
    return [[one.pk for one in labels], [one.position for one in chapters]]


def threaded(_: Any, row: Any) -> Any:
    found: list[Any] = []

    def read() -> None:
        with connections[alias_of(row)].execute_wrapper(_passing_on):
            found.extend(one.slug for one in row.labels.all())
        connections[alias_of(row)].close()

    if alias_of(row) != LITE:  # which is in the memory of one thread
        thread = threading.Thread(target=read)
        thread.start()
        thread.join()
    return found


def _passing_on(execute: Any, *said: Any) -> Any:
    return execute(*said)


def wrapping(_: Any, row: Any) -> Any:
    """Read within a wrapper of the project's own, which goes as it came."""
    with connections[alias_of(row)].execute_wrapper(_passing_on):
        told = [row.writer and row.writer.name, *(one.slug for one in row.labels.all())]
    return [*told, _passing_on in connections[alias_of(row)].execute_wrappers]


def writing(change: Callable[[Any, Any], None]) -> Callable[[Any, Any], Any]:
    def told(_: Any, row: Any) -> Any:
        change(row, connections[alias_of(row)])
        return [row.writer and row.writer.name, [one.slug for one in row.labels.all()]]

    return told


def update(row: Any, connection: Any) -> None:
    Label.objects.using(connection.alias).filter(pk=row.pk % 5 + 1).update(slug=f"new {row.pk}")


def clear(row: Any, _: Any) -> None:
    if row.pk == 3:
        row.labels.clear()


def save(row: Any, connection: Any) -> None:
    if row.writer is not None:
        row.writer.name += "s"
        row.writer.save(using=connection.alias)


def raw(row: Any, connection: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE shop_writer SET name = %s WHERE id = %s", [f"raw {row.pk}", row.pk])


def read_many(row: Any, connection: Any) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE shop_writer SET name = %s WHERE id = %s", [(f"one {row.pk}", row.pk)]
        )


def by_a_function(row: Any, connection: Any) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT shop_rename(%s)", [row.pk])


def undone(row: Any, connection: Any) -> None:
    with transaction.atomic(using=connection.alias):
        update(row, connection)
        [*row.labels.all()]
        transaction.set_rollback(True, using=connection.alias)
