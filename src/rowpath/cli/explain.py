"""`rowpath explain`: why an endpoint is slow, the line to change, and the proof of the change."""

import sys
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from rowpath.cli.outputs import STANDARD_OUTPUT, replace_file, tried
from rowpath.cli.progress import console_for
from rowpath.errors import UsageError
from rowpath.explain.edits import diff
from rowpath.explain.project_of import ProjectOf, application_in, project_in
from rowpath.explain.session import explain
from rowpath.explain.timing import Timing
from rowpath.explain.values import Confidence, Explanation, Request
from rowpath.report.explain.json import to_json
from rowpath.report.explain.terminal import render

_NOT_OF_ASGI = {
    "settings": "settings are Django's. Name one of the two.",
    "user": "how an ASGI application tells its users is its own. Send what it asks for, like "
    "--header 'Authorization: Bearer TOKEN'.",
}
FOUND = 1
"""The exit code of findings that --fail-on asks for."""


@click.command("explain")
@click.argument("paths", nargs=-1, metavar="PATH [PATH ...]")
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
@click.option("-H", "--header", "headers", multiple=True, metavar="'NAME: VALUE'")
@click.option(
    "--json",
    "json_path",
    is_flag=False,
    flag_value=STANDARD_OUTPUT,
    metavar="[FILE]",
    help="The findings as JSON; without a FILE, or as -, on standard output.",
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
    json_path = options["json_path"]
    if options["is_diff"] and json_path == STANDARD_OUTPUT:
        raise UsageError(
            "Cannot write the diff and the JSON to standard output both. Name a file with --json."
        )
    file = None if json_path in {None, STANDARD_OUTPUT} else tried(Path(json_path), "--json")
    project = _project(options)
    progress = console_for(sys.stderr)
    explanation = explain(
        requests, project, Timing(), lambda step: progress.print(Text(step), style="dim")
    )
    if file is not None:
        replace_file(file, to_json(explanation))
    if json_path == STANDARD_OUTPUT:
        sys.stdout.write(to_json(explanation).decode())
    elif options["is_diff"]:
        sys.stdout.write(diff(explanation.edits, explanation.root))
    else:
        console_for(sys.stdout).print(render(explanation), soft_wrap=True, end="")
    return FOUND if _fails(explanation, options["fail_on"]) else 0


def _project(options: dict[str, Any]) -> ProjectOf:
    if options["app"] is None:
        return project_in(Path.cwd(), options["settings"])
    for name, instead in _NOT_OF_ASGI.items():
        if options[name] is not None:
            raise UsageError(f"Cannot take --{name} beside --app: {instead}")
    return application_in(Path.cwd(), options["app"])


def _requests(options: dict[str, Any]) -> list[Request]:
    """Return what is asked; UsageError where it is nothing, or is not of this project."""
    paths = options["paths"]
    if not paths:
        raise UsageError(
            "Cannot explain nothing: there is no path. Name one, like rowpath explain /api/books/."
        )
    for path in paths:
        if not path.startswith("/") or path.startswith("//"):
            raise UsageError(
                f"Cannot explain {path}: the project is asked in this process, by the path alone. "
                "Write it from the slash behind the host on."
            )
    headers = tuple(map(_header, options["headers"]))
    return [Request(path=path, user=options["user"], headers=headers) for path in paths]


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
