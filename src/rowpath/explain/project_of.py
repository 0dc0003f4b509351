"""Which project is meant: its folder, and its settings or the application in it."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from rowpath.errors import UsageError

_DEFAULT = re.compile(
    r"""setdefault\(\s*["']DJANGO_SETTINGS_MODULE["']\s*,\s*["']([\w.]+)["']\s*,?\s*\)"""
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """What differs between the kinds of projects, on the command's side.

    `worker` is the module that runs one. The others are sentences for people: how to log in, what
    to try where the project does not run, why a list has no line to change, how to ask once
    instead of for every row, how to have with the rows what is filtered anew for each, with
    `{name}` for it, what to do with rows that a commit expired, and what becomes of a request that
    writes, with its `{method}`.
    """

    worker: str
    log_in: str
    run_first: str
    no_line: str
    ask_once: str
    refine_once: str
    expired: str
    undone: str


DJANGO = Framework(
    worker="rowpath.explain.django.worker",
    log_in="Log in with --user NAME",
    run_first="Let `manage.py check` pass first.",
    no_line="there is no line of the project's that says what this queryset loads",
    ask_once="Ask once for all rows before the loop (filter(pk__in=...), in_bulk(), annotate()), "
    "and look the answer up in a dict.",
    refine_once="Have it with the rows: by Prefetch({name!r}, queryset=..., to_attr=...) where "
    "rows of it are wanted, by annotate(Count(...)) where it is a number.",
    expired="",
    undone="what {method} wrote in the databases was rolled back each time, durable blocks too; "
    "on_commit hooks did not run, and mail stayed in memory",
)
ASGI = Framework(
    worker="rowpath.explain.asgi.worker",
    log_in="Send what it asks for, like --header 'Authorization: Bearer TOKEN'",
    run_first="Start the application with its own server first.",
    no_line="there is no line of the project's that asks for this class, and for no other",
    ask_once="Ask once for all rows before the loop (select(...).where(....in_(...))), and look "
    "the answer up in a dict.",
    refine_once="Have it with the rows: by a relationship of its own where rows of it are wanted, "
    "by a correlated subquery or column_property where it is a number.",
    expired="A commit expires the rows of its session, and each is loaded again when it is read, "
    "whatever was loaded with them. Read what is answered before the commit, or make the session "
    "with expire_on_commit=False.",
    undone="what {method} wrote by SQLAlchemy was rolled back each time, behind its commits too",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectOf:
    """A project by the folder that it is started in, and its settings.

    `settings` is the module of a Django project's settings. An ASGI application has none: there
    it is where the application is, like `shop.main:app`.
    """

    folder: Path
    settings: str
    framework: Framework = DJANGO


def application_in(folder: Path, named: str) -> ProjectOf:
    """Return the ASGI application that is named like `shop.main:app`; UsageError where it is not.

    Parentheses behind it call a function that makes it, as in `shop.main:create_app()`.
    """
    module, colon, attribute = named.partition(":")
    parts = [*module.split("."), *attribute.removesuffix("()").split(".")]
    if not colon or not all(part.isidentifier() for part in parts):
        raise UsageError(
            f"Cannot find the application {named!r}: that is no module and attribute. Name it "
            "as its server does, like --app shop.main:app."
        )
    return ProjectOf(folder=folder, settings=named, framework=ASGI)


def project_in(folder: Path, settings: str | None) -> ProjectOf:
    """Return the project: by the settings that are named, the environment's, or manage.py's.

    UsageError where none of them says it.
    """
    named = settings or os.environ.get("DJANGO_SETTINGS_MODULE") or _of_manage(folder)
    return ProjectOf(folder=folder, settings=named)


def _of_manage(folder: Path) -> str:
    file = folder / "manage.py"
    if not file.is_file():
        raise UsageError(
            f"Cannot find the project: there is no manage.py in {folder}, and "
            "DJANGO_SETTINGS_MODULE is not set. Start in the project's folder, or name its "
            "settings with --settings."
        )
    found = _DEFAULT.search(file.read_text(errors="replace"))
    if found is None:
        raise UsageError(
            f"Cannot find the settings: {file} does not name them in so many words. Name them "
            "with --settings."
        )
    return found[1]
