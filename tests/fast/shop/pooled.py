"""Lists asked for through a pooler, each by the fast path and by DRF."""

from collections import Counter
from random import Random
from typing import Any

from django.db import connections, transaction
from django.test import RequestFactory

from fast.shop.asking import ask, told, way_of
from fast.shop.models import Note
from fast.shop.views import Flat
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
