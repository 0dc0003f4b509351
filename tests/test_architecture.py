"""The parts depend downwards only, and importing rowpath costs nothing."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import rowpath

SOURCE = Path(rowpath.__file__).parent
LAYERS = (
    "errors",
    "stats",
    "capture",
    "lab",
    "fast",
    "explain",
    "report",
    "pytest_plugin",
    "toolbar",
    "cli",
)
# The measured applications are users of the package, and stand beside the lab that measures them.
APPLICATIONS = ("lab", "apps")
# `fast` runs in production, so of the parts below it may use the errors alone.
BESIDE = {
    "stats": {"capture"},
    "capture": {"stats"},
    "fast": {"stats", "capture", "lab"},
    # It runs in the user's project, and is asked by the command and by tests.
    "explain": {"lab", "fast"},
}
FRAMEWORKS = {
    "django": ("django",),
    "drf": ("rest_framework",),
    "fastapi": ("fastapi", "starlette"),
    "sqlalchemy": ("sqlalchemy",),
    "fastdrf": ("fastdrf",),
    "ninja": ("ninja",),
    "orjson": ("orjson",),
    "oxide": ("drf_oxide",),
    "accelerator": ("drf_accelerator",),
    "fastserializers": ("drf_fastserializers",),
    "bolt": ("django_bolt",),
    "litestar": ("litestar",),
    "toolbar": ("debug_toolbar",),
    "silk": ("silk",),
    "locust": ("locust", "gevent", "geventhttpclient"),
}
# What uses a second framework, as its users do.
WITH = {
    "fastapi": {"sqlalchemy"},
    "drf": {"django"},
    "apps": {"drf"},
    "peers": {"django"},
    "ninja": {"orjson"},
    "bolt": {"django"},
    "litestar": {"sqlalchemy", "fastapi"},
    # What is explained behind any ASGI application is SQLAlchemy's.
    "asgi": {"sqlalchemy"},
    "tools": {"django"},
    # A panel is Django's page.
    "toolbar": {"django"},
}
# Within a part, what stands on a floor imports from the floors below it alone.
FLOORS: dict[str, tuple[set[str], ...]] = {
    "lab": (
        # values
        {"circumstances"},
        {
            "conditions",
            "folders",
            "history",
            "interruptions",
            "measures",
            "profile",
            "record",
            "schema",
            "strict_json",
            "variables",
        },
        {"applications", "differing"},
        {"experiment", "packages"},
        {"experiments", "sections", "source"},
        {"plan"},
        # what is asked
        {"apps", "integrity"},
        {"runs", "servers"},
        {"database"},
        {"answers", "dataset", "host"},
        # what was measured
        {"results"},
        {"disturbances", "gates", "sharing"},
        {"judging"},
        {"analysis", "forecast", "resume", "verifying"},
        {"load"},
        {"measuring"},
        {"own_file", "race", "session"},
        {"rereading", "schemas"},
        # what was kept
        {"comparing"},
    ),
    "explain": (
        # values
        {"project_of", "trails"},
        {"changes"},
        {"values"},
        {"baseline", "selected"},
        {"messages"},
        # pure
        {"answered", "comparing", "growth"},
        # the project, in a process of its own
        {"forking", "recording", "serving"},
        {"drf", "fastapi", "sqlalchemy"},
        {"asgi", "django"},
        # the command's side
        {"asking"},
        {"proving"},
        {"findings"},
        {"session"},
    ),
    "fast": (
        {
            "_making",
            "_tags",
            "bounded",
            "codes",
            "fallback",
            "forms",
            "names",
            "patterns",
            "proved",
            "stores",
        },
        {"plan", "shipped"},
        {"private"},
        {"encoding", "psycopg"},
        {"django"},
        {"drf"},
    ),
    "fast/drf": (
        {"apps", "back_off", "in_pieces", "links", "options", "private"},
        {"grounds"},
        {"admission"},
        {"data"},
        {"compiling", "making"},
        {"steps"},
        {"context"},
        {"answering"},
        # the ways that need no instance, and that have them
        {"rows"},
        {"instances"},
        {"answers"},
        # what a project writes
        {"mixin", "serializer"},
        {"asynchronous", "everywhere", "streaming"},
        # what a project is told
        {"forecasting"},
        {"management"},
    ),
}
MODULES = sorted(SOURCE.rglob("*.py"))


@cache
def imported(path: Path) -> tuple[str, ...]:
    return tuple(_imported(path))


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def layer_of(parts: tuple[str, ...]) -> str | None:
    name = parts[0].removesuffix(".py")
    return name if name in LAYERS else None


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_imports_only_from_parts_below_it(path: Path) -> None:
    """A part of rowpath depends on the parts below it and on none above or beside it."""
    own = layer_of(path.relative_to(SOURCE).parts)

    for name in imported(path):
        parts = name.split(".")
        other = layer_of(tuple(parts[1:])) if parts[0] == "rowpath" and len(parts) > 1 else None
        if own is None or other is None or own == other:
            continue
        if path.relative_to(SOURCE).parts[:2] == APPLICATIONS and other == "fast":
            continue
        assert LAYERS.index(other) < LAYERS.index(own), f"{own} imports {name}"
        assert other not in BESIDE.get(own, ()), f"{own} imports {name}"


def floor_of(part: str, name: str) -> int:
    floors = [number for number, floor in enumerate(FLOORS[part]) if name in floor]
    assert floors, f"FLOORS does not say on which floor {part}/{name} stands"
    return floors[0]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_imports_only_from_the_floors_below_it(path: Path) -> None:
    """Within the lab, explain and the fast path there is no circle of folders either."""
    own = path.relative_to(SOURCE).with_suffix("").as_posix()

    for part in FLOORS:
        below = own.removeprefix(f"{part}/").partition("/")[0]
        if own == f"{part}/{below}" == f"{part}/__init__" or not own.startswith(f"{part}/"):
            continue
        package = f"rowpath.{part.replace('/', '.')}."
        for name in imported(path):
            other = name.removeprefix(package).partition(".")[0]
            if name.startswith(package) and other != below:
                assert floor_of(part, other) < floor_of(part, below), f"{own} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_what_psycopg_keeps_to_itself_is_imported_in_its_room_alone(path: Path) -> None:
    """A module that psycopg calls private is imported below fast/psycopg, and nowhere else."""
    if path.is_relative_to(SOURCE / "fast" / "psycopg"):
        return

    assert not [name for name in imported(path) if name.startswith("psycopg._")]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_framework_is_imported_only_in_files_named_after_it(path: Path) -> None:
    """Only a file or folder called django imports Django, and so on for each framework."""
    place = path.relative_to(SOURCE).with_suffix("").parts
    imports = {name.partition(".")[0] for name in imported(path)}
    # What uses a second framework, as its users do: in one package with it.
    allowed = set(place).union(*(also for name, also in WITH.items() if name in place))

    for framework, packages in FRAMEWORKS.items():
        assert framework in allowed or not imports & set(packages)


def test_import_rowpath_imports_nothing_but_itself() -> None:
    """`import rowpath` loads no framework and no dependency at all."""
    program = "import sys; old = set(sys.modules); import rowpath; print(set(sys.modules) - old)"

    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert result.stdout.strip() == "{'rowpath'}"
