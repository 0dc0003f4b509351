"""Very long lists of instances, within one process: which are streamed, and are DRF's."""

import gc
from typing import Any

from django.db import connection, connections, transaction
from django.db.models.signals import post_init
from django.test import RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext
from rest_framework import serializers
from rest_framework.generics import ListAPIView

from fast.shop.models import Note, Number, Topic
from fast.shop.streams import _rows
from fast.shop.views import NOTES, FlatFields, TopicFields
from fast.shop.ways import fast
from rowpath.fast.drf import outcome_of

LITE = "lite"
ROWS = 6_000

Told = dict[str, Any]

# For whom a method was called, and what it kept, while one list is answered.
calls: list[int] = []
kept: list[int] = []


class Recorded(serializers.ModelSerializer):
    """Numbers, and what a method makes of each."""

    made = serializers.SerializerMethodField()

    class Meta:
        model = Number
        fields = ("id", "made")

    def get_made(self, number: Number) -> Any:
        calls.append(number.pk)
        return self.of(number)

    def of(self, number: Number) -> Any:
        return number.name.upper()


class OneList(Recorded):
    """From the row 3,000 on the same list for all rows, which grows."""

    def of(self, number: Number) -> Any:
        if number.pk < 3_000:
            return number.name
        if number.pk % 100 == 0:
            kept.append(number.pk)
        return kept


class OneListAtOnce(Recorded):
    def of(self, number: Number) -> Any:
        if number.pk in (1, 4_000):
            kept.append(number.pk)
        return kept


def rows_around(serializer: Any) -> Any:
    """Return the rows of the list that `serializer` represents one of."""
    return serializer.parent.instance


class AllAtOnce(Recorded):
    """What the first row puts into each of the others is read by these."""

    first = 1

    def of(self, number: Number) -> Any:
        if number.pk == self.first:
            for other in rows_around(self):
                other.told = f"by the row {number.pk}"
        return getattr(number, "told", None)


class AllAtOnceLate(AllAtOnce):
    first = 4_000


class OfTheRowsAround(Recorded):
    def of(self, number: Number) -> Any:
        around: Any = self.parent
        return number.pk == around.instance.count()


class Copying(Recorded):
    """Asks the database for what the rows were filtered of."""

    def of(self, number: Number) -> Any:
        if number.pk % 1_000:
            return None
        around = rows_around(self)
        return f"{len(around.filter(pk__lt=number.pk))} behind {next(around.iterator()).pk}"


def view_of(serializer: Any, rows: Any = None, **more: Any) -> Any:
    members: Any = {
        "queryset": Number.objects.all() if rows is None else rows,
        "serializer_class": serializer,
        "stream_above_rows": 2_000,
        "stream_instances": True,
        **more,
    }
    return type("View", (ListAPIView,), members)


def answered(view: Any) -> Told:
    """Return what a client of `view` gets, by which calls, and by how many statements for rows."""
    calls.clear()
    kept.clear()
    with CaptureQueriesContext(connection) as sent:
        response = view.as_view()(RequestFactory().get("/"))
        if response.streaming:
            content = b"".join(response)
            response.close()
        else:
            content = response.render().content
    outcome = outcome_of(response)
    return {
        "content": content,
        "calls": [*calls],
        "selects": sum("cursor_tuple_fraction" not in one["sql"] for one in sent),
        "way": outcome and outcome.way,
        "streams": response.streaming,
    }


def compared(view: Any) -> Told:
    """Return how the list was answered, and whether that was DRF's answer by the same calls."""
    theirs, ours = answered(view), answered(fast(view))
    found = {name: ours[name] for name in ("streams", "way", "selects")}
    same = {name: ours[name] == theirs[name] for name in ("content", "calls")}
    return {**found, **same}


CASES = {
    "plain": Recorded,
    "one list": OneList,
    "one list at once": OneListAtOnce,
    "all at once": AllAtOnce,
    "of the rows around": OfTheRowsAround,
    "copying": Copying,
}


def case(of: str) -> Told:
    _rows(ROWS)
    return compared(view_of(CASES[of]))


def of_a_queryset_that_is_shared() -> list[Told]:
    """A view that gives each request the same queryset, not one that is made of it."""
    _rows(ROWS)
    shared = Number.objects.all()
    view = view_of(Recorded, get_queryset=lambda _: shared)
    theirs, ours = answered(view_of(Recorded)), [answered(fast(view)) for _ in range(2)]
    return [
        {"streams": one["streams"], "same": one["content"] == theirs["content"]} for one in ours
    ]


