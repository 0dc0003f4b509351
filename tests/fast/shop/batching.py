"""Lists whose relations nobody has loaded, by DRF alone and with FastListMixin."""

import copy
import io
import itertools
import json
import pickle
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from random import Random
from typing import Any

from django.core.management import call_command
from django.db import DatabaseError, connections, models, reset_queries, transaction
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import path
from rest_framework import serializers
from rest_framework.generics import ListAPIView

from fast.exact import chain, exact, stand_in_a_module
from fast.shop.entries import asked
from rowpath.fast.django.peers.writes import only_reads
from rowpath.fast.drf import FastListMixin, outcome_of

LITE = "lite"
Rows = Callable[[], Any]


class City(models.Model):
    name = models.CharField(max_length=20)
    founded = models.DateField(null=True)

    class Meta:
        app_label = "shop"


class Writer(models.Model):
    name = models.CharField(max_length=20)
    slug = models.SlugField(unique=True)
    city = models.ForeignKey(City, null=True, on_delete=models.CASCADE)
    mentor = models.ForeignKey("self", null=True, on_delete=models.CASCADE)
    data = models.JSONField(default=dict)

    class Meta:
        app_label = "shop"

    def __str__(self) -> str:
        return f"{self.name}!"


class Label(models.Model):
    slug = models.SlugField()

    class Meta:
        app_label = "shop"
        ordering = ("-slug", "id")


class Book(models.Model):
    title = models.CharField(max_length=20)
    writer = models.ForeignKey(Writer, null=True, on_delete=models.CASCADE, related_name="books")
    editor = models.ForeignKey(
        Writer, null=True, on_delete=models.CASCADE, related_name="+", to_field="slug"
    )
    lost = models.ForeignKey(
        City, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    labels = models.ManyToManyField(Label, related_name="labelled")

    class Meta:
        app_label = "shop"
        ordering = ("id",)


class Chapter(models.Model):
    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="chapters")
    position = models.IntegerField()
    label = models.ForeignKey(Label, on_delete=models.CASCADE)

    class Meta:
        app_label = "shop"
        ordering = ("position",)
        unique_together = (("book", "position"),)


class Review(models.Model):
    """It is in no order."""

    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="reviews")
    stars = models.IntegerField()

    class Meta:
        app_label = "shop"


class Cover(models.Model):
    book = models.OneToOneField(Book, on_delete=models.CASCADE)
    art = models.CharField(max_length=20)

    class Meta:
        app_label = "shop"


class _Telling(ForwardManyToOneDescriptor):
    """Tells of each row that learns whose it is."""

    def __set__(self, instance: Any, value: Any) -> None:
        calls.append(value.pk)
        super().__set__(instance, value)


class _ToldOf(models.ForeignKey[Any, Any]):
    forward_related_accessor_class = _Telling


class Page(models.Model):
    book = _ToldOf(Book, on_delete=models.CASCADE, related_name="pages_of")

    class Meta:
        app_label = "shop"
        ordering = ("id",)


class _Shown(models.Manager[Any]):
    def get_queryset(self) -> Any:
        return super().get_queryset().filter(is_shown=True)


class Remark(models.Model):
    """Its default manager does not show all."""

    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="remarks")
    is_shown = models.BooleanField()

    objects = _Shown()

    class Meta:
        app_label = "shop"
        ordering = ("id",)


class Made(models.Model):
    """Its instances are more than their row."""

    book = models.OneToOneField(Book, on_delete=models.CASCADE, related_name="made")

    class Meta:
        app_label = "shop"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        calls.append("made")


class Novel(Book):
    """A book with a table of its own besides."""

    pages = models.IntegerField()

    class Meta:
        app_label = "shop"


MODELS = (City, Writer, Label, Book, Chapter, Review, Cover, Remark, Made, Novel, Page)
calls: list[Any] = []


def begin() -> None:
    """Make the tables and their rows, in PostgreSQL and in SQLite."""
    own = dict(connections.databases["default"])
    own |= {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:", "OPTIONS": {}}
    connections.databases[LITE] = own
    for alias in ("default", LITE):
        with connections[alias].schema_editor() as editor:
            for model in MODELS:
                editor.create_model(model)
        _fill(alias)
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION shop_rename(integer) RETURNS void LANGUAGE sql AS "
            "$$ UPDATE shop_writer SET name = 'renamed ' || $1 $$"
        )


