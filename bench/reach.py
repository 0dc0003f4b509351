"""How far the fast path reaches: rowpath_plan on six public projects that nobody here wrote.

Each is installed from the package registry, in the newest version that its interpreter can have,
into a venv of its own; its tables are made in an embedded PostgreSQL, with a superuser, as whom
`rowpath_plan --json --no-measure` then asks for every list. What comes of them is printed as
tables, and stands with all else in FOLDER/reach.json. What a project needs to start is in
bench/reach/. A folder that is there is used again, only rowpath is installed anew.

    python bench/reach.py --into FOLDER [pulpcore netbox ...]
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from rowpath.lab.database import Database
from rowpath.lab.database.embedded import embedded_postgresql

CHECKOUT = Path(__file__).parent.parent
INSIDE = Path(__file__).parent / "reach"
DRIVER = "psycopg[binary]"
"""psycopg 3, which the fast path needs; a project's own psycopg2 may stand beside it."""
NO_LISTS = ("no JSON", "not seen")
"""Verdicts of routes that are no lists with JSON."""
ALONE = "DRF alone"
WAYS = ("rows", "instances", "data", ALONE)
VERDICTS = ("fast", "falls back for its values", "falls back", "unknown")


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
    environ: Mapping[str, str] | None = None

    @property
    def module(self) -> str:
        """The package's name as part of a module's."""
        return self.package.replace("-", "_")


