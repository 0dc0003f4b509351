"""How far the fast path reaches: rowpath_plan on six public projects that nobody here wrote.

Each is installed from the package registry, in the newest version that its interpreter can have,
into a venv of its own; its tables are made in an embedded PostgreSQL, with a superuser, as whom
`rowpath_plan --json --no-measure` then asks for every list. What comes of them is printed as
tables, and stands with all else in FOLDER/reach.json. What a project needs to start is in
bench/reach/. A folder that is there is used again, with rowpath as it is now.

With --ask, each list whose URL is known is asked as well, with FastListMixin put into its view and
without, over the rows that come with the project's tables and those that bench/reach/ makes.
Status, headers and body must be the same.

    python bench/reach.py --into FOLDER [--ask] [pulpcore netbox ...]
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from reach_projects import PROJECTS, Project, install_project, is_installed, say, with_rowpath
from reach_tables import DIFFERS, Reached, as_json, print_answers, print_list, print_tables
from rowpath.lab.database import Database
from rowpath.lab.database.embedded import embedded_postgresql

LOG = "log.txt"
INSIDE = Path(__file__).parent / "reach"


def main() -> None:
    """Do what is asked for; the exit code is 1 if a project could not be, or answers differ."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    names = [project.package for project in PROJECTS]
    parser.add_argument("projects", nargs="*", metavar="PROJECT", help=", ".join(names))
    parser.add_argument("--into", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--ask", action="store_true", help="ask each list, and compare answers")
    options = parser.parse_args()
    if unknown := set(options.projects) - set(names):
        parser.error(f"no such project: {', '.join(unknown)}; there are {', '.join(names)}")
    chosen = [one for one in PROJECTS if not options.projects or one.package in options.projects]
    folder = options.into.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)  # PostgreSQL runs as another user when we are root
    reached, failed = reach(chosen, folder, ask=options.ask)
    (folder / "reach.json").write_text(json.dumps([as_json(one) for one in reached], indent=2))
    print_tables(reached)
    print_list("Not asked", failed)
    if options.ask:
        print_answers(reached)
    differing = any(each["came"] == DIFFERS for one in reached for each in one.asked)
    sys.exit(1 if failed or differing else 0)


def reach(
    projects: Iterable[Project], folder: Path, *, ask: bool
) -> tuple[list[Reached], list[str]]:
    """Return what came of the projects, and a line for each that could not be asked."""
    reached, failed = [], []
    with embedded_postgresql(folder / "postgresql") as database:
        for project in projects:
            place = folder / project.package
            try:
                reached.append(reach_one(project, place, database, ask=ask))
            except (OSError, psycopg.Error, subprocess.CalledProcessError) as error:
                failed.append(f"{project.package}: {error}; {last_words(place / LOG)}")
    return reached, failed


def reach_one(project: Project, folder: Path, database: Database, *, ask: bool) -> Reached:
    """Install the project if it is not there, and have its lists told."""
    if not is_installed(project, folder):
        install_project(project, folder)
        drop_database(project, database)  # of another version, maybe
    python = with_rowpath(project, folder)
    make_database(project, database)
    result, log = folder / "plan.json", folder / LOG
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
    program.append("ask" if ask else "plan")
    say(f"{project.package}: rowpath_plan, see {log}")
    with log.open("wb") as output:
        subprocess.run(program, cwd=work, env=environ, stdout=output, stderr=output, check=True)
    told: dict[str, Any] = json.loads(result.read_text())
    return Reached(
        project=project.package,
        versions=told["versions"],
        routes=tuple(told["routes"]),
        asked=tuple(told["asked"]),
    )


def last_words(log: Path) -> str:
    """Return the last line of a log, which names the error that a program has died of."""
    lines = log.read_text(errors="replace").split("\n") if log.exists() else []
    return next((line for line in reversed(lines) if line.strip()), f"there is no {log}")


def drop_database(project: Project, database: Database) -> None:
    """Drop the project's database, if it is there."""
    name = sql.Identifier(project.module)
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(name))


def make_database(project: Project, database: Database) -> None:
    """Make the project's database, if it is not there."""
    name = project.module
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if found.fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    with psycopg.connect(database.dsn, dbname=name, autocommit=True) as connection:
        for statement in project.database:
            connection.execute(statement.encode())


if __name__ == "__main__":
    main()