def _fill(alias: str) -> None:
    cities = [City(pk=i, name=f"city {i}") for i in range(1, 4)]
    City.objects.using(alias).bulk_create(cities)
    for i in range(1, 6):
        Writer.objects.using(alias).create(
            pk=i,
            name=f"writer {i}",
            slug=f"w{i}",
            city_id=None if i == 2 else i % 3 + 1,
            mentor_id=i - 1 or None,
            data={"books": [i]},
        )
    labels = [Label(pk=i, slug=f"l{i % 3}") for i in range(1, 6)]
    Label.objects.using(alias).bulk_create(labels)
    numbers = itertools.count(1)
    for i in range(1, 9):
        book = Book.objects.using(alias).create(
            pk=i,
            title=f"book {i}",
            writer_id=None if i in (1, 6) else i % 5 + 1,
            editor_id=f"w{i % 2 + 1}",
            lost_id=99 if i == 3 else i % 3 + 1,
        )
        book.labels.set([] if i == 4 else [labels[i % 5], labels[(i + 2) % 5]])
        for position in range(i % 4):
            Chapter.objects.using(alias).create(
                pk=next(numbers), book=book, position=position, label=labels[(i + position) % 5]
            )
        for _ in range(2):
            Review.objects.using(alias).create(pk=next(numbers), book=book, stars=i % 5)
            Remark.objects.using(alias).create(pk=next(numbers), book=book, is_shown=i % 2 == 0)
        Page.objects.using(alias).create(pk=i, book=book)
        if i % 3:
            Cover.objects.using(alias).create(pk=next(numbers), book=book, art=f"art {i}")
            Made.objects.using(alias).create(pk=next(numbers), book=book)
    for i in range(21, 24):
        Novel.objects.using(alias).create(
            pk=i, title=f"novel {i}", writer_id=i % 5 + 1, lost_id=1, pages=i
        )


def _model(of: Any, *names: str, **members: Any) -> Any:
    """Return a serializer of a model."""
    meta = type("Meta", (), {"model": of, "fields": (*names, *_fields_in(members))})
    return type(
        f"{of.__name__}Serializer", (serializers.ModelSerializer,), members | {"Meta": meta}
    )


def _fields_in(members: dict[str, Any]) -> Iterator[str]:
    return (name for name, one in members.items() if isinstance(one, serializers.Field))


def _method(function: Callable[[Any, Any], Any]) -> dict[str, Any]:
    return {"told": serializers.SerializerMethodField(), "get_told": function}


def _slug(*, many: bool = True) -> Any:
    return serializers.SlugRelatedField(slug_field="slug", many=many, read_only=True)


def _keys(**source: str) -> Any:
    of: Any = serializers.PrimaryKeyRelatedField
    return of(many=True, read_only=True, **source)


def _text(source: str, **said: Any) -> Any:
    return serializers.CharField(source=source, read_only=True, **said)


def _alias(row: Any) -> str:
    return str(vars(row)["_state"].db)


