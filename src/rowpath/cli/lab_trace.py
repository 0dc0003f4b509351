"""`rowpath lab trace`: one request of a variant, looked into."""

import sys
from collections.abc import Mapping

import click

from rowpath.cli import options
from rowpath.cli.counts import parse_count
from rowpath.cli.datasets import table_sizes, wanted_datasets
from rowpath.cli.progress import console_for, steps
from rowpath.lab.analysis import experiment_record
from rowpath.lab.database import open_database
from rowpath.lab.dataset import ensure
from rowpath.lab.experiments import EXPERIMENTS
from rowpath.lab.folders import logs_folder
from rowpath.lab.measuring.traced import only, traced, variant_at
from rowpath.lab.packages import REDIS, package_versions
from rowpath.lab.plan import Stage, Stock
from rowpath.lab.servers.fleet import Site
from rowpath.lab.servers.redis import open_redis
from rowpath.lab.source import source_of
from rowpath.report.terminal_trace import trace

PAGE = "instruments/no-instrument"
"""The page that the talk looks into."""


@click.command("trace")
@click.argument("variant", metavar="[EXPERIMENT/VARIANT]", default=PAGE)
@click.option("--size", metavar="N", help="Rows per answer. [default: the first that is measured]")
@click.option(
    "--setup",
    metavar="NAME",
    help="One that the variant is measured in. [default: controlled, or its first]",
)
@options.rows
@options.database_url
@options.redis_url
@options.seed
def trace_variant(  # noqa: PLR0913 one parameter an option
    *,
    variant: str,
    size: str | None,
    setup: str | None,
    rows: str | None,
    database_url: str | None,
    redis_url: str | None,
    seed: int,
) -> None:
    """Show what one request of a variant sends: its statements, their groups, places and plans.

    Without a variant it is the page that the talk looks into with the debug toolbar.
    """
    experiment, chosen = variant_at(variant, EXPERIMENTS)
    wanted = wanted_datasets((experiment,), rows)
    tables = table_sizes(wanted)
    asked_size = None if size is None else parse_count(size, "--size")
    wants_redis = chosen.needs is not None and chosen.needs.package == REDIS

    def stage_with(versions: Mapping[str, str]) -> Stage:
        stock = Stock(tables=tables, versions=versions)
        return only(experiment, chosen, conditions=setup, size=asked_size, stock=stock)

    versions = package_versions()
    if not wants_redis:
        stage_with(versions)  # what cannot be traced is told before anything is made
    console = console_for(sys.stdout)
    with (
        # A data folder that it refuses is not one to keep logs in.
        open_database(database_url) as database,
        steps(console) as progress,
        open_redis(redis_url, logs_folder(), wanted=wants_redis) as redis,
    ):
        versions |= dict(redis.versions) if redis else {}
        stage = stage_with(versions)
        for dataset, count in wanted.items():
            ensure(database, dataset, rows=count, seed=seed, report=progress.step)
        redis_at = redis.url if redis else None
        site = Site(dsn=database.dsn, logs=logs_folder(), redis_url=redis_at)
        results = traced(stage, site, progress.step)
    record = experiment_record(experiment, [stage], results, versions, {chosen: source_of(chosen)})
    for each in record.variants:
        console.print(trace(each))
