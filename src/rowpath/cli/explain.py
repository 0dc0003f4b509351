"""`rowpath explain`: why an endpoint is slow, the line to change, and the proof of the change."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import click

from rowpath.cli import pages
from rowpath.cli.explain_live import told
from rowpath.cli.outputs import STANDARD_OUTPUT, replace_file, tried
from rowpath.cli.progress import console_for
from rowpath.errors import UsageError
from rowpath.explain import baseline
from rowpath.explain.asking.access_log import read_log
from rowpath.explain.asking.route_list import RoutesWanted
from rowpath.explain.baseline import Accepted, from_json, without
from rowpath.explain.changes.edits import diff
from rowpath.explain.project_of import ProjectOf, application_in, project_in
from rowpath.explain.proving.timing import Timing
from rowpath.explain.session import Wanted, explain
from rowpath.explain.values import Confidence, Explanation, Request
from rowpath.report.explain import github, markdown, terminal
from rowpath.report.explain.json import to_json
from rowpath.report.explain.sarif import to_sarif

_NOT_OF_ASGI = {
    "settings": "settings are Django's. Name one of the two.",
    "user": "how an ASGI application tells its users is its own. Send what it asks for, like "
    "--header 'Authorization: Bearer TOKEN'.",
    "try_indexes": "indexes are written into the Meta of Django's models. Leave it out.",
}
Form = Callable[[Explanation], bytes]
FORMS: dict[str, Form] = {
    "json": to_json,
    "markdown": lambda explanation: markdown.render(explanation).encode(),
    "html": lambda explanation: pages.of_explanation(explanation).encode(),
    "sarif": to_sarif,
    "new_baseline": baseline.to_json,
    "github": lambda explanation: github.render(explanation).encode(),
    "diff": lambda explanation: diff(explanation.edits, explanation.root).encode(),
}
"""The forms of an explanation, by the names of their options."""
TELLER = "rowpath.cli.explain_forecast"
"""Runs in the project's process, by its name: what explains does not know the fast path."""
FOUND = 1
"""The exit code of findings that --fail-on asks for."""


@click.command("explain")
@click.argument("paths", nargs=-1, metavar="PATH [PATH ...]")
@click.option(
    "--routes",
    multiple=True,
    metavar="PATTERN",
    help="Every route of the URL conf that fits, like 'api/*'; more than once for several.",
)
@click.option(
    "--log",
    metavar="FILE",
    help="The requests of an access log, each route once, by its most frequent path.",
)
@click.option(
    "--settings",
    metavar="MODULE",
    help="The project's settings. [default: DJANGO_SETTINGS_MODULE, then what manage.py names]",
)
@click.option(
    "--app",
    metavar="MODULE:ATTRIBUTE",
    help="An ASGI application with SQLAlchemy instead, like shop.main:app.",
)
@click.option("--user", metavar="NAME", help="Ask as this user; no session is written.")
@click.option(
    "--method",
    type=click.Choice(["GET", "POST", "PUT", "PATCH", "DELETE"], case_sensitive=False),
    help="The method of the PATHs; what it writes is rolled back. [default: GET; POST with --data]",
)
@click.option(
    "--data",
    metavar="TEXT|@FILE",
    help="The body, JSON unless a header Content-Type says otherwise.",
)
@click.option("-H", "--header", "headers", multiple=True, metavar="'NAME: VALUE'")
@click.option(
    "--json",
    "json_path",
    is_flag=False,
    flag_value=STANDARD_OUTPUT,
    metavar="[FILE]",
    help="The findings as JSON; without a FILE, or as -, on standard output.",
)
@click.option(
    "--markdown",
    "markdown_path",
    is_flag=False,
    flag_value=STANDARD_OUTPUT,
    metavar="[FILE]",
    help="The findings as Markdown, for a pull request; without a FILE on standard output.",
)
@click.option("--html", "html_path", metavar="FILE", help="The findings as one HTML page.")
@click.option("--sarif", "sarif_path", metavar="FILE", help="The findings as SARIF, with fixes.")
@click.option(
    "--github", "is_github", is_flag=True, help="Print GitHub's annotations instead of the text."
)
@click.option(
    "--baseline",
    "baseline_path",
    metavar="FILE",
    help="Leave out the findings that this file accepts, and their changes.",
)
@click.option(
    "--write-baseline",
    "new_baseline_path",
    metavar="FILE",
    help="Write a file that accepts all findings of this run.",
)
@click.option(
    "--try-indexes",
    is_flag=True,
    help="Build missing indexes in transactions that are rolled back, of a development database "
    "in PostgreSQL. Whoever writes to such a table waits meanwhile.",
)
@click.option("--diff", "is_diff", is_flag=True, help="Print the proved changes for `git apply`.")
@click.option(
    "--fail-on",
    type=click.Choice(["proved", "any"]),
    help="End with exit code 1 where there is a proved finding, or any.",
)
def explain_requests(**options: Any) -> int:  # noqa: ANN401 each is an option above
    """Say why PATHs of a Django project or an ASGI application are slow, and prove what to change.

    The project runs in processes of its own, on its own database, in transactions that are rolled
    back. No file is changed.
    """
    requests = _requests(options)
    outputs = _Outputs.chosen(options)
    accepted = _accepted(options["baseline_path"])
    project = _project(options)
    wanted = Wanted(
        requests=requests,
        routes=_routes(options),
        accepted=accepted,
        with_sql=options["html_path"] is not None,
        teller=TELLER,
        may_build_indexes=options["try_indexes"],
    )
    with told(console_for(sys.stderr)) as tell:
        explanation = explain(wanted, project, Timing(), tell)
    whole, explanation = explanation, without(explanation, accepted)
    outputs.write(explanation, whole)
    return FOUND if _fails(explanation, options["fail_on"]) else 0