def books() -> Any:
    """Return eight books."""
    return Book.objects.filter(pk__lt=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A serializer of books, and the rows that it is given."""

    serializer: Callable[[], Any]
    rows: Rows = books
    within: Callable[[], AbstractContextManager[Any]] = nullcontext
    settings: dict[str, Any] = field(default_factory=dict)


def _everything(**members: Any) -> Any:
    city = _model(City, "id", "name")
    writer = _model(Writer, "name", "data", city=city())
    chapter = _model(Chapter, "position", label=_slug(many=False))
    return _model(
        Book,
        "title",
        writer=writer(),
        cover=_model(Cover, "art")(read_only=True),
        town=_text("writer.city.name"),
        labels=_slug(),
        chapters=chapter(many=True),
        **members,
    )


def _changed(_: Any, data: Any, row: Any) -> Any:
    calls.append(row.pk)
    data["more"] = [label.slug for label in row.labels.all()]
    return data


def _naming(_: Any, row: Any) -> Any:
    """Change what was read of the row, which no other row may see."""
    for label in row.labels.all():
        label.slug += "?"
    if row.writer is None:
        return None
    row.writer.name += f" of {row.pk}"
    row.writer.data["books"].append(row.pk)
    return [row.writer is row.writer, row.writer.data, row.labels.first() is row.labels.first()]


def _asking(_: Any, row: Any) -> Any:
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
        [one.pk for one in labels.using(_alias(row)).all()],
        [one.pk for one in labels.all() | labels.filter(pk=1)],
        [one.book is row for one in row.chapters.all()],
        repr(labels.all()),
        Book.writer.field.is_cached(row),
    ]


def _missing(_: Any, row: Any) -> Any:
    told = []
    for name in ("lost", "cover"):
        try:
            told.append(getattr(row, name).pk)
        except Exception as error:  # noqa: BLE001 - whatever it is, both have to raise it
            told.append([type(error).__qualname__, str(error)])
    return told


def _copying(_: Any, row: Any) -> Any:
    twins = [copy.copy(row), copy.deepcopy(row), pickle.loads(pickle.dumps(row))]  # noqa: S301
    labels = [pickle.dumps(row.labels.all()), pickle.dumps(row.labels.filter(pk__gt=1))]
    if any(b"rowpath" in one for one in (*labels, pickle.dumps(row))):
        raise AssertionError("something of rowpath's is in a pickle")
    read = [pickle.loads(one) for one in labels]  # noqa: S301
    return [
        [[one.slug for one in labels] for labels in (*read, copy.deepcopy(row.labels.all()))],
        [[twin.writer_id and twin.writer.name, twin.labels.count()] for twin in twins],
    ]


def _refreshing(_: Any, row: Any) -> Any:
    row.refresh_from_db()
    return [row.writer and row.writer.name, len(row.labels.all())]


def _moving(_: Any, row: Any) -> Any:
    """Lead elsewhere before the relation is read."""
    row.writer_id = row.pk % 5 + 1
    return row.writer.name


def _five(_: Any, row: Any) -> None:
    """Have a key of another type than its column."""
    row.editor_id = 5


def _dumping(_: Any, row: Any) -> Any:
    """Tell all that the row, and what it leads to, have: as a project's to_dict() does."""
    label = row.labels.all()[:1]
    have = [vars(one) for one in (row, row.writer, *label) if one is not None]
    return [
        [hasattr(row, "_prefetched_objects_cache"), "_prefetched_objects_cache" in vars(row)],
        [{name: str(own[name]) for name in own if name != "_state"} for own in have],
    ]


def _prefetching(_: Any, row: Any) -> Any:
    """Prefetch for a copy, which is no business of the row's, and for the row itself."""
    twin = copy.copy(row)
    models.prefetch_related_objects([twin], "labels")
    told = [hasattr(row, "_prefetched_objects_cache"), [one.pk for one in twin.labels.all()]]
    models.prefetch_related_objects([row], "labels", "chapters")
    if b"rowpath" in pickle.dumps(row):
        raise AssertionError("something of rowpath's is in a pickle")
    return [*told, [one.pk for one in row.labels.all()], len(row.chapters.all())]


def _renumbering(_: Any, row: Any) -> Any:
    """Have another key when the rows are read than when they were asked for."""
    manager, labels, chapters = row.labels, row.labels.all(), row.chapters.all()
    looked_at = row.chapters.all()
    str(looked_at.query)
    own, row.pk = row.pk, 5
    told = [[one.pk for one in rows] for rows in (manager.all(), labels, chapters, looked_at)]
    row.pk = own
    return told


def _changing_queries(_: Any, row: Any) -> Any:
    """Change a query in place, which makes no other queryset of it."""
    labels, chapters = row.labels.all(), row.chapters.all()
    labels.query.set_limits(0, 1)
    chapters.query.order_by = ("-position",)
    return [[one.pk for one in labels], [one.position for one in chapters]]


def _threaded(_: Any, row: Any) -> Any:
    found: list[Any] = []

    def read() -> None:
        with connections[_alias(row)].execute_wrapper(_passing_on):
            found.extend(one.slug for one in row.labels.all())
        connections[_alias(row)].close()

    if _alias(row) != LITE:  # which is in the memory of one thread
        thread = threading.Thread(target=read)
        thread.start()
        thread.join()
    return found


def _passing_on(execute: Any, *said: Any) -> Any:
    return execute(*said)


def _wrapping(_: Any, row: Any) -> Any:
    """Read within a wrapper of the project's own, which goes as it came."""
    with connections[_alias(row)].execute_wrapper(_passing_on):
        told = [row.writer and row.writer.name, *(one.slug for one in row.labels.all())]
    return [*told, _passing_on in connections[_alias(row)].execute_wrappers]


def _writing(change: Callable[[Any, Any], None]) -> Callable[[Any, Any], Any]:
    def told(_: Any, row: Any) -> Any:
        change(row, connections[_alias(row)])
        return [row.writer and row.writer.name, [one.slug for one in row.labels.all()]]

    return told


def _update(row: Any, connection: Any) -> None:
    Label.objects.using(connection.alias).filter(pk=row.pk % 5 + 1).update(slug=f"new {row.pk}")


def _clear(row: Any, _: Any) -> None:
    if row.pk == 3:
        row.labels.clear()


def _save(row: Any, connection: Any) -> None:
    if row.writer is not None:
        row.writer.name += "s"
        row.writer.save(using=connection.alias)


def _raw(row: Any, connection: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE shop_writer SET name = %s WHERE id = %s", [f"raw {row.pk}", row.pk])


def _many(row: Any, connection: Any) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE shop_writer SET name = %s WHERE id = %s", [(f"one {row.pk}", row.pk)]
        )


def _by_a_function(row: Any, connection: Any) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT shop_rename(%s)", [row.pk])


def _undone(row: Any, connection: Any) -> None:
    with transaction.atomic(using=connection.alias):
        _update(row, connection)
        [*row.labels.all()]
        transaction.set_rollback(True, using=connection.alias)


@contextmanager
def _refused() -> Iterator[None]:
    """Have every statement refused that asks for several rows at once."""

    def refuse(execute: Any, sql: str, *said: Any) -> Any:
        if " IN (" in sql:
            raise DatabaseError("too many at once")
        return execute(sql, *said)

    with connections["default"].execute_wrapper(refuse), connections[LITE].execute_wrapper(refuse):
        yield


@contextmanager
def _with(change: str, back: str) -> Iterator[None]:
    """Have a value in both databases that Django would not write there."""

    def execute(statement: str) -> None:
        for alias in ("default", LITE):
            with connections[alias].cursor() as cursor:
                cursor.execute(statement)

    execute(change)
    try:
        yield
    finally:
        execute(back)


def _unreadable() -> AbstractContextManager[None]:
    """Have a city that the driver cannot load."""
    return _with(
        "UPDATE shop_city SET founded = 'infinity' WHERE id = 3",
        "UPDATE shop_city SET founded = NULL WHERE id = 3",
    )


def _unread() -> Any:
    """Return a serializer that does not read the city that cannot be loaded."""
    whole = _model(Writer, "name", city=_model(City, "name")())

    def to_representation(self: Any, row: Any) -> Any:
        return None if row.city_id == 3 else super(whole, self).to_representation(row)

    whole.to_representation = to_representation
    return whole


@contextmanager
def _broken() -> Iterator[None]:
    """Have every statement be an error in the database that asks for several rows at once."""

    def fail(execute: Any, sql: str, params: Any, *said: Any) -> Any:
        return execute(*(("SELECT 1 / 0", None) if " IN (" in sql else (sql, params)), *said)

    with connections["default"].execute_wrapper(fail):
        yield


@contextmanager
def _opened_anew() -> Iterator[None]:
    try:
        yield
    finally:
        connections["default"].close()


def _cutting_off(_: Any, row: Any) -> int:
    """Have the database end the session before the first relation is asked for."""
    if row.pk == 1:
        ended = connections["default"].connection.info.backend_pid
        other = connections.create_connection("default")
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [ended])
        other.close()
    return 1


