"""The middleware that tells a browser where the time of a request goes."""

import json
import os
import re
import subprocess
import sys

import pytest

from rowpath.explain.django.server_timing import header
from rowpath.explain.project_of import ProjectOf
from rowpath.explain.session import Wanted, explain
from rowpath.explain.values import Phase, Request

_PROGRAM = """
import asyncio, json, sys, threading
import django
django.setup()
from django.db.models.query import QuerySet
from django.test import AsyncClient, Client

own = QuerySet._fetch_all
header = lambda response: response.headers.get("Server-Timing")
told = {"sync": header(Client().get("/api/books/"))}
told["async"] = header(asyncio.run(AsyncClient().get("/api/books/")))
found = []
threads = [
    threading.Thread(target=lambda: found.append(header(Client().get("/only/")))) for _ in range(4)
]
for thread in threads: thread.start()
for thread in threads: thread.join()
told["threads"] = found
told["is_undone"] = QuerySet._fetch_all is own
json.dump(told, sys.stdout)
"""


def told(project: ProjectOf, debug: str) -> dict[str, object]:
    """What the middleware told of requests by both handlers, and by several threads at once."""
    ended = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        cwd=project.folder,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.timed", "SHOP_DEBUG": debug},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    found: dict[str, object] = json.loads(ended.stdout)
    return found


@pytest.fixture(scope="module")
def in_development(project: ProjectOf) -> dict[str, object]:
    """What is told with DEBUG."""
    return told(project, "1")


def names(text: object) -> set[str]:
    assert isinstance(text, str)
    entry = r'[a-z-]+;desc="[^"]+";dur=\d+\.\d\d'
    assert re.fullmatch(rf"{entry}(, {entry})*", text)
    return set(re.findall(r'desc="([^"]+)"', text))


@pytest.mark.parametrize("way", ["sync", "async"])
def test_a_request_tells_its_phases(in_development: dict[str, object], way: str) -> None:
    """WSGI and ASGI alike: the total, and each phase of Django and DRF."""
    assert names(in_development[way]) >= {
        "total",
        "SQL",
        "building SQL",
        "instances",
        "serializer",
        "view",
        "middleware",
    }


def test_requests_of_several_threads_are_told_apart(in_development: dict[str, object]) -> None:
    """A view without a serializer tells of none, whatever else is asked meanwhile."""
    found = in_development["threads"]
    assert isinstance(found, list)

    assert len(found) == 4
    assert all("SQL" in names(each) and "serializer" not in names(each) for each in found)


def test_patches_are_undone_behind_each_request(in_development: dict[str, object]) -> None:
    """What is asked of the ORM outside of requests is Django's own."""
    assert in_development["is_undone"] is True


def test_without_debug_there_is_no_middleware(project: ProjectOf) -> None:
    """Django leaves it out as it starts, so that it costs nothing."""
    assert told(project, "0") == {
        "sync": None,
        "async": None,
        "threads": [None] * 4,
        "is_undone": True,
    }


def test_names_are_tokens_of_the_header() -> None:
    """A name is a token, its description is what people read."""
    assert header([Phase(name="building SQL", duration_s=0.0123)]) == (
        'building-sql;desc="building SQL";dur=12.30'
    )


def test_what_is_explained_is_not_watched_besides(project: ProjectOf) -> None:
    """The middleware is left out of a project that is explained, as it would be timed with it."""
    timed = ProjectOf(folder=project.folder, settings="config.timed")
    (found,) = explain(Wanted(requests=(Request(path="/only/"),)), timed, None, print).requests

    assert found.statements == 25