def _project(options: dict[str, Any]) -> ProjectOf:
    if options["app"] is None:
        return project_in(Path.cwd(), options["settings"])
    for name, instead in _NOT_OF_ASGI.items():
        if options[name]:
            raise UsageError(f"Cannot take --{name.replace('_', '-')} beside --app: {instead}")
    return application_in(Path.cwd(), options["app"])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outputs:
    """Where the findings go: files, and one form of them on standard output."""

    files: tuple[tuple[Path, Form], ...]
    standard: Form | None

    @classmethod
    def chosen(cls, options: dict[str, Any]) -> Self:
        """Return the places that options name; UsageError or OutputError where one is no place."""
        places = {name: options[f"{name}_path"] for name in FORMS if f"{name}_path" in options}
        printed = [name for name, place in places.items() if place == STANDARD_OUTPUT]
        printed += [name for name in ("diff", "github") if options[f"is_{name}"]]
        if len(printed) > 1:
            raise UsageError(
                f"Cannot write {' and '.join(printed)} to standard output: that takes one of them. "
                "Name files for the others."
            )
        named = {name: place for name, place in places.items() if place not in {None, "-"}}
        files = [
            (tried(Path(place), f"--{name.replace('new_', 'write-')}"), FORMS[name])
            for name, place in named.items()
        ]
        if len({path for path, _ in files}) < len(files):
            raise UsageError(
                f"Cannot write {' and '.join(named).replace('new_', 'write-')} to one file. "
                "Name a file for each."
            )
        return cls(files=tuple(files), standard=FORMS[printed[0]] if printed else None)

    def write(self, explanation: Explanation, whole: Explanation) -> None:
        """Write every file, and standard output; a new baseline is of the `whole` run."""
        for path, form in self.files:
            replace_file(path, form(whole if form is baseline.to_json else explanation))
        if self.standard is not None:
            sys.stdout.write(self.standard(explanation).decode())
        else:
            console_for(sys.stdout).print(terminal.render(explanation), soft_wrap=True, end="")


def _accepted(path: str | None) -> frozenset[Accepted]:
    if path is None:
        return frozenset()
    try:
        text = Path(path).read_bytes()
    except OSError as error:
        raise UsageError(
            f"Cannot read the baseline {path}: {error.strerror}. Write it with --write-baseline."
        ) from error
    return from_json(text, path)


def _requests(options: dict[str, Any]) -> tuple[Request, ...]:
    """Return what is asked; UsageError where it is nothing, or is not of this project."""
    paths = options["paths"]
    if not paths and not options["routes"] and options["log"] is None:
        raise UsageError(
            "Cannot explain nothing: there is no path. Name one, like rowpath explain /api/books/, "
            "or --routes 'api/*', or --log access.log."
        )
    for path in paths:
        if not path.startswith("/") or path.startswith("//"):
            raise UsageError(
                f"Cannot explain {path}: the project is asked in this process, by the path alone. "
                "Write it from the slash behind the host on."
            )
    like = _like(options)
    if paths or (like.method == "GET" and not like.body):
        return tuple(replace(like, path=path) for path in paths)
    raise UsageError(
        "Cannot ask routes or a log with --method or --data: their requests are GETs. Name PATHs."
    )


def _routes(options: dict[str, Any]) -> RoutesWanted | None:
    like = replace(_like(options), method="GET", body=b"")
    log = None if options["log"] is None else read_log(Path(options["log"]))
    if log is None and not options["routes"]:
        return None
    return RoutesWanted(like=like, patterns=options["routes"], log=log)


def _like(options: dict[str, Any]) -> Request:
    """Return a request without a path, as all are to be."""
    headers = tuple(map(_header, options["headers"]))
    data = options["data"]
    method = (options["method"] or ("GET" if data is None else "POST")).upper()
    body = b"" if data is None else _body(data)
    if body and method == "GET":
        raise UsageError(
            "Cannot send --data by GET: what it means there is not defined. Name a --method, or "
            "write the query into the PATH."
        )
    if body and not any(name.lower() == "content-type" for name, _ in headers):
        _check_json(body)
    return Request(path="", method=method, body=body, user=options["user"], headers=headers)


def _body(text: str) -> bytes:
    """Return the body, as curl has it: that of a file where it begins with @."""
    if not text.startswith("@"):
        return text.encode()
    try:
        return Path(text[1:]).read_bytes()
    except OSError as error:
        raise UsageError(
            f"Cannot read the body {text[1:]}: {error.strerror}. Name a file behind the @."
        ) from error


def _check_json(body: bytes) -> None:
    try:
        json.loads(body)
    except ValueError as error:
        raise UsageError(
            f"Cannot send --data as JSON: {error}. Correct it, or say what it is, like -H "
            "'Content-Type: application/x-www-form-urlencoded'."
        ) from error


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip() or not name.strip().isascii():
        raise UsageError(f"Cannot send the header {text!r}: it has no name. Write 'NAME: VALUE'.")
    return name.strip(), value.strip()


def _fails(explanation: Explanation, wanted: str | None) -> bool:
    found = [finding for each in explanation.requests for finding in each.findings]
    if wanted == "proved":
        return any(finding.confidence is Confidence.PROVED for finding in found)
    return wanted == "any" and bool(found)