@contextmanager
def _received() -> Iterator[None]:
    def receive(instance: Any, **_: Any) -> None:
        calls.append(type(instance).__name__)

    post_init.connect(receive, sender=Writer)
    try:
        yield
    finally:
        post_init.disconnect(receive, sender=Writer)


class Router:
    """Says of each row where its relations are."""

    def db_for_read(self, _model: Any, **hints: Any) -> str | None:
        instance = hints.get("instance")
        return None if instance is None else _alias(instance)


def _of_method(function: Callable[[Any, Any], Any], *, is_first: bool = True) -> Case:
    told = _method(function)

    def made() -> Any:
        if is_first:
            return _model(Book, "told", "title", **told, **_more())
        return _model(Book, "title", **_more(), **told)

    return Case(serializer=made)


def _more() -> dict[str, Any]:
    return {
        "labels": _slug(),
        "writer": _model(Writer, "name", "data")(),
        "cover": _model(Cover, "art")(read_only=True),
        "chapters": _model(Chapter, "position")(many=True),
        "lost": _model(City, "name")(),
    }


def _loaded(rows: Rows) -> Case:
    return Case(serializer=_everything, rows=rows)


def _of(**members: Any) -> Callable[[], Any]:
    return lambda: _model(Book, "title", **{name: make() for name, make in members.items()})


