"""./manage.py rowpath_plan: what the fast path makes of each list of the project."""

import json
from argparse import SUPPRESS, ArgumentParser
from collections.abc import Sequence
from typing import Any, TextIO

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from rowpath.fast.drf.forecasting.asking import Client
from rowpath.fast.drf.forecasting.forecast import Forecast, Verdict, forecast
from rowpath.fast.drf.forecasting.routes import LookAlike, Route, list_routes
from rowpath.fast.drf.forecasting.tally import Count, tally
from rowpath.fast.drf.forecasting.telling import (
    as_json,
    look_alike_as_json,
    paragraph,
    state,
    summary,
)
from rowpath.fast.names import error_text


class Command(BaseCommand):
    """Prints a paragraph for each list route; with --json one array of objects."""

    help = "Tell for each list route whether the fast path answers it, and if not, why."
    # What checks find wrong elsewhere in a project is nothing to do with its lists.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--route",
            action="append",
            default=[],
            metavar="PATH",
            help="Only routes whose path contains PATH; may be given more than once.",
        )
        parser.add_argument(
            "--user",
            metavar="NAME",
            help="Ask as this user of the project's, by its USERNAME_FIELD.",
        )
        parser.add_argument(
            "--kwarg",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="What stands in the URL for a parameter of it, as order=1; repeatable.",
        )
        parser.add_argument(
            "--query",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="Query parameters, as page=2 or 'page=2&search=a'; repeatable.",
        )
        parser.add_argument(
            "--fail-on-fallback",
            action="store_true",
            help="Exit with 1 if a view with FastListMixin falls back.",
        )
        parser.add_argument(
            "--no-measure",
            action="store_true",
            help="Read no rows: tell the plan, not what it saves.",
        )
        parser.add_argument("--json", action="store_true", help="Print JSON instead of text.")
        # Of any command that runs checks; nothing is checked here, but scripts may say so.
        parser.add_argument("--skip-checks", action="store_true", help=SUPPRESS)

    def handle(self, **options: Any) -> None:
        """Tell about each route."""
        _replace_what_cannot_be_written(vars(self.stdout).get("_out"))
        there = _all_routes()
        wanted: list[str] = options["route"]
        chosen = [one for one in there if not wanted or any(part in str(one) for part in wanted)]
        if not chosen:
            raise CommandError(_nothing(wanted, there))
        client = _client(options, there)
        routes = [one for one in chosen if isinstance(one, Route)]
        look_alikes = [one for one in chosen if isinstance(one, LookAlike)]
        told = [forecast(one, client=client, measure=not options["no_measure"]) for one in routes]
        counts = tally(told)
        if options["json"]:
            by_kind = {one.kind: one for one in counts}
            values = [as_json(one, by_kind) for one in told]
            values += map(look_alike_as_json, look_alikes)
            self.stdout.write(json.dumps(values, indent=2))
        else:
            self._write(told, counts, look_alikes)
        if options["fail_on_fallback"] and (failing := _failing(told)):
            raise CommandError(failing)

    def _write(
        self, told: Sequence[Forecast], counts: Sequence[Count], look_alikes: Sequence[LookAlike]
    ) -> None:
        for one in told:
            if one.verdict is Verdict.NO_JSON:
                continue
            style = self.style.SUCCESS if one.verdict is Verdict.FAST else self.style.WARNING
            name = one.route.view_class.__name__
            self.stdout.write(f"{one.route}  {name}: {style(state(one))}")
            for line in paragraph(one):
                self.stdout.write(f"    {line}")
            self.stdout.write("")
        for line in summary(told, counts, look_alikes):
            self.stdout.write(line)


def _replace_what_cannot_be_written(stream: TextIO | None) -> None:
    """Write a character that the terminal does not have as an escape, not as a traceback."""
    if stream is not None and hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")


def _all_routes() -> list[Route | LookAlike]:
    try:
        return list(list_routes())
    except Exception as error:
        text = f"reading ROOT_URLCONF raised {error_text(error)}"
        raise CommandError(f"Cannot plan anything: {text}.") from error


def _nothing(wanted: Sequence[str], there: Sequence[Route | LookAlike]) -> str:
    if not wanted:
        return "Cannot plan anything: ROOT_URLCONF has no list of Django REST framework."
    paths = ", ".join(map(str, there)) or "none"
    return f"Cannot plan {', '.join(wanted)}: no list route has it in its path. There: {paths}."


def _failing(told: Sequence[Forecast]) -> str:
    """Return which lists with the mixin are not fast; nothing if all are."""
    lists = [one for one in told if one.is_fast and one.falls_back]
    unknown = [str(one.route) for one in lists if one.verdict is Verdict.UNKNOWN]
    back = [str(one.route) for one in lists if one.verdict is not Verdict.UNKNOWN]
    told_by = {"fall back": back, "are unknown, so they may": unknown}
    return "; ".join(
        f"{len(names)} of the lists with FastListMixin {what}: {', '.join(names)}"
        for what, names in told_by.items()
        if names
    )


def _client(options: dict[str, Any], there: Sequence[Route | LookAlike]) -> Client:
    kwargs = dict(_pair("--kwarg", text) for text in options["kwarg"])
    known = {name: None for one in there for name in one.url.parameters}
    if unknown := [name for name in kwargs if name not in known]:
        raise CommandError(
            f"Cannot give {', '.join(unknown)} by --kwarg: no list's URL has such a parameter. "
            f"There: {', '.join(known) or 'none'}."
        )
    for text in options["query"]:
        _pair("--query", text)
    name = options["user"]
    return Client(
        user=None if name is None else _user(name),
        kwargs=kwargs,
        query="&".join(text.removeprefix("?") for text in options["query"]),
    )


def _pair(option: str, text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise CommandError(
            f'Cannot read {option} {text}: it has no name or no "=". Say NAME=VALUE.'
        )
    return name, value


def _user(name: str) -> Any:
    from django.contrib.auth import get_user_model  # noqa: PLC0415 - not every project has it

    try:
        model = get_user_model()
        found = model._default_manager.filter(**{str(model.USERNAME_FIELD): name}).first()
    except (ImproperlyConfigured, Error) as error:
        raise CommandError(f"Cannot ask as {name}: {error}") from error
    if found is None:
        field = f"{model.__name__} whose {model.USERNAME_FIELD} it is"
        raise CommandError(f"Cannot ask as {name}: there is no {field}. Name one that is there.")
    return found
