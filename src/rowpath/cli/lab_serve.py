"""`rowpath lab serve`: the measured applications, kept running for a look by hand."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from time import sleep
from typing import NoReturn

import click

from rowpath.cli import options
from rowpath.cli.datasets import wanted_datasets
from rowpath.cli.standard_streams import say
from rowpath.errors import InstallError, ServerError, UsageError
from rowpath.lab.applications import APPLICATIONS, TOOLS, App
from rowpath.lab.apps.settings import AppSettings
from rowpath.lab.apps.tracing import TOKEN_HEADER
from rowpath.lab.conditions import CONTROLLED, NAMED
from rowpath.lab.database import open_database
from rowpath.lab.dataset import ensure
from rowpath.lab.experiment import WHOLE_TABLE, Variant
from rowpath.lab.experiments import EXPERIMENTS, apps_of
from rowpath.lab.folders import logs_folder
from rowpath.lab.packages import package_versions
from rowpath.lab.servers.redis import open_redis
from rowpath.lab.servers.server import Server, free_port, serving

LOOK_EVERY_S = 1.0


@click.command("serve")
@click.argument(
    "app", type=click.Choice([str(app) for app in App if app is not App.TOOLS]), required=False
)
@click.option(
    "--tools",
    is_flag=True,
    help="The Django application with django-debug-toolbar and django-silk, to look inside.",
)
@click.option(
    "--setup",
    type=click.Choice([str(setup) for setup in NAMED]),
    default=str(CONTROLLED),
    show_default=True,
    help="The talk's set-up, or the controlled one.",
)
@click.option("--port", type=click.IntRange(1, 65535), help="Listen here. [default: a free port]")
@options.workers
@options.rows
@options.database_url
@options.redis_url
@options.seed
def serve(  # noqa: PLR0913 one parameter an option
    *,
    app: str | None,
    tools: bool,
    setup: str,
    port: int | None,
    workers: int,
    rows: str | None,
    database_url: str | None,
    redis_url: str | None,
    seed: int,
) -> None:
    """Keep the measured applications running, and print their URLs. Ctrl-C ends it."""
    if tools:
        _check_tools(app, workers)
        app = App.TOOLS
    apps = (App(app),) if app else _with_techniques()
    ports = [port + number if port else None for number in range(len(apps))]
    wanted = wanted_datasets(EXPERIMENTS, rows)
    for its_port in ports:
        free_port(its_port)  # found taken before the rows are built, not after
    servers = []
    with open_database(database_url) as database, ExitStack() as stack:
        logs = logs_folder()
        redis = stack.enter_context(open_redis(redis_url, logs, wanted=App.DJANGO in apps))
        versions = package_versions() | (dict(redis.versions) if redis else {})
        for dataset, count in wanted.items():
            ensure(database, dataset, rows=count, seed=seed, report=say)
        conditions = next(each for each in NAMED if each.name == setup)
        settings = AppSettings(
            dsn=database.dsn,
            conditions=conditions,
            trace_folder=None,
            redis_url=redis.url if redis else None,
        )
        for each, its_port in zip(apps, ports, strict=True):
            server = stack.enter_context(
                serving(each, settings, logs=logs, workers=workers, port=its_port)
            )
            servers.append(server)
            say("\n".join(_urls(each, server, versions)))
        if {App.DJANGO, App.TOOLS} & {*apps}:
            say(
                "A task, marked POST, rewrites the tables draft_* and asks for a header: "
                f"curl -X POST -H '{TOKEN_HEADER}: {settings.token}' URL"
            )
        say("Running until Ctrl-C.")
        _watch(servers)


def _with_techniques() -> tuple[App, ...]:
    """Return the applications that can run here, but for those that only add an instrument."""
    every = apps_of(EXPERIMENTS, package_versions())
    return tuple(app for app in every if APPLICATIONS[app].techniques is None)


def _check_tools(app: str | None, workers: int) -> None:
    """Return where the tools can be served: InstallError, UsageError."""
    if app not in {None, App.DJANGO}:
        raise UsageError(
            f"Cannot serve {app} with --tools: they are Django's. "
            "Run `rowpath lab serve django --tools`."
        )
    if workers > 1:
        raise UsageError(
            f"Cannot serve {workers} workers with --tools: the toolbar keeps its panels in the "
            "worker that answered, and another one does not find them. Leave --workers out."
        )
    missing = [name for name in TOOLS if name not in package_versions()]
    if missing:
        raise InstallError(
            f"Cannot serve django with --tools: {' and '.join(missing)} "
            f"{'is' if len(missing) == 1 else 'are'} not installed. "
            "Install what it needs: pip install 'rowpath[tools]'"
        )


def _watch(servers: Sequence[Server]) -> NoReturn:
    """Wait for as long as all servers live; ServerError with the last lines of one that ended."""
    while True:
        sleep(LOOK_EVERY_S)
        for server in servers:
            if not server.is_alive():
                raise ServerError(
                    f"Cannot go on serving {server.url}: the server or a worker of it ended. "
                    f"The last lines of its log may say why:\n{server.log_tail()}"
                )


def _urls(app: App, server: Server, versions: Mapping[str, str]) -> list[str]:
    if app is App.TOOLS:
        return [f"django with its tools at {server.url}/: all that there is to see is linked there"]
    lines = [f"{app} at {server.url}"]
    for experiment in EXPERIMENTS:
        for group in experiment.groups:
            query = "" if group.sizes == (WHOLE_TABLE,) else f"?rows={group.sizes[0]}"
            lines += [
                f"  {experiment.name}/{variant.name}: {_how(variant)}"
                f"{server.url}{experiment.path(variant)}{query}"
                for variant in group.variants
                if variant.app is app and variant.can_run(versions)
            ]
    return lines


def _how(variant: Variant) -> str:
    """Return what to know before asking: a task is none of a browser's clicks."""
    if variant.fails is not None:
        return f"(fails with {variant.fails.kind}) "
    return "" if variant.asks.method == "GET" else f"{variant.asks.method} "