def _mentors() -> Any:
    third = _model(Writer, "name", city=_model(City, "name")())
    second = _model(Writer, "name", mentor=third(), city=_model(City, "name")())
    return _model(Writer, "name", mentor=second(), books=_keys())


CASES: dict[str, Case] = {
    "everything": Case(serializer=_everything),
    "selected": _loaded(lambda: books().select_related("writer")),
    "prefetched": _loaded(lambda: books().prefetch_related("writer", "chapters")),
    "all_loaded": _loaded(
        lambda: (
            books()
            .select_related("writer__city", "cover")
            .prefetch_related("labels", "chapters__label")
        )
    ),
    "deferred": _loaded(lambda: books().only("title")),
    "a_list": _loaded(lambda: [*books()]),
    "one_row": _loaded(lambda: books()[:1]),
    "no_row": _loaded(lambda: books().none()),
    "mixed": _loaded(lambda: [*books()[:3], *Novel.objects.all(), *books()[3:5]]),
    "twice": _loaded(lambda: [*books()[:4]] * 2),
    "novels": Case(
        serializer=lambda: _model(Novel, "pages", writer=_model(Writer, "name")(), labels=_slug()),
        rows=Novel.objects.order_by,
    ),
    "of_novels": Case(
        serializer=_of(pages=lambda: _text("novel.pages", default=None)),
        rows=Book.objects.all,
    ),
    "text_of_writer": Case(
        serializer=_of(writer=lambda: serializers.StringRelatedField(read_only=True))
    ),
    "keys_alone": Case(serializer=lambda: _model(Book, "writer", "editor", "labels")),
    "two_of_one": Case(serializer=_of(labels=_slug, keys=lambda: _keys(source="labels"))),
    "by_slug": Case(
        serializer=_of(
            text=lambda: serializers.StringRelatedField(source="editor", read_only=True),
            editor=_model(Writer, "name"),
        )
    ),
    "unordered": Case(serializer=_of(reviews=lambda: _model(Review, "stars")(many=True))),
    "unordered_at_once": Case(
        serializer=_of(reviews=lambda: _model(Review, "stars")(many=True)),
        settings={"batch": "unordered"},
    ),
    "own_manager": Case(serializer=_of(remarks=_keys)),
    "own_making": Case(serializer=_of(made=lambda: _model(Made, "id")(read_only=True))),
    "mentors": Case(serializer=_mentors, rows=lambda: Writer.objects.order_by("pk")),
    "overriding": Case(serializer=lambda: _around(_everything())),
    "turned_off": Case(serializer=_everything, settings={"batch": False}),
    "refused": Case(serializer=_everything, within=_refused),
    "told_of": Case(serializer=_of(pages_of=_keys)),
    "unreadable": Case(
        serializer=_unread, rows=lambda: Writer.objects.order_by("pk"), within=_unreadable
    ),
    "key_of_a_number": Case(
        serializer=lambda: _model(Book, "told", editor=_model(Writer, "name")(), **_method(_five)),
        within=lambda: _with(
            "UPDATE shop_writer SET slug = '5' WHERE id = 5",
            "UPDATE shop_writer SET slug = 'w5' WHERE id = 5",
        ),
    ),
    "received": Case(serializer=_everything, within=_received),
    "routed": Case(
        serializer=_everything,
        within=lambda: override_settings(DATABASE_ROUTERS=["fast.shop.batching.Router"]),
    ),
    "naming_behind": _of_method(_naming, is_first=False),
} | {
    name.strip("_"): _of_method(function)
    for name, function in {
        "_naming": _naming,
        "_asking": _asking,
        "_missing": _missing,
        "_changing_queries": _changing_queries,
        "_copying": _copying,
        "_dumping": _dumping,
        "_prefetching": _prefetching,
        "_renumbering": _renumbering,
        "_refreshing": _refreshing,
        "_moving": _moving,
        "_threaded": _threaded,
        "_wrapping": _wrapping,
        "_update": _writing(_update),
        "_clear": _writing(_clear),
        "_save": _writing(_save),
        "_raw": _writing(_raw),
        "_many": _writing(_many),
        "_by_a_function": _writing(_by_a_function),
        "_undone": _writing(_undone),
    }.items()
}


