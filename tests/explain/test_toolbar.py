"""The panel of django-debug-toolbar, in a process of the shop's."""

import json
import os
import subprocess
import sys

import pytest

from rowpath.explain.project_of import ProjectOf

_PATHS = ("/api/books/", "/lookup/", "/again/", "/repaired/", "/template/")
_ASYNC = ("/template/", "/awaited/")
_PROGRAM = f"""
import asyncio, json, sys, threading
import django
django.setup()
from django.conf import settings
from debug_toolbar.store import get_store
from django.db.models.query import QuerySet
from django.test import AsyncClient, Client
from rowpath.explain.django.one_request import watch

client, own, told = Client(), QuerySet._fetch_all, {{}}

def panel(path):
    client.get(path)
    request_id = list(get_store().request_ids())[-1]
    url = f"/__debug__/render_panel/?request_id={{request_id}}&panel_id=RowpathPanel"
    return client.get(url).json()["content"]

for path in {_PATHS}:
    told[path] = panel(path)
def asynchronous(path):
    asyncio.run(AsyncClient().get(path))
    request_id = list(get_store().request_ids())[-1]
    url = f"/__debug__/render_panel/?request_id={{request_id}}&panel_id=RowpathPanel"
    return client.get(url).json()["content"]

told["adapted"] = asynchronous("/template/")
settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if "headed" not in each]  # it is sync
for path in {_ASYNC}:
    told["async " + path] = asynchronous(path)
with watch().watching():
    told["mixed"] = panel("/lookup/")
told["is_undone"] = QuerySet._fetch_all is own
json.dump(told, sys.stdout)
"""

_ENABLED = """
import json, sys
import django
django.setup()
from debug_toolbar.toolbar import DebugToolbar
from django.test import RequestFactory

toolbar = DebugToolbar(RequestFactory().get("/lookup/"), len)
json.dump({each.panel_id: "" for each in toolbar.enabled_panels}, sys.stdout)
"""


def told(project: ProjectOf, program: str, debug: str) -> dict[str, str]:
    """What a program tells in the shop."""
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=project.folder,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.with_toolbar", "SHOP_DEBUG": debug},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert not ended.returncode, ended.stderr
    found: dict[str, str] = json.loads(ended.stdout)
    return found


@pytest.fixture(scope="module")
def panels(project: ProjectOf) -> dict[str, str]:
    """What the panel has in development."""
    return told(project, _PROGRAM, "1")


def test_what_repeats_by_row_is_told_with_its_change(panels: dict[str, str]) -> None:
    """The relation of a list, where it comes from, who reads it, and what would load it."""
    text = panels["/template/"]

    assert "shop.Book.author, shop.Book.tags: 48 statements for 24 rows" in text
    assert "shop/views.py:" in text
    assert "order_by(&quot;title&quot;).select_related(&quot;author&quot;)" in text
    assert "<pre>rowpath explain /template/</pre>" in text


def test_a_lookup_in_a_loop_is_told_with_its_line(panels: dict[str, str]) -> None:
    """The same statement with other values, from one line."""
    assert "the same statement 24 times, with 8 different values" in panels["/lookup/"]


def test_what_is_asked_again_is_told(panels: dict[str, str]) -> None:
    """The same statement with the same values."""
    assert "asked again with the same values" in panels["/again/"]


def test_a_repaired_view_has_no_finding(panels: dict[str, str]) -> None:
    """Its phases are shown all the same."""
    text = panels["/repaired/"]

    assert "No line repeats a statement." in text
    assert "<td>building SQL</td>" in text


def test_two_requests_at_once_are_not_mixed(panels: dict[str, str]) -> None:
    """What ran beside another one has no findings, and says so."""
    assert "Another request ran at the same time" in panels["mixed"]


def test_patches_are_undone_behind_each_request(panels: dict[str, str]) -> None:
    """What is asked of the ORM outside of requests is Django's own."""
    assert panels["is_undone"]


def test_without_debug_there_is_no_panel(project: ProjectOf) -> None:
    """Even where the toolbar itself is shown."""
    assert "RowpathPanel" in told(project, _ENABLED, "1")
    assert "RowpathPanel" not in told(project, _ENABLED, "0")


def test_it_is_there_where_django_is_asynchronous(panels: dict[str, str]) -> None:
    """A synchronous view is told of in the same words, and an asynchronous one with its list."""
    assert "shop.Book.author, shop.Book.tags: 48 statements" in panels["async /template/"]
    assert "shop/views.py:" in panels["async /template/"]
    assert "shop.Book.author, shop.Book.tags: 48 statements" in panels["adapted"]
    assert "<p>4 statements. The times" in panels["async /awaited/"]
