"""Every variant on the servers that it is measured on, with and without the instruments."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from uuid import uuid4

import pytest
import urllib3

from conftest import LOGS_ROWS, PRODUCTS
from rowpath.capture.trace import Trace, from_json
from rowpath.lab.answers.check import (
    check_answer,
    check_failure,
    check_fast_path,
    check_statements,
)
from rowpath.lab.answers.reference import reference
from rowpath.lab.applications import App, optional_packages
from rowpath.lab.apps.settings import AppSettings
from rowpath.lab.apps.tracing import PATH_HEADER, TOKEN_HEADER
from rowpath.lab.conditions import AS_TOLD, CONTROLLED, Conditions
from rowpath.lab.database import Database, connect
from rowpath.lab.dataset import LOGS as LOGS_DATA
from rowpath.lab.dataset import PRODUCTS as PRODUCTS_DATA
from rowpath.lab.experiment import Data, Task
from rowpath.lab.experiments import EXPERIMENTS, apps_of
from rowpath.lab.experiments.cache import NEEDS_REDIS
from rowpath.lab.measuring.warming import fill
from rowpath.lab.packages import COMPILED, REDIS, package_versions
from rowpath.lab.plan import Cell, Stock, stages
from rowpath.lab.profile import profile_named
from rowpath.lab.servers.redis import Redis, open_redis
from rowpath.lab.servers.server import Server, serving

HEADER = "X-Rowpath-Request"
LOADED = {
    App.DJANGO: "import rowpath.lab.apps.django.wsgi",
    App.FASTAPI: "import rowpath.lab.apps.fastapi.main",
    App.PEERS: "import rowpath.lab.apps.peers.wsgi",
    App.LITESTAR: "import rowpath.lab.apps.litestar.main",
    App.RECORDER: "from rowpath.lab.apps.tools.wsgi import application; application('recorder')",
    App.TOOLBAR: "from rowpath.lab.apps.tools.wsgi import application; application('toolbar')",
    # Its wsgi makes its tables, for which there must be a database.
    App.SILK: (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'rowpath.lab.apps.tools.settings_silk'; "
        "from django.core.wsgi import get_wsgi_application; get_wsgi_application(); "
        "import rowpath.lab.apps.tools.silk_tables"
    ),
    App.BOLT: (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'rowpath.lab.apps.bolt.settings'; "
        "import django; django.setup(); import rowpath.lab.apps.bolt.api"
    ),
}
"""What loads each application as its server does."""
SIZE = 40
"""Rows per answer; the smallest table of the test's logs has a few more."""
INSTRUMENTS = {
    App.RECORDER: {"rowpath.capture"},
    App.TOOLBAR: {"debug_toolbar"},
    App.SILK: {"silk"},
}
"""What is in the process of each application that is measured with an instrument in it."""
BAD_SIZES = ("-1", "1.5", "many", "", "9223372036854775808")
SIZED = {
    App.DJANGO: "/lists/drf-objects",
    App.FASTAPI: "/lists/fastapi-schema",
    App.PEERS: "/ladder/orjson",
    App.BOLT: "/ladder/bolt",
    App.LITESTAR: "/ladder/litestar",
    App.RECORDER: "/instruments/recorder",
    App.TOOLBAR: "/instruments/toolbar",
    App.SILK: "/instruments/silk",
}


