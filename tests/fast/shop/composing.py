"""Asks the composed lists both ways; what does not compare by itself is compared here."""

import gzip
import json
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from fast.shop.asking import ask, same, told, way_of
from fast.shop.models import Note

Told = list[Any]
WAYS = ("drf", "fast")
MIDDLEWARE = settings.MIDDLEWARE


def compared(path: str, headers: dict[str, str]) -> Told:
    """Return the status, the way and the body of the fast answer, which is DRF's."""
    answer = same(path, **headers)
    return [answer.status_code, way_of(answer), answer.content.decode()]


def options(path: str) -> bool:
    """Return whether OPTIONS is answered the same."""
    answers = [Client().options(f"/{path}", headers={"Way": way}) for way in WAYS]
    return told(answers[0]) == told(answers[1]) and answers[0].status_code == 200


def cached() -> Told:
    """Return for each way the statements of two requests, and whether the second was the first."""
    seen: Told = []
    bodies = []
    for way in WAYS:
        with CaptureQueriesContext(connection) as first:
            before = ask("cached/", way)
        Note.objects.filter(pk=1).update(text=f"changed after {way}")
        with CaptureQueriesContext(connection) as second:
            after = ask("cached/", way)
        Note.objects.filter(pk=1).update(text="plain 0")
        seen.append([len(first), len(second), before.content == after.content])
        bodies.append(
            (after.content, after.headers["Content-Type"], after.headers["Cache-Control"])
        )
    return [*seen, bodies[0] == bodies[1]]


def cached_data() -> bool:
    """Return whether an answer from the cache still has its data."""
    ask("cached/", "fast")
    answer = ask("cached/", "fast")
    return bool(answer.data == json.loads(answer.content))


def gzipped(path: str) -> Told:
    """Return the answer's encoding, and whether both ways compress the same bytes."""
    answers = [ask(path, way, Accept_Encoding="gzip") for way in WAYS]
    encodings = [answer.headers["Content-Encoding"] for answer in answers]
    bodies = [gzip.decompress(told(answer)[2]) for answer in answers]
    return [encodings, bodies[0] == bodies[1], way_of(answers[1])]


def entity_tags() -> Told:
    """Return both ETags' equality, the statuses when they are sent back, and after a change."""
    with_tags = ["django.middleware.http.ConditionalGetMiddleware", *MIDDLEWARE]
    with override_settings(MIDDLEWARE=with_tags):
        tags = [ask("flat/", way).headers["ETag"] for way in WAYS]
        again = [ask("flat/", way, If_None_Match=tags[0]).status_code for way in WAYS]
        Note.objects.filter(pk=1).update(text="changed")
        changed = [ask("flat/", way, If_None_Match=tags[0]).status_code for way in WAYS]
        Note.objects.filter(pk=1).update(text="plain 0")
    return [tags[0] == tags[1], again, changed]


def envelope() -> Told:
    """Return what a middleware made of the data before it was rendered."""
    wrapping = [*MIDDLEWARE, "fast.shop.composed.wrapping_templates"]
    with override_settings(MIDDLEWARE=wrapping):
        answer = same("flat/")
    return [answer.status_code, answer.content[:9].decode()]


def throttled(caller: str, share: float) -> list[list[int]]:
    """Return the statuses of four requests each way."""
    with override_settings(ROWPATH={"shadow": share}):
        return [
            [ask("throttled/", way, Caller=caller).status_code for _ in range(4)] for way in WAYS
        ]


def data_in_tests() -> Told:
    """Return whether data and json() of the test client are what DRF's are."""
    theirs, ours = (ask("filtered/", way) for way in WAYS)
    return [
        ours.json() == theirs.json(),
        ours.data == theirs.json(),
        ours.data["results"][0]["id"],
        len(ours.data["results"]) == len(theirs.data["results"]),
        way_of(ours),
    ]


def browsable() -> Told:
    """Return whether the browsable API shows the same page, and how it was answered."""
    pages = [ask("flat/?format=api", way) for way in WAYS]
    rows = [page.content.partition(b'<div class="response-info"')[2] for page in pages]
    shown = [row.partition(b"</pre>")[0] for row in rows]
    return [shown[0] == shown[1], b"&quot;owner&quot;" in shown[1], way_of(pages[1])]