OTHERS = {
    "broken": Case(serializer=_everything, within=_broken),
    "cut_off": Case(
        serializer=lambda: _model(Book, "told", "title", **_method(_cutting_off), labels=_slug()),
        within=_opened_anew,
    ),
}


def names() -> list[str]:
    return sorted(CASES)


def compared(of: str, alias: str, *, is_atomic: bool, again: bool) -> dict[str, Any]:
    """Return what a client gets of a case, what was called for it, and how many statements."""
    case = (CASES | OTHERS)[of]
    theirs, sent, _ = _told(case, (), alias, is_atomic=is_atomic, again=again)
    with override_settings(ROWPATH=case.settings):
        ours, ours_sent, way = _told(
            case, (FastListMixin,), alias, is_atomic=is_atomic, again=again
        )
    return {"theirs": theirs, "ours": ours, "sent": [sent, ours_sent], "way": way}


class _ByDjango:
    """Has Django read the rows, by a method that stands where DRF's does, and does the same."""

    def paginate_queryset(self, queryset: object) -> object:
        behind: Any = super()
        return behind.paginate_queryset(queryset)


def _told(
    case: Case, mixins: Any, alias: str, *, is_atomic: bool, again: bool
) -> tuple[Any, int, str | None]:
    serializer_class = case.serializer()
    if again:
        stand_in_a_module(serializer_class)
    calls.clear()
    rows = case.rows()
    if isinstance(rows, models.QuerySet):
        rows = rows.using(alias)
    members = {"serializer_class": serializer_class, "get_queryset": lambda _: rows}
    view: Any = type("View", (_ByDjango, *mixins, ListAPIView), members)
    told: Any = None
    with case.within(), _undoing(alias) if is_atomic else nullcontext():
        told = _answered(view, alias)
    left = [len(one.execute_wrappers) for one in connections.all()]
    return [told[0], calls[:], left], *told[1:]


def _answered(view: Any, alias: str) -> tuple[Any, int, str | None]:
    with CaptureQueriesContext(connections[alias]) as queries:
        try:
            response = asked(view)
            outcome = outcome_of(response)
            way = None if outcome is None else outcome.way
            response.render()
            told: Any = [response.content.decode(), exact(response.data)]
        except Exception as error:  # noqa: BLE001 - whatever it is, both have to raise it
            told, way = chain(error), None
    return told, len(queries), way


@contextmanager
def _undoing(alias: str) -> Iterator[None]:
    """Run the block in a transaction, and take back what it has written."""
    with transaction.atomic(using=alias):
        yield
        transaction.set_rollback(True, using=alias)


_METHODS = (
    *(_naming, _asking, _missing, _refreshing, _moving, _wrapping),
    *(_changing_queries, _prefetching, _renumbering),
)
_WRITING = (_update, _clear, _save, _raw, _undone)
_SELECTED = ("writer", "writer__city", "cover", "editor", "editor__mentor")
_PREFETCHED = ("labels", "chapters", "writer", "chapters__label", "reviews", "writer__books")


