"""The projects that bench/reach.py asks, and how each is installed into a venv of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent
DRIVER = "psycopg[binary]"
"""psycopg 3, which the fast path needs; a project's own psycopg2 may stand beside it."""
INSTALLED = "installed.txt"
"""The file in a project's folder that says what its venv has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project that uses DRF, and what it takes to start it."""

    package: str
    python: str
    """The minor version of Python that it runs on."""
    needs: tuple[str, ...] = ()
    """What its package does not say, or says of another version."""
    stand_ins: tuple[str, ...] = ()
    """Requirements that cannot be built everywhere, and that no list needs: only their names."""
    path: str = ""
    """Where its imports begin, in its site-packages."""
    database: tuple[str, ...] = ()
    """What its migrations do to the database before any table; tables are made without them."""
    environ: Mapping[str, str] | None = None

    @property
    def module(self) -> str:
        """The package's name as part of a module's."""
        return self.package.replace("-", "_")


PROJECTS = (
    Project(
        package="netbox",
        python="3.12",
        database=(
            "CREATE EXTENSION IF NOT EXISTS ltree",
            # Of ICU, by numbers; but the embedded PostgreSQL is built without ICU.
            "CREATE COLLATION IF NOT EXISTS natural_sort (provider = libc, locale = 'C')",
        ),
        environ={"NETBOX_CONFIGURATION": "netbox_given"},
    ),
    Project(package="nautobot", python="3.11"),
    Project(
        package="pretix",
        python="3.11",
        environ={
            "PRETIX_PRETIX_DATADIR": "{work}",
            "PRETIX_DATABASE_BACKEND": "postgresql",
            "PRETIX_DATABASE_NAME": "{database}",
            "PRETIX_DATABASE_USER": "{user}",
            "PRETIX_DATABASE_HOST": "{host}",
            "PRETIX_DATABASE_PORT": "{port}",
        },
    ),
    Project(
        package="pulpcore",
        python="3.11",
        environ={"PULP_SETTINGS": "{inside}/pulpcore_given.py"},
    ),
    Project(
        package="label-studio",
        python="3.12",
        path="label_studio",
        environ={
            "DJANGO_DB": "default",
            "POSTGRE_NAME": "{database}",
            "POSTGRE_USER": "{user}",
            "POSTGRE_PASSWORD": "",
            "POSTGRE_HOST": "{host}",
            "POSTGRE_PORT": "{port}",
            "LABEL_STUDIO_BASE_DATA_DIR": "{work}",
            # Or it asks the network, already when it is imported.
            "LATEST_VERSION_CHECK": "false",
            "COLLECT_ANALYTICS": "false",
            "SENTRY_DSN": "",
            "FRONTEND_SENTRY_DSN": "",
        },
    ),
    Project(
        package="weblate",
        python="3.13",
        stand_ins=("borgbackup==1.4.5",),
        database=(
            "CREATE SEQUENCE IF NOT EXISTS workspaces_workspace_metric_id_seq AS integer",
            "CREATE EXTENSION IF NOT EXISTS pg_trgm",
            "CREATE EXTENSION IF NOT EXISTS btree_gin",
            "CREATE EXTENSION IF NOT EXISTS btree_gist",
        ),
    ),
)


def is_installed(project: Project, folder: Path) -> bool:
    """Whether the folder has a venv with all that the project needs now."""
    there = folder / INSTALLED
    return there.exists() and there.read_text() == requirements(project)


def requirements(project: Project) -> str:
    """Return all that a venv of the project has, as text to compare."""
    return "\n".join((project.package, *project.needs, DRIVER, *project.stand_ins))


def install_project(project: Project, folder: Path) -> None:
    """Make the folder anew, with a venv that has the project and the driver."""
    say(f"{project.package}: installing")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    subprocess.run([interpreter(project.python), "-m", "venv", folder / "venv"], check=True)
    for requirement in project.stand_ins:
        stand_in(requirement, folder / "venv")
    install(python_of(folder), [project.package, *project.needs, DRIVER])
    (folder / INSTALLED).write_text(requirements(project))


def with_rowpath(project: Project, folder: Path) -> Path:
    """Return the interpreter of the project's venv, which has this checkout's rowpath then."""
    python = python_of(folder)
    built = wheel(project.python, folder.parent)
    has = folder / "rowpath.txt"
    if not has.exists() or has.stat().st_mtime < built.stat().st_mtime:
        install(python, ["--force-reinstall", "--no-deps", str(built)])
        has.write_text(built.name)
    return python


def python_of(folder: Path) -> Path:
    """Return the interpreter of a project's venv."""
    return folder / "venv" / "bin" / "python"


def interpreter(version: str) -> str:
    """Return a Python of the minor version: this one, pyenv's, or what PATH has."""
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        return sys.executable
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for folder in sorted(pyenv.glob(f"{version}.*")):
        if found := shutil.which("python", path=folder / "bin"):
            return found
    found = shutil.which(f"python{version}")
    if found is None:
        sys.exit(f"Cannot install: there is no Python {version}. Install it, with pyenv say.")
    return found


def install(python: Path, what: Sequence[str]) -> None:
    """Install packages into the interpreter's venv: by uv, if it is there, since it is faster."""
    if uv := shutil.which("uv"):
        words = ["--reinstall" if word == "--force-reinstall" else word for word in what]
        command = [uv, "pip", "install", "--quiet", "--python", str(python), *words]
    else:
        command = [str(python), "-m", "pip", "-qq", "--disable-pip-version-check", "install", *what]
    subprocess.run(command, check=True)


def wheel(version: str, folder: Path) -> Path:
    """Return the checkout's rowpath, compiled for a minor version of Python, built if it is not."""
    wheels = folder / "wheels" / version
    sources = [
        CHECKOUT / "pyproject.toml",
        CHECKOUT / "setup.py",
        *CHECKOUT.glob("src/rowpath/**/*.*"),
    ]
    newest = max(file.stat().st_mtime for file in sources if file.suffix not in (".cpp", ".pyc"))
    built = next(wheels.glob("rowpath-*.whl"), None)
    if built is None or built.stat().st_mtime < newest:
        shutil.rmtree(wheels, ignore_errors=True)
        pip = [interpreter(version), "-m", "pip", "-qq", "--disable-pip-version-check"]
        subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", wheels, CHECKOUT], check=True)
        built = next(wheels.glob("rowpath-*.whl"))
    return built


def stand_in(requirement: str, venv: Path) -> None:
    """Have a package look installed, so that none is built."""
    packages = next((venv / "lib").glob("python*")) / "site-packages"
    name, _, version = requirement.partition("==")
    folder = packages / f"{name}-{version}.dist-info"
    folder.mkdir()
    lines = ("Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", "")
    (folder / "METADATA").write_text("\n".join(lines))
    (folder / "INSTALLER").write_text("reach\n")
    (folder / "RECORD").write_text("")


def say(text: str) -> None:
    """Tell what is being done, beside the tables."""
    print(text, file=sys.stderr, flush=True)