THOROUGH = profile_named("thorough")
VERSIONS = package_versions() | {REDIS: "99.0"}
APPS = apps_of(EXPERIMENTS, VERSIONS)
STOCK = Stock(
    tables={**PRODUCTS_DATA.sizes(PRODUCTS), **LOGS_DATA.sizes(LOGS_ROWS)}, versions=VERSIONS
)
PLANNED = [
    (stage.experiment, cell)
    for stage in stages(EXPERIMENTS, THOROUGH, stock=STOCK, sizes=[SIZE])
    for cell in stage.cells
]
CELLS = [cell for _, cell in PLANNED if cell.variant.fails is None]
FAILING = [cell for _, cell in PLANNED if cell.variant.fails is not None]
LADDER = [cell for experiment, cell in PLANNED if experiment.name == "ladder"]
OF_PRODUCTS = [cell for experiment, cell in PLANNED if experiment.data is Data.PRODUCTS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """The servers with the instruments on, and where they write."""

    servers: Mapping[tuple[App, Conditions], Server]
    folder: Path
    redis: Redis | None
    answered: dict[Cell, tuple[bytes, Trace]] = field(default_factory=dict)

    def get(self, cell: Cell, status: int = 200) -> tuple[bytes, Trace]:
        """Return the answer of a cell, which is asked once, and its trace."""
        if cell not in self.answered:
            name = uuid4().hex
            body = self.ask(cell, name, status).data
            trace = from_json((self.folder / f"{name}.json").read_bytes())
            self.answered[cell] = body, trace
        return self.answered[cell]

    def ask(self, cell: Cell, name: str, status: int = 200) -> urllib3.BaseHTTPResponse:
        """Return the answer of a cell to a request of that name."""
        server = self.servers[cell.variant.app, cell.conditions]
        if self.redis is None and cell.variant.needs == NEEDS_REDIS:
            pytest.skip(NEEDS_REDIS.how)
        fill(cell, server)
        query = "" if cell.whole else f"?rows={cell.rows}"
        headers = {HEADER: name, TOKEN_HEADER: server.token}
        answer = get(f"{server.url}{cell.path}{query}", headers, cell.variant.asks.method)
        assert answer.status == status, server.log_tail()
        return answer


@pytest.fixture(scope="module")
def traced(both: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traced]:
    """All traced servers, for the whole module."""
    folder = tmp_path_factory.mktemp("traces")
    with ExitStack() as stack:
        redis = stack.enter_context(open_redis(None, folder / "logs"))
        servers = {
            (app, conditions): stack.enter_context(
                serving(
                    app,
                    AppSettings(
                        dsn=both.dsn,
                        conditions=conditions,
                        trace_folder=folder,
                        redis_url=redis.url if redis else None,
                    ),
                    logs=folder / "logs",
                )
            )
            for app, conditions in {(cell.variant.app, cell.conditions) for _, cell in PLANNED}
        }
        yield Traced(servers=servers, folder=folder, redis=redis)


@pytest.fixture(scope="module", params=APPS)
def bare(
    request: pytest.FixtureRequest, products: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[App, Server]]:
    """A server as it is timed: without a trace folder."""
    settings = AppSettings(dsn=products.dsn, conditions=CONTROLLED, trace_folder=None)
    with serving(request.param, settings, logs=tmp_path_factory.mktemp("logs")) as server:
        yield request.param, server


def get(
    url: str, headers: Mapping[str, str] | None = None, method: str = "GET"
) -> urllib3.BaseHTTPResponse:
    with urllib3.PoolManager(retries=False) as pool:
        return pool.request(method, url, headers=headers)


def name_of(cell: Cell) -> str:
    return f"{cell.path[1:]}-{cell.conditions}"


@pytest.mark.parametrize("cell", CELLS, ids=name_of)
def test_a_variant_answers_the_table_with_the_statements_that_it_declares(
    cell: Cell, traced: Traced, both: Database
) -> None:
    """Its rows are the tables', in the declared shape, by the declared number of statements."""
    body, trace = traced.get(cell)

    with reference(both.dsn) as table:
        check_answer(cell, body, table)
    check_statements(cell, len(trace.statements))
    assert trace.peak_bytes >= trace.resident_bytes > 0
    assert trace.error is None


@pytest.mark.parametrize(
    "cell", [cell for cell in CELLS if not cell.conditions.uses_index], ids=name_of
)
def test_a_warm_up_that_asks_for_no_row_is_answered_without_one(cell: Cell, traced: Traced) -> None:
    """An empty list, or an empty list for each column, as far as LIMIT 0 is sent at all."""
    body = json.loads(traced.get(cell.warm_up)[0])

    assert not any(body.values() if isinstance(body, dict) else body)


def test_every_peer_that_there_is_for_this_python_is_tried() -> None:
    """Nothing is passed over here for want of an installation."""
    newer = {"django-bolt", "django-fastdrf", "drf-fastserializers"}
    need_newer = newer if sys.version_info < (3, 12) else set()

    assert {*optional_packages(), COMPILED} - set(VERSIONS) == need_newer


def test_the_peers_answer_the_same_keys_and_as_many_bytes(traced: Traced) -> None:
    """What the ladder compares differs in how it is made alone."""
    bodies = {cell.variant.name: traced.get(cell)[0] for cell in LADDER}

    keys = {name: list(json.loads(body)[0]) for name, body in bodies.items()}
    assert all(each == keys["drf"] for each in keys.values())
    assert {len(body) for body in bodies.values()} == {len(bodies["drf"])}


@pytest.mark.parametrize(
    ("variant", "path"),
    [("rowpath", "compiled"), ("rowpath-instances", "instances"), ("rowpath-data", "data")],
)
def test_rowpath_is_measured_by_the_way_it_is_called_by(
    variant: str, path: str, traced: Traced
) -> None:
    """The answer is DRF's to the byte, and the server says how rowpath made it."""
    cells = {cell.variant.name: cell for cell in LADDER}

    answer = traced.ask(cells[variant], uuid4().hex)

    check_fast_path(cells[variant], answer.headers.get(PATH_HEADER))
    assert answer.headers[PATH_HEADER] == path
    assert answer.data == traced.get(cells["drf"])[0]


@pytest.mark.parametrize("cell", FAILING, ids=name_of)
def test_a_variant_fails_with_the_error_that_is_its_lesson(cell: Cell, traced: Traced) -> None:
    """The error is the one that the report explains."""
    _, trace = traced.get(cell, status=500)

    check_failure(cell, 500, trace.error)
    check_statements(cell, len(trace.statements))
    assert cell.variant.fails is not None
    assert trace.error == f"{cell.variant.fails.kind}: {cell.variant.fails.message}"


@pytest.mark.parametrize("cell", OF_PRODUCTS, ids=name_of)
def test_a_trace_counts_the_rows_that_came_to_the_client(cell: Cell, traced: Traced) -> None:
    """As many as were answered, and one more for each field that was fetched by itself."""
    _, trace = traced.get(cell)
    if cell.variant.app is App.SILK:
        # It sends statements of its own, among them EXPLAIN, of which the driver cannot say.
        assert trace.rows is None
        return

    answered = cell.rows if cell.variant.statements else 0
    assert trace.rows == answered * (1 + cell.variant.statements_per_row)


@pytest.mark.parametrize("cell", CELLS, ids=name_of)
def test_a_trace_has_the_plan_of_every_query(cell: Cell, traced: Traced) -> None:
    """Whatever PostgreSQL can explain is explained, with a cost."""
    _, trace = traced.get(cell)

    queries = [each for each in trace.statements if each.text.lstrip(" (").startswith("SELECT")]
    assert all(each.plan is not None and "cost=" in each.plan for each in queries)


@pytest.mark.parametrize("bad", BAD_SIZES)
def test_a_size_that_is_no_number_of_rows_is_refused(bad: str, bare: tuple[App, Server]) -> None:
    """It is answered as a client's mistake, never with rows or with an error of the server's."""
    app, server = bare

    assert get(f"{server.url}{SIZED[app]}?rows={bad}").status == (422 if app is App.BOLT else 400)


@pytest.mark.parametrize("rows", [0, PRODUCTS + 1])
def test_a_size_at_the_edge_is_answered(rows: int, bare: tuple[App, Server]) -> None:
    """No rows are an empty answer, more than there are is all of them."""
    app, server = bare

    answer = get(f"{server.url}{SIZED[app]}?rows={rows}")

    assert answer.status == 200
    body = answer.json()
    assert len(body["low_price"] if app in INSTRUMENTS else body) == min(rows, PRODUCTS)


def test_the_index_lists_every_variant(bare: tuple[App, Server]) -> None:
    """Whoever looks by hand finds all paths under `/`."""
    app, server = bare
    variants = {
        experiment.path(variant)
        for experiment in EXPERIMENTS
        for variant in experiment.answered_by(app)
        if variant.can_run(VERSIONS)
    }

    assert variants <= set(get(f"{server.url}/").json()["paths"])


@pytest.mark.parametrize("path", ["/nothing", "/docs", "/openapi.json", "/admin/"])
def test_an_unknown_path_tells_nothing(path: str, bare: tuple[App, Server]) -> None:
    """In production an error page shows no settings, no traceback and no list of paths."""
    app, server = bare

    answer = get(f"{server.url}{path}")

    assert answer.status == 404
    if app is App.TOOLBAR:  # which has its place in any page
        return
    assert len(answer.data) < 300
    assert b"DEBUG" not in answer.data


OTHER_HOSTS = ("rebound.example", "127.0.0.1.example", "localhost.example:80", "example#localhost")


@pytest.mark.parametrize("host", OTHER_HOSTS)
def test_another_host_is_refused(host: str, bare: tuple[App, Server]) -> None:
    """A page in a browser cannot reach the application under a name of its own, by any path."""
    app, server = bare

    for path in ("/", "/ready", f"{SIZED[app]}?rows=1"):
        answer = get(f"{server.url}{path}", {"Host": host})

        assert answer.status == (422 if app is App.BOLT else 400)
        assert b"low_price" not in answer.data


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "localhost:8000"])
def test_loopbacks_own_names_are_answered(host: str, bare: tuple[App, Server]) -> None:
    """With or without a port, whatever that is: a tunnel may have another."""
    app, server = bare

    assert get(f"{server.url}{SIZED[app]}?rows=1", {"Host": host}).status == 200


