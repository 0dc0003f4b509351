"""The commands that look inside: serve with the talk's tools, and trace."""

import os
import re
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil
import pytest
import urllib3

import forking
from conftest import enterable_folder
from living import listening

ROWS = "2000"
SOURCE = Path(__file__).parents[2] / "src"
TOOLS = ("debug_toolbar", "django_debug_toolbar", "silk", "django_silk")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A data folder that all commands of this file share, one after the other."""
    with enterable_folder() as made:
        yield made


def rowpath(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"ROWPATH_DATA_DIR": str(folder), "COLUMNS": "200"}
    return forking.rowpath("lab", *arguments, folder=Path(), environment=environment)


def run(
    command: list[str], folder: Path, variables: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        env={**os.environ, "ROWPATH_DATA_DIR": str(folder), "COLUMNS": "200", **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def without_tools(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Variables under which Python finds all that is installed here but the two tools."""
    there = tmp_path_factory.mktemp("site-packages")
    for installed in Path(sysconfig.get_path("purelib")).iterdir():
        if not installed.name.startswith(TOOLS):
            (there / installed.name).symlink_to(installed)
    return {"PYTHONPATH": f"{SOURCE}:{there}"}


def test_serve_with_tools_prints_a_start_page_and_ends_with_a_signal(folder: Path) -> None:
    """The page of the talk has its toolbar, on loopback only, until the command is told to end."""
    with subprocess.Popen(
        [sys.executable, "-m", "rowpath", "lab", "serve", "django", "--tools", "--rows", ROWS],
        env=os.environ | {"ROWPATH_DATA_DIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            printed = []
            for line in process.stdout:
                printed.append(line)
                if "Running until Ctrl-C" in line:
                    break
            found = re.search(
                r"django with its tools at (http://127\.0\.0\.1:\d+)/:", "".join(printed)
            )
            assert found is not None, printed
            page = urllib3.request(
                "GET", f"{found[1]}/sql_debug_v2/", headers={"Accept": "text/html"}
            )
            assert page.status == 200
            assert b"djDebug" in page.data
            assert listening(psutil.Process(process.pid).children(recursive=True)) == {"127.0.0.1"}
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 143


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (
            ("serve", "fastapi", "--tools"),
            2,
            "Cannot serve fastapi with --tools: they are Django's",
        ),
        (("serve", "django", "--tools", "--workers", "2"), 2, "Leave --workers out."),
        (("trace", "fields/none"), 2, "the experiment fields has no such variant"),
        (("trace", "none/all"), 2, "no such experiment"),
        (("trace", "fields/all", "--size", "many"), 2, "Cannot read --size 'many'"),
        (("trace", "fields/all", "--size", "11M"), 2, "the table product has 10,000,000"),
        (("trace", "ladder/drf", "--setup", "as-told"), 2, "Give --setup controlled."),
    ],
)
def test_what_cannot_be_looked_at_is_told_before_anything_is_started(
    tmp_path: Path, arguments: tuple[str, ...], code: int, reason: str
) -> None:
    """One line with what to do, and nothing is made in the data folder."""
    refused = rowpath(tmp_path, *arguments)

    assert refused.returncode == code
    assert reason in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [
        (("serve", "django", "--tools"), "django-debug-toolbar and django-silk are not installed"),
        (("trace", "instruments/toolbar"), "it needs django-debug-toolbar 5.0"),
        (("trace", "instruments/silk"), "it needs django-silk 5.3"),
    ],
)
def test_without_the_extra_a_line_says_what_to_install(
    tmp_path: Path, without_tools: Mapping[str, str], arguments: tuple[str, ...], missing: str
) -> None:
    """It is found before long work begins, and has an exit code of its own."""
    refused = run(
        [sys.executable, "-S", "-m", "rowpath", "lab", *arguments], tmp_path, without_tools
    )

    assert refused.returncode == 11, refused.stderr
    assert missing in refused.stderr
    assert "pip install 'rowpath[tools]'" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("concurrency/threads-gathered", "--size", "20"),
        ("concurrency/tasks-as-told", "--setup", "uvicorn-without-pool", "--size", "20"),
        ("cache/locmem", "--size", "20"),
        ("fourteen/fastapi", "--setup", "no-order-new-connection", "--size", "20"),
    ],
    ids=" ".join,
)
def test_whatever_set_up_a_variant_is_measured_in_can_be_traced(
    folder: Path, arguments: tuple[str, ...]
) -> None:
    """Without --setup it is the first that there is, where there is no controlled one."""
    shown = rowpath(folder, "trace", *arguments, "--rows", ROWS)

    assert shown.returncode == 0, shown.stderr
    assert arguments[0].partition("/")[2] in shown.stdout


def test_trace_prints_the_picture_of_the_talk(folder: Path) -> None:
    """101 statements, 100 of them similar, each group with its line of code and its plan."""
    shown = rowpath(folder, "trace", "--rows", ROWS)

    assert shown.returncode == 0, shown.stderr
    text = shown.stdout
    assert "no-instrument (controlled), 100 rows" in text
    assert re.search(
        r"^101 statements in .+, 100 similar, 0 duplicates, 200 rows", text, re.MULTILINE
    )
    assert re.search(r"^2\. sent 100 times a request, ", text, re.MULTILINE)
    assert "views_instruments.py:22 in SQLDebugV2.get, 100 times a request" in text
    assert 'out_data["high_price"].append(product.high_price)' in text
    assert "Index Scan using product_pkey on product" in text


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (("fields/sqlalchemy-columns",), ["1 statement in ", "fastapi/views_fields.py:"]),
        (("loops/t1-loop", "--size", "3"), ["7 statements in ", ", 4 similar, "]),
        (("relations/fk-select-related-only-id", "--size", "3"), ["It fails, as it is known to"]),
    ],
)
def test_any_variant_can_be_traced(
    folder: Path, arguments: tuple[str, ...], lines: list[str]
) -> None:
    """An endpoint of SQLAlchemy, a task that another runs beside, one that fails as it must."""
    shown = rowpath(folder, "trace", *arguments, "--rows", ROWS)

    assert shown.returncode == 0, shown.stderr
    for line in lines:
        assert line in shown.stdout