PROJECTS = (
    Project(
        package="netbox",
        python="3.12",
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
    Project(package="weblate", python="3.13", stand_ins=("borgbackup==1.4.5",)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What became of a project's lists, as rowpath_plan has it, and the versions of what ran."""

    project: str
    versions: Mapping[str, str]
    routes: tuple[Mapping[str, Any], ...]

    @property
    def lists(self) -> list[Mapping[str, Any]]:
        """The lists with JSON."""
        return [one for one in self.routes if one["verdict"] not in NO_LISTS]


def main() -> None:
    """Do what the command line asks for; the exit code is 1 if a project could not be asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    names = [project.package for project in PROJECTS]
    parser.add_argument("projects", nargs="*", metavar="PROJECT", help=", ".join(names))
    parser.add_argument("--into", type=Path, required=True, metavar="FOLDER")
    options = parser.parse_args()
    if unknown := set(options.projects) - set(names):
        parser.error(f"no such project: {', '.join(unknown)}; there are {', '.join(names)}")
    chosen = [one for one in PROJECTS if not options.projects or one.package in options.projects]
    folder = options.into.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)  # PostgreSQL runs as another user when we are root
    reached, failed = reach(chosen, folder)
    (folder / "reach.json").write_text(json.dumps([as_json(one) for one in reached], indent=2))
    print_tables(reached)
    print_list("Not asked", failed)
    sys.exit(1 if failed else 0)


def reach(projects: Iterable[Project], folder: Path) -> tuple[list[Reached], list[str]]:
    """Return what came of the projects, and a line for each that could not be asked."""
    reached, failed = [], []
    with embedded_postgresql(folder / "postgresql") as database:
        for project in projects:
            try:
                reached.append(reach_one(project, folder / project.package, database))
            except (OSError, subprocess.CalledProcessError) as error:
                failed.append(f"{project.package}: {error}")
    return reached, failed


def reach_one(project: Project, folder: Path, database: Database) -> Reached:
    """Install the project if it is not there, and have its lists told."""
    python = installed(project, folder)
    make_database(project.module, database)
    result, log = folder / "plan.json", folder / "log.txt"
    work = folder / "work"
    work.mkdir(exist_ok=True)
    place = conninfo_to_dict(database.dsn)
    packages = next((folder / "venv" / "lib").glob("python*")) / "site-packages"
    environ = os.environ | {
        "DJANGO_SETTINGS_MODULE": f"settings_{project.module}",
        "PYTHONPATH": os.pathsep.join((str(INSIDE), str(packages / project.path))),
        "REACH_DATABASE": project.module,
        "REACH_HOST": str(place["host"]),
        "REACH_PORT": str(place["port"]),
        "REACH_USER": str(place["user"]),
        "REACH_WORK": str(work),
    }
    names = ("database", "host", "port", "user", "work")
    given = {"inside": str(INSIDE)} | {name: environ[f"REACH_{name.upper()}"] for name in names}
    environ |= {name: text.format(**given) for name, text in (project.environ or {}).items()}
    result.unlink(missing_ok=True)
    program = [str(python), str(INSIDE / "inside.py"), project.module, str(result)]
    say(f"{project.package}: rowpath_plan, see {log}")
    with log.open("wb") as output:
        subprocess.run(program, cwd=work, env=environ, stdout=output, stderr=output, check=True)
    told: dict[str, Any] = json.loads(result.read_text())
    return Reached(project=project.package, versions=told["versions"], routes=tuple(told["routes"]))


def make_database(name: str, database: Database) -> None:
    """Make a database, if it is not there."""
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if found.fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


# Installing


def installed(project: Project, folder: Path) -> Path:
    """Return the interpreter of a venv that has the project and this checkout's rowpath."""
    python = folder / "venv" / "bin" / "python"
    there = folder / "installed.txt"
    wanted = "\n".join((project.package, *project.needs, DRIVER, *project.stand_ins))
    if not there.exists() or there.read_text() != wanted:
        say(f"{project.package}: installing")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        subprocess.run([interpreter(project.python), "-m", "venv", folder / "venv"], check=True)
        for requirement in project.stand_ins:
            stand_in(requirement, folder / "venv")
        install(python, [project.package, *project.needs, DRIVER])
        there.write_text(wanted)
    built = wheel(project.python, folder.parent)
    has = folder / "rowpath.txt"
    if not has.exists() or has.stat().st_mtime < built.stat().st_mtime:
        install(python, ["--force-reinstall", "--no-deps", str(built)])
        has.write_text(built.name)
    return python


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
    sources = [CHECKOUT / "pyproject.toml", CHECKOUT / "setup.py", *CHECKOUT.glob("src/**/*.*")]
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


# Telling


def as_json(one: Reached) -> dict[str, Any]:
    """Return all that is known of a project's lists."""
    return {"project": one.project, "versions": one.versions, "routes": one.routes}


def way(one: Mapping[str, Any]) -> str:
    """Return by which way a list is taken: from rows or instances, by its data, or not at all."""
    given = one.get("way", "rows" if one["verdict"] == "fast" else None)
    return str(given or ALONE)


def print_tables(reached: Sequence[Reached]) -> None:
    """Print how many lists of each project are taken by which way, and what is in their way."""
    print_row("project", "lists", *WAYS, *VERDICTS, "no JSON", "not seen")
    print_row(*["---"] * (4 + len(WAYS) + len(VERDICTS)))
    for one in reached:
        print_row(one.project, *map(str, counts(one.routes)))
    if len(reached) > 1:
        print_row("all", *map(str, counts([route for one in reached for route in one.routes])))
    print_blockers(reached)
    print_list("Not given", most_common(what for one in lists(reached) for what in one["missing"]))
    unknown = (one for one in lists(reached) if one["verdict"] == "unknown")
    print_list("Unknown, since", most_common(one["falls_back"]["reason"] for one in unknown))
    print_list("Versions", [f"{one.project}: {spelled(one.versions)}" for one in reached])


def counts(routes: Sequence[Mapping[str, Any]]) -> list[int]:
    """Return the numbers of a row of the first table."""
    verdicts = Counter(str(one["verdict"]) for one in routes)
    json_lists = [one for one in routes if one["verdict"] not in NO_LISTS]
    ways = Counter(map(way, json_lists))
    numbers = (*(ways[one] for one in WAYS), *(verdicts[one] for one in (*VERDICTS, *NO_LISTS)))
    return [len(json_lists), *numbers]


def print_blockers(reached: Sequence[Reached]) -> None:
    """Print each kind of blocker: how many lists have it, and how many wait for it alone."""
    have: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    projects: Counter[str] = Counter()
    for one in reached:
        kinds = [({each["kind"] for each in of["blockers"]}, of) for of in one.lists]
        projects.update(set().union(*(names for names, _ in kinds)))
        for names, of in kinds:
            have.update(names)
            alone.update(names if len(names) == 1 and of["has_all_blockers"] else ())
    print()
    print_row("blocker", "lists", "the only one", "projects")
    print_row(*["---"] * 4)
    for kind, number in have.most_common():
        print_row(kind.replace("|", "\\|"), str(number), str(alone[kind]), str(projects[kind]))


def lists(reached: Iterable[Reached]) -> list[Mapping[str, Any]]:
    """Return the lists with JSON of all projects."""
    return [route for one in reached for route in one.lists]


def most_common(texts: Iterable[str]) -> list[str]:
    """Return each text with its number."""
    return [f"{text}: {number}" for text, number in Counter(texts).most_common()]


def spelled(versions: Mapping[str, str]) -> str:
    """Return the versions in one line."""
    return ", ".join(f"{name} {version}" for name, version in versions.items())


def print_list(title: str, lines: Iterable[str]) -> None:
    """Print a list, if there is anything in it."""
    if given := list(lines):
        print(f"\n{title}", *given, sep="\n- ")


def print_row(*cells: str) -> None:
    """Print one row of a Markdown table."""
    print("|", " | ".join(cells), "|", flush=True)


def say(text: str) -> None:
    """Tell what is being done, beside the tables."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