def by_a_method_that_reads_all_rows_late() -> str:
    _rows(ROWS)
    response = fast(view_of(AllAtOnceLate)).as_view()(RequestFactory().get("/"))
    try:
        for _ in response:
            pass
    except Exception as error:  # noqa: BLE001 - it is told
        return str(error)
    finally:
        response.close()
    return "no error"


def unless_the_view_says_so() -> Told:
    _rows(ROWS)
    return compared(view_of(Recorded, stream_instances=False))


def of_instances_that_somebody_hears_of() -> Told:
    def hear(instance: Any, **_: Any) -> None:
        instance.name = instance.name.title()

    _rows(ROWS)
    post_init.connect(hear, sender=Number)
    try:
        return compared(view_of(Recorded))
    finally:
        post_init.disconnect(hear, sender=Number)


class NoteRows(FlatFields):
    """Notes with a relation that the view loads, or nobody does."""

    topic = TopicFields()
    loud = serializers.SerializerMethodField()

    class Meta:
        model = Note
        fields = ("id", "topic", "loud")

    def get_loud(self, note: Note) -> str:
        calls.append(note.pk)
        return note.text.upper()


QUERYSETS = {
    "select_related": NOTES.select_related("topic"),
    "prefetch_related": NOTES.prefetch_related("topic"),
    "nobody": NOTES,
}


def relation(loaded_by: str) -> Told:
    return compared(view_of(NoteRows, QUERYSETS[loaded_by], stream_above_rows=3))


def in_sqlite() -> Told:
    own = {**connections["default"].settings_dict}
    own |= {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:", "OPTIONS": {}}
    connections.settings[LITE] = own
    with connections[LITE].schema_editor() as editor:
        editor.create_model(Topic)
    rows = Topic.objects.using(LITE)
    rows.bulk_create(Topic(name=f"{i}") for i in range(10))
    return compared(view_of(Topical, rows.order_by("pk"), stream_above_rows=3))


class Topical(TopicFields):
    loud = serializers.SerializerMethodField()

    class Meta(TopicFields.Meta):
        fields = ("id", "loud")

    def get_loud(self, topic: Topic) -> str:
        return topic.name.upper()


class Writing(Recorded):
    """Each thousandth row writes what another session is to see."""

    def of(self, number: Number) -> Any:
        if number.pk % 1_000 == 0:
            Note.objects.filter(pk=NOTES[0].pk).update(text=f"written at {number.pk}")
        return None


def with_what_a_method_writes() -> list[str]:
    """Return what another session sees after the first piece, and when the client is gone."""
    _rows(ROWS)
    response = fast(view_of(Writing)).as_view()(RequestFactory().get("/"))
    pieces = iter(response)
    seen = []
    for _ in range(4):
        next(pieces)
        seen.append(_text_elsewhere())
    response.close()
    return [*seen, _text_elsewhere()]


def _text_elsewhere() -> str:
    with connection.copy().cursor() as other:
        other.execute("SELECT text FROM shop_note ORDER BY id LIMIT 1")
        [text] = other.fetchone()
        other.connection.close()
    return str(text)


def what_the_session_has(*, ending: str) -> Told:
    """Return what is left in the session of a stream that ended in that way."""
    _rows(ROWS)
    with connection.cursor() as cursor:
        cursor.execute("SET cursor_tuple_fraction = 0.25")
    response = fast(view_of(Recorded)).as_view()(RequestFactory().get("/"))
    before = _session()
    if ending == "closed":
        response.close()
    elif ending == "read":
        for _ in response:
            pass
    else:
        del response
        gc.collect()
    return {"before": before, "after": _session()}


def _session() -> Told:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), current_setting('cursor_tuple_fraction') FROM pg_cursors")
        cursors, fraction = cursor.fetchone()
    return {"cursors": cursors, "fraction": fraction, "in a block": connection.in_atomic_block}


def in_a_transaction() -> Told:
    _rows(ROWS)
    with transaction.atomic():
        return compared(view_of(Recorded))


def without_server_side_cursors() -> Told:
    _rows(ROWS)
    settings = connection.settings_dict
    settings["DISABLE_SERVER_SIDE_CURSORS"] = True
    try:
        return compared(view_of(Recorded))
    finally:
        settings["DISABLE_SERVER_SIDE_CURSORS"] = False


def by_rows_alone() -> Told:
    """The setting that turns writing from instances off turns their streams off, too."""
    _rows(ROWS)
    with override_settings(ROWPATH={"instances": False}):
        return compared(view_of(Recorded))