def test_a_page_in_a_browser_runs_no_task(bare: tuple[App, Server]) -> None:
    """Neither with a form's POST, nor does the server say that a header of its own may be sent."""
    app, server = bare
    if app is not App.DJANGO:
        assert not any(
            isinstance(each.asks, Task) for one in EXPERIMENTS for each in one.answered_by(app)
        )
        return
    url, origin = f"{server.url}/writes/save?rows=1", {"Origin": "http://shop.example"}

    form = get(url, {**origin, "Content-Type": "application/x-www-form-urlencoded"}, "POST")
    asked = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": TOKEN_HEADER,
    }
    before = get(url, {**origin, **asked}, "OPTIONS")

    assert form.status == 403
    assert not any(name.lower().startswith("access-control") for name in before.headers)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_written(method: str, bare: tuple[App, Server]) -> None:
    """The endpoints only read; tasks write, and only the tables that are made for it."""
    app, server = bare

    # django-bolt finds no such endpoint.
    refused = 404 if app is App.BOLT else 405
    assert get(f"{server.url}{SIZED[app]}", method=method).status == refused


@pytest.mark.parametrize("app", APPS)
@pytest.mark.parametrize("traces", [False, True])
def test_an_instrument_is_loaded_only_where_it_is_measured_or_there_is_a_trace_folder(
    app: App, *, traces: bool, tmp_path: Path
) -> None:
    """Whatever else is timed has nothing of the recorder, the toolbar or silk in its process."""
    folder = tmp_path if traces else None
    settings = AppSettings(dsn="dbname=any", conditions=CONTROLLED, trace_folder=folder)
    program = (
        f"import sys; {LOADED[app]}; "
        "print(*{'rowpath.capture', 'debug_toolbar', 'silk'} & sys.modules.keys())"
    )

    result = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **settings.to_environment()},
        capture_output=True,
        text=True,
        check=True,
    )

    recorder = {"rowpath.capture"} if traces else set()
    assert set(result.stdout.split()) == recorder | INSTRUMENTS.get(app, set())