def hunted(seed: int, count: int, alias: str) -> list[Any]:
    """Return which of `count` random serializers of random rows is not what DRF's is.

    And how many statements all were, by DRF and with the mixin, and how many lists had an answer.
    """
    wrong: list[Any] = []
    sent, answered = [0, 0], 0
    for number in range(seed, seed + count):
        case, again = _random_case(Random(number)), number % 2 == 0
        theirs, drfs, _ = _told(case(), (), alias, is_atomic=True, again=again)
        with override_settings(ROWPATH=case().settings):
            ours, own, way = _told(case(), (FastListMixin,), alias, is_atomic=True, again=again)
        answered += way is not None
        sent = [sent[0] + drfs, sent[1] + own]
        if ours != theirs or own > drfs:
            wrong.append([number, str(theirs)[:2_000], str(ours)[:2_000], drfs, own])
    return [wrong, sent, answered]


def _random_case(draw: Random) -> Callable[[], Case]:
    """Return what makes a case, the same each time."""
    state = draw.getstate()

    def made() -> Case:
        again = Random()
        again.setstate(state)
        selected = again.sample(_SELECTED, again.randrange(3))
        prefetched = again.sample(_PREFETCHED, again.randrange(3))
        chosen = books().select_related(*selected) if selected else books()
        chosen = chosen.prefetch_related(*prefetched)
        if not selected and again.random() < 0.2:
            chosen = chosen.only("title", *again.sample(("writer", "lost"), again.randrange(2)))
        start = again.randrange(3)
        return Case(
            serializer=lambda: _random_books(Random(again.getstate()[1][0])),
            rows=lambda: chosen[start : start + 6],
        )

    return made


def _random_books(draw: Random) -> Any:
    pool: dict[str, Callable[[], Any]] = {
        "writer": _random_writers(draw, 2),
        "editor": _random_writers(draw, 1),
        "mentor": lambda: _text("writer.mentor.name", default="none"),
        "town": lambda: _text("writer.mentor.city.name"),
        "lost": _model(City, "name"),
        "labels": _slug,
        "keys": lambda: _keys(source="labels"),
        "named": lambda: serializers.StringRelatedField(source="editor"),
        "chapters": lambda: _random_chapters(draw)(many=True),
        "positions": lambda: serializers.SlugRelatedField(
            source="chapters", slug_field="label__slug", many=True, read_only=True
        ),
        "cover": lambda: _model(Cover, "art")(read_only=True),
        "reviews": _keys,
        "remarks": _keys,
        "made": lambda: _model(Made, "id")(read_only=True),
    }
    chosen = draw.sample(sorted(pool), draw.randrange(1, 8))
    members = {name: pool[name]() for name in chosen}
    methods: dict[str, Any] = {}
    if draw.random() < 0.5:
        methods = _method(draw.choice((*_METHODS, _writing(draw.choice(_WRITING)))))
        place = draw.randrange(len(members) + 1)
        names = [*members]
        told = methods.pop("told")
        members = {
            name: told if name == "told" else members[name]
            for name in (*names[:place], "told", *names[place:])
        }
    text = serializers.StringRelatedField(source="writer")
    whole = _model(Book, "title", text=text, **members, **methods)
    if draw.random() < 0.3:
        return _around(whole)
    return whole


def _around(whole: Any) -> Any:
    def to_representation(self: Any, row: Any) -> Any:
        return _changed(self, super(whole, self).to_representation(row), row)

    whole.to_representation = to_representation
    return whole


def _random_writers(draw: Random, depth: int) -> Any:
    members: dict[str, Any] = {"city": _model(City, "name")()}
    if depth:
        members |= {"mentor": _random_writers(draw, depth - 1)(), "books": _keys()}
        members["titles"] = _model(Book, "title", labels=_slug())(source="books", many=True)
    chosen = draw.sample(sorted(members), draw.randrange(len(members)) + 1)
    return _model(Writer, "name", "data", **{name: members[name] for name in chosen})


