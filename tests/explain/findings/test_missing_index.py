"""Indexes that are missing in PostgreSQL, built for real and rolled back."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from explain import indexes
from explain.conftest import Shop
from explain.shop_project import explained, requests_of
from rowpath.explain.changes.edits import diff
from rowpath.explain.findings.missing_index import is_shown
from rowpath.explain.project_of import ProjectOf
from rowpath.explain.session import Wanted, explain
from rowpath.explain.values import Confidence, Finding, Kind, Proof, Sameness
from rowpath.lab.database import Database, connect
from rowpath.stats.interval import Interval

SALES = indexes.SALES
CHANGES = indexes.CHANGES
SILENT = ("/by-number/", "/most/", "/twelfth/", "/by-plan/", "/titles/")
LOCKS = "/locked/"
WANTED = Wanted(requests=requests_of((*CHANGES, *SILENT, LOCKS)), may_build_indexes=True)
PROOF = Proof(
    statements_before=1,
    statements_after=1,
    sameness=Sameness.BYTES,
    ratio=None,
    growth_after=None,
)
INDEXES = "SELECT count(*) FROM pg_indexes WHERE tablename = 'shop_sale'"
AS_MIGRATED = """
import django
django.setup()
from django.db import connection
from shop.models import Sale
with connection.schema_editor() as editor:
    for index in Sale._meta.indexes:
        editor.add_index(Sale, index)
"""


def of_index(shop: Shop, path: str) -> list[Finding]:
    """The findings of a path that are about an index."""
    return [each for each in shop.of(path).findings if each.kind is Kind.INDEX]


@pytest.mark.parametrize("path", CHANGES)
def test_an_index_is_proved_by_building_it(on_postgresql: Shop, path: str) -> None:
    """What the diff adds to the model is what was built and measured."""
    (finding,) = of_index(on_postgresql, path)
    lines = diff(finding.edits, on_postgresql.explanation.root).splitlines()

    assert finding.confidence is Confidence.PROVED
    assert finding.proof is not None
    assert finding.proof.same_answer
    assert f"+        {CHANGES[path]}" in lines
    assert finding.place is not None
    assert finding.place.file.endswith("shop/views.py")
    assert finding.advice is not None
    assert "./manage.py makemigrations shop" in finding.advice
    assert finding.marginal is None  # beside the others it would have to be built once more


@pytest.mark.parametrize("path", SILENT)
def test_what_no_index_spares_is_silent(on_postgresql: Shop, path: str) -> None:
    """An index that is there, rows that are wanted, an answer that alters, and few rows."""
    assert of_index(on_postgresql, path) == []


def test_a_request_that_locks_gets_advice(on_postgresql: Shop) -> None:
    """Its own transactions could wait for the one that holds the index."""
    (finding,) = of_index(on_postgresql, LOCKS)

    assert finding.confidence is Confidence.ADVICE
    assert finding.edits == ()
    assert finding.reason is not None
    assert "would wait for that index itself" in finding.reason


def test_nothing_of_it_stays(on_postgresql: Shop, indexed: Database) -> None:
    """Behind the run the table has the indexes that it had: of the keys, and of the number."""
    assert on_postgresql.explanation.requests
    with connect(indexed.dsn) as connection:
        assert connection.execute(INDEXES).fetchone() == (3,)


def test_without_leave_it_is_advice(on_postgresql: Shop) -> None:
    """What would be built is told, with the option that builds it."""
    (request,) = explained(on_postgresql.project, ["/latest/"]).requests
    (finding,) = request.findings

    assert (finding.kind, finding.confidence) == (Kind.INDEX, Confidence.ADVICE)
    assert finding.edits == ()
    assert finding.advice is not None
    assert 'models.Index(fields=["kind", "-day"]) in the Meta of Sale' in finding.advice
    assert "--try-indexes" in finding.advice


def test_a_production_project_is_refused(on_postgresql: Shop) -> None:
    """With DEBUG=False nothing is built."""
    project = replace(on_postgresql.project, settings="config.hosted")
    finding = refused(project)

    assert finding.reason is not None
    assert "DEBUG=False" in finding.reason


def test_a_table_that_is_written_is_not_waited_for(on_postgresql: Shop, indexed: Database) -> None:
    """Whoever has written to the table goes first; the index is given up."""
    with connect(indexed.dsn) as connection, connection.transaction(force_rollback=True):
        connection.execute("UPDATE shop_sale SET note = '+' WHERE id = 1")
        finding = refused(on_postgresql.project)

    assert finding.reason is not None
    assert "lock timeout" in finding.reason


def refused(project: ProjectOf) -> Finding:
    """What is told where the index may not be built."""
    wanted = Wanted(requests=requests_of(["/of-buyer/4/"]), may_build_indexes=True)
    (request,) = explain(wanted, project, None, lambda _: None).requests
    (finding,) = request.findings
    assert finding.confidence is Confidence.ADVICE
    return finding


def test_migrated_indexes_are_silent(on_postgresql: Shop, repaired_on_postgresql: Shop) -> None:
    """Once the diff is applied and migrated, each request that wanted one of the indexes has it."""
    project = repaired_on_postgresql.project
    edits = on_postgresql.explanation.edits
    (made,) = (each for each in edits if "models.Index" in each.text)
    indexes = {path: text[len("indexes = [") : -1] for path, text in CHANGES.items()}
    paths = [path for path, index in indexes.items() if index in made.text]
    subprocess.run(
        [sys.executable, "-c", AS_MIGRATED],
        cwd=project.folder,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": project.settings},
        check=True,
        timeout=60,
    )
    found = explained(project, paths).requests

    assert len(found) == len(CHANGES)
    assert [request.findings for request in found] == [()] * len(found)


@pytest.fixture
def indexed(database: Database, request: pytest.FixtureRequest) -> Database:
    """The database of this file's shop."""
    name = request.module.__name__.rpartition(".")[2]
    return replace(database, dsn=f"{database.dsn} dbname={name}")


@pytest.mark.parametrize(
    ("low", "high", "shown"), [(0.2, 0.9, True), (0.2, 1.1, False), (1.0, 1.2, False)]
)
def test_a_gain_is_shown_by_its_whole_interval(low: float, high: float, shown: bool) -> None:  # noqa: FBT001
    """An interval that holds 1 is no proof."""
    ratio = Interval(estimate=(low + high) / 2, low=low, high=high)

    assert is_shown(replace(PROOF, ratio=ratio)) is shown