def test_a_name_that_is_a_path_is_not_traced(traced: Traced) -> None:
    """The header cannot make a server write anywhere but into its folder."""
    server = traced.servers[App.DJANGO, CONTROLLED]

    answer = get(f"{server.url}/lists/drf-objects?rows=1", {HEADER: "../outside"})

    assert answer.status == 200
    assert not (traced.folder.parent / "outside.json").exists()


NEW_CONNECTIONS = Conditions(name="new", sqlalchemy_keeps_connections=False)


@pytest.mark.parametrize(
    ("app", "conditions", "kept"),
    [
        (App.DJANGO, AS_TOLD, 0),
        (App.DJANGO, CONTROLLED, 1),
        (App.FASTAPI, AS_TOLD, 1),
        (App.FASTAPI, CONTROLLED, 1),
        (App.FASTAPI, NEW_CONNECTIONS, 0),
    ],
    ids=str,
)
def test_an_application_keeps_its_connection_if_the_conditions_say_so(
    app: App, conditions: Conditions, kept: int, empty_database: Database, tmp_path: Path
) -> None:
    """As told, Django closes its connection after each request, and SQLAlchemy has a pool."""
    settings = AppSettings(dsn=empty_database.dsn, conditions=conditions, trace_folder=None)
    with serving(app, settings, logs=tmp_path) as server:
        assert get(f"{server.url}/ready").status == 200

        assert settled(empty_database, kept)


def settled(database: Database, expected: int, timeout_s: float = 5.0) -> bool:
    """Return whether the number of connections comes to be the expected one."""
    deadline = monotonic() + timeout_s
    with connect(database.dsn) as connection:
        while monotonic() < deadline:
            row = connection.execute(
                "SELECT count(*) - 1 FROM pg_stat_activity WHERE datname = current_database()"
            ).fetchone()
            if row == (expected,):
                return True
            sleep(0.02)
    return False
