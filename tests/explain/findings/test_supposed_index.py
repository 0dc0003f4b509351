"""Indexes that are missing in a PostgreSQL that has hypopg: what its planner expects of them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from conftest import SMALL, enterable_folder
from explain import indexes
from explain.conftest import Shop
from explain.shop_project import explained, requests_of
from rowpath.explain.changes.edits import diff
from rowpath.explain.session import Wanted, explain
from rowpath.explain.values import Confidence, Explained, Finding, Kind
from rowpath.lab.database import Database, connect
from rowpath.lab.database.embedded import embedded_postgresql
from rowpath.lab.database.programs import DEBIAN, Programs
from rowpath.report.explain.sentences import sentences
from system import HYPOPG

SALES = indexes.SALES
CHANGES = indexes.CHANGES
SILENT = ("/by-number/", "/most/", "/twelfth/", "/titles/")
PATHS = (*CHANGES, *SILENT)
NAME = "test_supposed_index"
EXTENSIONS = "SELECT count(*) FROM pg_extension WHERE extname = 'hypopg'"


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    """The system's PostgreSQL, each of whose databases has hypopg."""
    control = HYPOPG.find()
    assert control is not None, f"there is no {HYPOPG.what}"
    major = control.parents[1].name
    programs = Programs(bin=DEBIAN / major / "bin", version=major)
    with enterable_folder() as folder, embedded_postgresql(folder, SMALL, programs) as opened:
        with connect(f"{opened.dsn} dbname=template1") as connection:
            connection.execute("CREATE EXTENSION hypopg")
        yield opened


@pytest.mark.parametrize("path", CHANGES)
def test_an_index_is_estimated_where_none_may_be_built(on_postgresql: Shop, path: str) -> None:
    """The planner is asked with the index that the change would add, and its figures are told."""
    (finding,) = on_postgresql.of(path).findings
    lines = diff(finding.edits, on_postgresql.explanation.root).splitlines()

    assert (finding.kind, finding.confidence) == (Kind.INDEX, Confidence.ESTIMATED)
    assert finding.proof is None
    assert f"+        {CHANGES[path]}" in lines
    assert finding.advice is not None
    assert "which supposes that index by hypopg" in finding.advice
    assert "--try-indexes builds it" in finding.advice
    assert "Not in the diff, since it was not run." in sentences(finding)


def test_no_estimate_is_in_the_diff(on_postgresql: Shop) -> None:
    """Only what was run is."""
    assert on_postgresql.explanation.edits == ()


@pytest.mark.parametrize("path", SILENT)
def test_what_no_index_spares_is_silent(on_postgresql: Shop, path: str) -> None:
    """An index that is there, rows that are wanted or lie everywhere, and few rows."""
    assert on_postgresql.of(path).findings == ()


def test_where_none_could_be_built_it_is_estimated(on_postgresql: Shop) -> None:
    """A project with DEBUG=False has none built, and is told why beside the estimate."""
    project = replace(on_postgresql.project, settings="config.hosted")
    wanted = Wanted(requests=requests_of(["/of-buyer/4/"]), may_build_indexes=True)
    (finding,) = index_findings(explain(wanted, project, None, lambda _: None).requests)

    assert finding.confidence is Confidence.ESTIMATED
    assert finding.advice is not None
    assert "It was not built: Cannot build an index of shop.Sale on buyer" in finding.advice


def test_one_who_may_build_has_it_proved(on_postgresql: Shop) -> None:
    """What the planner expects is not asked for where the index can be had."""
    wanted = Wanted(requests=requests_of(["/of-buyer/4/"]), may_build_indexes=True)
    (finding,) = index_findings(
        explain(wanted, on_postgresql.project, None, lambda _: None).requests
    )

    assert finding.confidence is Confidence.PROVED


def test_without_the_extension_it_is_advice(on_postgresql: Shop, database: Database) -> None:
    """Where the database has not installed it, it is not created, and nothing is expected."""
    with connect(f"{database.dsn} dbname={NAME}") as connection:
        connection.execute("DROP EXTENSION hypopg")
        try:
            (finding,) = index_findings(explained(on_postgresql.project, ["/latest/"]).requests)
            there = connection.execute(EXTENSIONS).fetchone()
        finally:
            connection.execute("CREATE EXTENSION hypopg SCHEMA public")

    assert finding.confidence is Confidence.ADVICE
    assert there == (0,)


def index_findings(requests: Sequence[Explained]) -> list[Finding]:
    """The findings of all requests that are about an index."""
    return [each for one in requests for each in one.findings if each.kind is Kind.INDEX]