def _random_chapters(draw: Random) -> Any:
    members = {"label": _model(Label, "slug")(), "writer": _text("book.writer.name")}
    chosen = draw.sample(sorted(members), draw.randrange(3))
    return _model(Chapter, "position", **{name: members[name] for name in chosen})


def left() -> dict[str, Any]:
    """Return what a row is that was kept after its list was answered."""
    rows = [*books()]
    members = {"serializer_class": _everything(), "get_queryset": lambda _: rows}
    view: Any = type("View", (FastListMixin, ListAPIView), members)
    asked(view).render()
    with CaptureQueriesContext(connections["default"]) as queries:
        [*rows[1].labels.all()]
        rows[1].editor  # noqa: B018 - is asked for
    return {
        "sent": len(queries),
        "pickled": b"rowpath" in pickle.dumps(rows[1]),
        "wrappers": sum(len(one.execute_wrappers) for one in connections.all()),
    }


def large() -> list[int]:
    """Return how many statements a list of 1,250 books sends, by DRF and with the mixin."""
    sent = []
    with _undoing(LITE):
        numbers = range(100, 1_350)
        cities = [City(pk=number, name=str(number)) for number in numbers]
        City.objects.using(LITE).bulk_create(cities)
        made = [Book(pk=number, title="many", lost_id=number) for number in numbers]
        Book.objects.using(LITE).bulk_create(made)
        whole = _model(Book, "title", lost=_model(City, "name")(), labels=_slug())
        for mixins in ((), (FastListMixin,)):
            rows = Book.objects.using(LITE).filter(title="many")
            members = {"serializer_class": whole, "queryset": rows}
            view: Any = type("View", (*mixins, ListAPIView), members)
            reset_queries()
            with CaptureQueriesContext(connections[LITE]) as queries:
                asked(view).render()
            sent.append(len(queries))
    return sent


def only_read(sql: str) -> bool:
    """Whether rowpath takes a statement for one that only reads."""
    return only_reads(sql)


def planned_of_all() -> list[str]:
    """Return what rowpath_plan says is not loaded where select_related() names nothing."""
    book = _model(Book, "title", lost=_model(City, "name")(), writer=_model(Writer, "name")())
    whole = _model(Chapter, "position", book=book(), label=_slug(many=False), **_method(_missing))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # later versions of Django would rather have names
        rows = Chapter.objects.select_related()
    members = {"serializer_class": whole, "queryset": rows}
    view: Any = type("View", (FastListMixin, ListAPIView), members)
    said = io.StringIO()
    with override_settings(ROOT_URLCONF=(path("here/", view.as_view()),)):
        call_command("rowpath_plan", "--json", "--no-measure", stdout=said)
    [one] = json.loads(said.getvalue())
    return [each["path"] for each in one["unloaded"]]


def planned() -> dict[str, Any]:
    """Return what rowpath_plan says of each relation that a list of books does not load."""
    whole = _everything(reviews=_keys(), remarks=_keys(), made=_model(Made, "id")(read_only=True))
    rows = books().select_related("writer").prefetch_related("chapters")
    members = {"serializer_class": whole, "queryset": rows}
    view: Any = type("View", (FastListMixin, ListAPIView), members)
    said, told = io.StringIO(), io.StringIO()
    with override_settings(ROOT_URLCONF=(path("here/", view.as_view()),)):
        call_command("rowpath_plan", "--json", "--no-measure", stdout=said)
        call_command("rowpath_plan", "--no-measure", stdout=told)
    [one] = json.loads(said.getvalue())
    return {
        "at_once": [each["path"] for each in one["unloaded"] if each["row_by_row"] is None],
        "row_by_row": {
            each["path"]: each["row_by_row"]["reason"]
            for each in one["unloaded"]
            if each["row_by_row"] is not None
        },
        "text": told.getvalue(),
    }


def of_rowpath() -> list[str]:
    """Return what models have of rowpath's, once lists of them were answered."""
    compared("everything", alias="default", is_atomic=True, again=True)
    owners = {one for model in MODELS for one in model.__mro__}
    return [
        f"{owner.__name__}.{name}"
        for owner in owners
        for name, value in vars(owner).items()
        if "rowpath" in f"{name} {type(value).__module__} {getattr(value, '__module__', '')}"
    ]
