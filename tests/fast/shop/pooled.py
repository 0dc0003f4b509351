"""Lists asked for through a pooler, each by the fast path and by DRF."""

from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

from django.db import connections, transaction
from django.test import RequestFactory
from rest_framework.generics import ListAPIView
from rest_framework.serializers import SerializerMethodField

from fast.shop.asking import ask, told, way_of
from fast.shop.models import Note, Topic
from fast.shop.views import Flat, TopicFields
from fast.shop.ways import fast
from rowpath.fast.drf import outcome_of

PAGES = 30


def walk(*, order: int, rounds: int) -> dict[str, object]:
    """Ask for all pages again and again, in an order of its own.

    Returns how they were answered, and those with other rows than DRF's.
    """
    ways: Counter[str | None] = Counter()
    wrong = []
    paths = [f"notes/?limit=1&offset={row}" for row in range(PAGES)]
    expected = {path: told(ask(path, "drf")) for path in paths}
    for _ in range(rounds):
        Random(order).shuffle(paths)
        for path in paths:
            answer = ask(path, "fast")
            ways[way_of(answer)] += 1
            if told(answer) != expected[path]:
                wrong.append(path)
    return {"ways": ways, "wrong": wrong}


def sessions_that_change() -> list[tuple[str | None, bool]]:
    """Return how the lists of two clients are answered, and whether as by DRF.

    Each is asked for until it is prepared, in a session of its own. Then the second client is in
    the session of the first, and asks for its own list and for that of the first.
    """
    for _ in range(3):
        _list("default", "id")
    # The pooler gives the session that was given back last, so this one takes the first client's.
    with transaction.atomic("third"), connections["third"].cursor() as cursor:
        cursor.execute("SELECT 1")
        for _ in range(3):
            _list("second", "-id")
    found = [_list("second", "-id"), *(_list("second", "id") for _ in range(2))]
    return [*found, _list("default", "id")]


class LoudTopics(TopicFields):
    """Rows that Django reads."""

    loud = SerializerMethodField()

    class Meta:
        model = Topic
        fields = ("id", "name", "loud")

    def get_loud(self, topic: Topic) -> str:
        return topic.name.upper()


SERIALIZERS: dict[str, Any] = {"rows": TopicFields, "instances": LoudTopics}


def stream(of: str) -> dict[str, object]:
    """Return how a long list is answered while another client takes whichever session is free.

    That happens behind the first piece, and both have two sessions. Or what is raised.
    """
    ours, theirs = _long("default", of), _long("direct", of)
    expected = theirs.as_view()(RequestFactory().get("/")).render().content
    found: dict[str, object] = {}
    try:
        response = fast(ours).as_view()(RequestFactory().get("/"))
        outcome = outcome_of(response)
        found |= {"streams": response.streaming, "way": outcome and outcome.way}
        content = b"".join(_in_between(response)) if response.streaming else _rendered(response)
    except Exception as error:  # noqa: BLE001 - it is told
        return found | {"raised": type(error).__name__}
    return found | {"same": content == expected, "open": _open_cursors()}


def _rendered(response: Any) -> bytes:
    content: bytes = response.render().content
    return content


def _in_between(response: Any) -> Iterator[bytes]:
    pieces = iter(response)
    yield next(pieces)
    # The pooler gives the session that was given back last.
    with transaction.atomic("third"), connections["third"].cursor() as cursor:
        cursor.execute("SELECT 1")
        yield from pieces
    response.close()


def _open_cursors() -> int:
    """Return how many cursors the session has that the client gets next."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_cursors")
        [found] = cursor.fetchone()
    return int(found)


def many_streams(*, rounds: int) -> dict[str, object]:
    """Ask for long lists again and again. Return how they were answered, and how many wrong."""
    ways: Counter[str] = Counter()
    wrong = 0
    for of in sorted(SERIALIZERS) * rounds:
        expected = _rendered(_long("default", of).as_view()(RequestFactory().get("/")))
        response = fast(_long("default", of)).as_view()(RequestFactory().get("/"))
        content = b"".join(response) if response.streaming else _rendered(response)
        response.close()
        ways[f"{of}{' in pieces' if response.streaming else ''}"] += 1
        wrong += content != expected
    return {"ways": ways, "wrong": wrong}


def _long(using: str, of: str) -> Any:
    members = {
        "queryset": Topic.objects.using(using).order_by("pk"),
        "serializer_class": SERIALIZERS[of],
        "stream_above_rows": 100,
        "stream_instances": True,
    }
    return type("Long", (ListAPIView,), members)


def make_rows() -> None:
    """Write enough for several pieces."""
    Topic.objects.using("direct").bulk_create(Topic(name=f"topic {i}") for i in range(3_000))


def _list(using: str, ordering: str) -> tuple[str | None, bool]:
    queryset = Note.objects.order_by(ordering)
    view: Any = type("Listed", (Flat,), {"queryset": queryset.using(using)})
    # Not through the pooler, where Django's own prepared statements fail.
    other: Any = type("Listed", (Flat,), {"queryset": queryset.using("direct")})
    ours = fast(view).as_view()(RequestFactory().get("/")).render()
    theirs = other.as_view()(RequestFactory().get("/")).render()
    outcome = outcome_of(ours)
    way = outcome.path or str(outcome.reason) if outcome else None
    return way, bool(ours.content == theirs.content)
