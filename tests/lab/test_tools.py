"""The talk's two tools beside the lab's own trace: what each says of the same request."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urljoin
from uuid import uuid4

import psycopg
import pytest
import urllib3

from rowpath.capture.trace import Trace, from_json
from rowpath.errors import ServerError
from rowpath.lab.applications import App
from rowpath.lab.apps.settings import AppSettings
from rowpath.lab.apps.tracing import REQUEST_HEADER
from rowpath.lab.conditions import CONTROLLED
from rowpath.lab.database import Database, connect
from rowpath.lab.dataset import PRODUCTS as PRODUCTS_DATA
from rowpath.lab.dataset import drop, ensure
from rowpath.lab.experiments import EXPERIMENTS
from rowpath.lab.packages import package_versions
from rowpath.lab.schema import SCHEMA, TOOL_TABLES
from rowpath.lab.servers.server import Server, serving

PAGE = "/sql_debug_v2/"
LOOP = "/relations/fk-lazy?rows=40"
"""Asks for a related row in a loop, and so for some of them again."""
HTML = {"Accept": "text/html,*/*;q=0.8"}
COUNTED = re.compile(
    r"\((?P<total>\d+) quer(?:y|ies)(?:\s+including <abbr[^>]*>(?P<similar>\d+) similar</abbr>)?"
    r"(?:\s+and <abbr[^>]*>(?P<duplicates>\d+) duplicates</abbr>)?\s*\)"
)
HREF = re.compile(r'href="([^"#]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many statements a request sent, how many share their text, and how many all."""

    total: int
    similar: int
    duplicates: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """The application with its tools and the lab's instruments, and where these write."""

    server: Server
    folder: Path
    dsn: str

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> urllib3.BaseHTTPResponse:
        with urllib3.PoolManager(retries=False) as pool:
            return pool.request("GET", f"{self.server.url}{path}", headers=headers)


@pytest.fixture(scope="module")
def looked(both: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Looked]:
    """What `rowpath lab serve django --tools` serves, traced too."""
    folder = tmp_path_factory.mktemp("traces")
    settings = AppSettings(dsn=both.dsn, conditions=CONTROLLED, trace_folder=folder)
    with serving(App.TOOLS, settings, logs=folder / "logs") as server:
        yield Looked(server=server, folder=folder, dsn=both.dsn)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What each of the three saw of one request."""

    lab: Trace
    toolbar: Counts
    silk_queries: list[str]
    silk_counted: int


def see(looked: Looked, path: str, headers: Mapping[str, str]) -> Seen:
    """Ask for a path once, and then the lab, the toolbar and silk about it."""
    name = uuid4().hex
    answer = looked.get(path, {**headers, REQUEST_HEADER: name})
    assert answer.status == 200, looked.server.log_tail()
    with connect(looked.dsn) as connection:
        connection.execute(f"SET search_path = {SCHEMA}")
        newest = connection.execute(
            "SELECT id, num_sql_queries FROM silk_request ORDER BY start_time DESC LIMIT 1"
        ).fetchone()
        assert newest is not None
        queries = connection.execute(
            "SELECT query FROM silk_sqlquery WHERE request_id = %s", [newest[0]]
        ).fetchall()
    return Seen(
        lab=from_json((looked.folder / f"{name}.json").read_bytes()),
        toolbar=panel_of(looked, answer.headers["djdt-request-id"]),
        silk_queries=[query for (query,) in queries],
        silk_counted=newest[1],
    )


def panel_of(looked: Looked, request: str) -> Counts:
    """Return what the toolbar's SQL panel says of a request."""
    query = urlencode({"request_id": request, "panel_id": "SQLPanel"})
    content = looked.get(f"/__debug__/render_panel/?{query}").json()["content"]
    found = COUNTED.search(content)
    assert found is not None, content[:2_000]
    return Counts(**{name: int(number or 0) for name, number in found.groupdict().items()})


def counts_of(trace: Trace) -> Counts:
    return Counts(total=len(trace.statements), similar=trace.similar, duplicates=trace.duplicates)


