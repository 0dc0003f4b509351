"""What each instrument costs is measured as all else is, and only there is one while time runs."""

import os
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse

from capture.django_setup import set_up_django
from conftest import PRODUCTS
from lasting import Lasting
from rowpath.lab.analysis import experiment_record
from rowpath.lab.applications import APPLICATIONS, TOOLS, App
from rowpath.lab.apps.settings import AppSettings
from rowpath.lab.conditions import CONTROLLED
from rowpath.lab.database import Database
from rowpath.lab.experiments import EXPERIMENTS
from rowpath.lab.experiments.instruments import INSTRUMENTS
from rowpath.lab.load.engine import driver
from rowpath.lab.measuring import runner
from rowpath.lab.packages import package_versions
from rowpath.lab.plan import Cell, Stage, Stock, stages
from rowpath.lab.profile import profile_named
from rowpath.lab.results import Results
from rowpath.lab.servers.fleet import Site, fleet
from rowpath.lab.source import source_of

BLOCKS = 6
SHORT = replace(profile_named("quick"), blocks=BLOCKS, floor=BLOCKS, slot_s=0.01)
STOCK = Stock(tables={"product": PRODUCTS}, versions=package_versions())
SOURCES = {variant: source_of(variant) for variant in INSTRUMENTS.variants}
UNSEEN = """
import django
django.setup()
import silk.sql
from rowpath.lab.apps.tools.silk import plans_unseen
original = silk.sql._explain_query
try:
    with plans_unseen():
        assert silk.sql._explain_query is not original
        raise LookupError
except LookupError:
    pass
print(silk.sql._explain_query is original)
"""


class Silent:
    """A listener that hears nothing."""

    def step(self, text: str, cell: Cell | None = None) -> None: ...

    def stage_done(self, stage: Stage) -> None: ...


def test_every_instrument_is_measured_in_the_same_blocks(
    products: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four servers of one framework, each answer verified, ratios to the one without any."""
    lasting = Lasting(fleet, driver)
    monkeypatch.setattr(runner, "fleet", lasting.fleet)
    monkeypatch.setattr(runner, "driver", lasting.driver)
    planned = stages([INSTRUMENTS], SHORT, stock=STOCK, sizes=[10])
    results = Results()

    with closing(lasting):
        runner.execute(
            runner.Plan(
                stages=planned, profile=SHORT, seed=1, site=Site(dsn=products.dsn, logs=tmp_path)
            ),
            results,
            Silent(),
        )

    record = experiment_record(INSTRUMENTS, planned, results, STOCK.versions, SOURCES)
    sent = {variant.name: variant.sql_statements for variant in record.variants}
    assert sent["no-instrument"] == sent["recorder"] == sent["toolbar"] == 11
    assert sent["silk"] > 2 * 11
    assert {each.variant: each.blocks for each in record.comparisons} == dict.fromkeys(
        ("recorder", "toolbar", "silk"), BLOCKS
    )
    assert {variant.bytes for variant in record.variants} == {record.variants[0].bytes}
    assert all(variant.code.startswith("class SQLDebugV2(") for variant in record.variants)
    assert record.left_out == ()


def test_a_tool_that_is_missing_is_told_with_how_to_get_it() -> None:
    """The others are planned all the same."""
    versions = {name: number for name, number in STOCK.versions.items() if name not in TOOLS}
    planned = stages([INSTRUMENTS], SHORT, stock=replace(STOCK, versions=versions))

    record = experiment_record(INSTRUMENTS, planned, Results(), versions, SOURCES)

    assert [cell.variant.name for cell in planned[0].cells] == ["no-instrument", "recorder"]
    none = "and this run has none: pip install 'rowpath[tools]'"
    assert {each.variant: each.reason for each in record.left_out} == {
        "toolbar": f"it needs django-debug-toolbar 5.0, {none}",
        "silk": f"it needs django-silk 5.3, {none}",
    }


def test_the_instruments_alone_are_measured_with_an_instrument() -> None:
    """No other experiment asks an application that has one, and the tools' own is never timed."""
    instrumented = {app for app, one in APPLICATIONS.items() if one.techniques is not None}
    asked = {
        variant.app
        for experiment in EXPERIMENTS
        if experiment is not INSTRUMENTS
        for variant in experiment.variants
    }

    assert instrumented == {App.RECORDER, App.TOOLBAR, App.SILK, App.TOOLS}
    assert not asked & instrumented
    assert App.TOOLS not in {variant.app for variant in INSTRUMENTS.variants}


def test_the_recorder_watches_each_request(products: Database) -> None:
    """As long as a request runs, and no longer, whatever it is called."""
    set_up_django(products)
    from rowpath.lab.apps.tools.recorder import RecorderMiddleware  # noqa: PLC0415 after set-up

    watching = []

    def view(_request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        watching.append(len(connection.execute_wrappers))
        return HttpResponse()

    RecorderMiddleware(view)(HttpRequest())

    assert watching == [1]
    assert connection.execute_wrappers == []
    connection.close()


def test_silk_asks_for_plans_as_it_does_once_a_request_is_over(tmp_path: Path) -> None:
    """What is patched is undone, also where the request fails."""
    settings = AppSettings(dsn="dbname=any", conditions=CONTROLLED, trace_folder=tmp_path)

    result = subprocess.run(
        [sys.executable, "-c", UNSEEN],
        env=os.environ
        | settings.to_environment()
        | {"DJANGO_SETTINGS_MODULE": "rowpath.lab.apps.tools.settings_tools"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (result.stdout.strip(), result.stderr) == ("True", "")


@pytest.mark.parametrize("name", ["no-instrument", "recorder", "toolbar", "silk"])
def test_the_variants_differ_by_their_instrument_alone(name: str) -> None:
    """The same view, the same answer, the same conditions, the same kind of server."""
    variant, baseline = INSTRUMENTS.variant(name), INSTRUMENTS.variant("no-instrument")

    assert variant.asks.code == baseline.asks.code
    assert variant.expects == baseline.expects
    assert variant.conditions == baseline.conditions
    assert APPLICATIONS[variant.app].server is APPLICATIONS[baseline.app].server