@pytest.mark.parametrize("headers", [HTML, {}], ids=["as-a-page", "as-json"])
def test_the_page_of_the_talk_is_101_queries_including_100_similar(
    looked: Looked, headers: Mapping[str, str]
) -> None:
    """So say the toolbar, silk, as far as it counts, and the lab, of one request."""
    seen = see(looked, PAGE, headers)

    assert counts_of(seen.lab) == Counts(total=101, similar=100, duplicates=0)
    assert seen.toolbar == counts_of(seen.lab)
    assert seen.silk_counted == len(seen.silk_queries) == 101


def test_the_three_agree_on_what_is_asked_again(looked: Looked) -> None:
    """A loop over related rows sends similar statements, and duplicates among them.

    silk has no groups; it writes values into the text, so its duplicates are its equal texts.
    """
    seen = see(looked, LOOP, {})

    again = sum(count for count in Counter(seen.silk_queries).values() if count > 1)
    assert seen.toolbar == counts_of(seen.lab)
    assert (seen.toolbar.total, seen.toolbar.similar) == (161, 160)
    assert 0 < seen.toolbar.duplicates < 160
    assert seen.silk_counted == len(seen.silk_queries) == seen.toolbar.total
    assert again == seen.toolbar.duplicates


def test_the_time_of_the_lab_is_within_that_of_the_toolbar(looked: Looked) -> None:
    """Both watch the same statements, and the toolbar from further out."""
    name = uuid4().hex
    answer = looked.get(PAGE, {**HTML, REQUEST_HEADER: name})

    query = urlencode({"request_id": answer.headers["djdt-request-id"], "panel_id": "SQLPanel"})
    content = looked.get(f"/__debug__/render_panel/?{query}").json()["content"]
    toolbar_ms = float(re.findall(r"([\d.]+) ms \(", content)[0])
    trace = from_json((looked.folder / f"{name}.json").read_bytes())
    assert 0 < trace.duration_s * 1000 <= toolbar_ms * 1.01


def test_the_lab_tells_the_line_that_the_toolbar_tells(looked: Looked) -> None:
    """The last line of the toolbar's stack is the place of the lab's trace."""
    name = uuid4().hex
    answer = looked.get(PAGE, {**HTML, REQUEST_HEADER: name})

    query = urlencode({"request_id": answer.headers["djdt-request-id"], "panel_id": "SQLPanel"})
    content = looked.get(f"/__debug__/render_panel/?{query}").json()["content"]
    text = re.sub(r"<[^>]+>", "", content).replace("&quot;", '"')
    trace = from_json((looked.folder / f"{name}.json").read_bytes())
    place = trace.statements[-1].place
    assert place is not None
    assert place.code == 'out_data["high_price"].append(product.high_price)'
    assert place.function == "SQLDebugV2.get"
    assert place.file == "rowpath/lab/apps/django/views_instruments.py"
    assert re.search(rf"views_instruments\.py in get\({place.line}\)", text)
    assert place.code in text


def test_the_start_page_links_all_there_is(looked: Looked) -> None:
    """The page, silk's pages and every variant that a browser can ask for are links that answer."""
    links = set(HREF.findall(looked.get("/", HTML).data.decode()))
    versions = package_versions()
    variants = {
        experiment.path(variant)
        for experiment in EXPERIMENTS
        for variant in experiment.answered_by(App.DJANGO)
        if variant.asks.method == "GET" and variant.can_run(versions)
    }

    assert {PAGE, "/silk/", "/silk/requests/"} <= links
    assert variants <= {link.partition("?")[0] for link in links}
    for link in links:
        if link.startswith("/static/") or link.partition("?")[0] in {PAGE, "/silk/"}:
            assert looked.get(link, HTML).status == 200


def test_both_tools_have_their_styles_and_scripts(looked: Looked) -> None:
    """gunicorn serves the files that the pages of the tools ask for."""
    for path in ("/", PAGE, "/silk/", "/silk/requests/"):
        page = looked.get(path, HTML)
        assert page.status == 200, looked.server.log_tail()
        files = re.findall(r'(?:src|href)="([^"]+\.(?:css|js|svg|png)[^"]*)"', page.data.decode())
        assert files
        for file in files:
            assert looked.get(urljoin(path, file)).status == 200, file


def test_silk_shows_a_request_with_its_statements(looked: Looked) -> None:
    """Its list has the page, and its page of that request every statement."""
    looked.get(PAGE)
    requests = looked.get("/silk/requests/", HTML).data.decode()
    shown = re.search(r"/silk/request/([0-9a-f-]{36})/", requests)
    assert shown is not None
    assert PAGE in requests

    sql = looked.get(f"{shown[0]}sql/", HTML)

    assert sql.status == 200
    assert "product" in sql.data.decode()


@pytest.mark.parametrize("path", ["/", PAGE, "/silk/", "/__debug__/render_panel/"])
def test_another_host_is_refused_by_the_tools_too(looked: Looked, path: str) -> None:
    """No page in a browser reaches them under a name of its own."""
    assert looked.get(path, {"Host": "rebound.example"}).status == 400


def test_another_site_cannot_delete_what_silk_recorded(looked: Looked) -> None:
    """A form of another page has no token."""
    with urllib3.PoolManager(retries=False) as pool:
        refused = pool.request(
            "POST", f"{looked.server.url}/silk/cleardb/", fields={"clear_all": "on"}
        )

    assert refused.status == 403


def test_only_the_schema_of_the_lab_is_written(looked: Looked) -> None:
    """silk's tables stand in it, and in no other schema."""
    assert tables_of(looked.dsn) == {(SCHEMA, name) for name in TOOL_TABLES}


def tables_of(dsn: str) -> set[tuple[str, str]]:
    """Return the tables of silk and of Django's migrations, each with its schema."""
    with connect(dsn) as connection:
        return set(
            connection.execute(
                "SELECT schemaname, tablename FROM pg_tables "
                "WHERE tablename LIKE 'silk%' OR tablename LIKE 'django%' "
                "OR tablename LIKE 'debug_toolbar%'"
            )
        )


@pytest.fixture
def few_products(empty_database: Database) -> Database:
    """A database of one's own with a few products."""
    ensure(empty_database, PRODUCTS_DATA, rows=30, seed=1, report=lambda _: None)
    return empty_database


def test_what_is_dropped_includes_silks_tables(few_products: Database, tmp_path: Path) -> None:
    """`rowpath lab data --drop` leaves nothing of them, nor of the schema."""
    settings = AppSettings(dsn=few_products.dsn, conditions=CONTROLLED, trace_folder=None)
    with serving(App.SILK, settings, logs=tmp_path):
        assert len(tables_of(few_products.dsn)) == len(TOOL_TABLES)

    assert drop(few_products) == ()

    assert tables_of(few_products.dsn) == set()
    with connect(few_products.dsn) as connection, pytest.raises(psycopg.Error):
        connection.execute(f"COMMENT ON SCHEMA {SCHEMA} IS 'there'")


def test_silk_begins_empty_where_it_is_measured(few_products: Database, tmp_path: Path) -> None:
    """Each block of a run finds the same state; what is looked at by hand stays."""
    settings = AppSettings(dsn=few_products.dsn, conditions=CONTROLLED, trace_folder=None)
    kept = []
    for app, path in ((App.TOOLS, PAGE), (App.TOOLS, PAGE), (App.SILK, "/instruments/silk")):
        with (
            serving(app, settings, logs=tmp_path) as server,
            urllib3.PoolManager(retries=False) as pool,
        ):
            assert pool.request("GET", f"{server.url}{path}").status == 200
        with connect(few_products.dsn) as connection:
            row = connection.execute(
                f"SELECT count(*) FROM {SCHEMA}.silk_request WHERE path = %s",  # noqa: S608
                [path],
            ).fetchone()
        kept.append(row[0] if row else None)

    assert kept == [1, 2, 1]


def test_a_table_that_rowpath_did_not_make_is_left_alone(
    few_products: Database, tmp_path: Path
) -> None:
    """A table of silk's name that is somebody else's is neither written nor dropped."""
    with connect(few_products.dsn) as connection:
        connection.execute(f"CREATE TABLE {SCHEMA}.silk_request (id int)")
    settings = AppSettings(dsn=few_products.dsn, conditions=CONTROLLED, trace_folder=None)

    with (
        pytest.raises(ServerError, match=rf"rowpath did not make {SCHEMA}\.silk_request"),
        serving(App.SILK, settings, logs=tmp_path),
    ):
        pass

    assert drop(few_products) == (f"table {SCHEMA}.silk_request",)
    assert tables_of(few_products.dsn) == {(SCHEMA, "silk_request")}
