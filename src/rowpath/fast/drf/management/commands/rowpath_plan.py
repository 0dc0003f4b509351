"""./manage.py rowpath_plan: what the fast path makes of each list of the project."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from rowpath.fast.drf.forecast import Forecast, forecast
from rowpath.fast.drf.routes import list_routes


class Command(BaseCommand):
    """Prints a paragraph for each list route; with --json one array of objects."""

    help = "Tell for each list route whether the fast path answers it, and if not, why."

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

    def handle(self, **options: Any) -> None:
        """Tell about each route."""
        wanted: list[str] = options["route"]
        routes = [r for r in list_routes() if not wanted or any(part in str(r) for part in wanted)]
        if not routes:
            raise CommandError(self._nothing(wanted))
        told = [forecast(route, measure=not options["no_measure"]) for route in routes]
        if options["json"]:
            self.stdout.write(json.dumps([_as_json(one) for one in told], indent=2))
        else:
            for one in told:
                self._write(one)
            self._sum_up(told)
        failing = [one for one in told if one.is_fast and one.falls_back]
        if failing and options["fail_on_fallback"]:
            names = ", ".join(str(one.route) for one in failing)
            raise CommandError(f"{len(failing)} of the lists with FastListMixin fall back: {names}")

    def _nothing(self, wanted: list[str]) -> str:
        if not wanted:
            return "Cannot plan anything: ROOT_URLCONF has no list of Django REST framework."
        there = ", ".join(str(route) for route in list_routes()) or "none"
        return f"Cannot plan {', '.join(wanted)}: no list route has it in its path. There: {there}."

    def _write(self, one: Forecast) -> None:
        name = one.route.view_class.__name__
        if one.falls_back is not None:
            state = self.style.WARNING("falls back" if one.is_fast else "would fall back")
        elif one.is_fast:
            state = self.style.SUCCESS(str(one.path))
        else:
            state = self.style.SUCCESS(f"would be {one.path}")
        self.stdout.write(f"{one.route}  {name}: {state}")
        for line in _lines(one):
            self.stdout.write(f"    {line}")
        self.stdout.write("")

    def _sum_up(self, told: list[Forecast]) -> None:
        fast = sum(one.is_fast and not one.falls_back for one in told)
        back = sum(one.is_fast and bool(one.falls_back) for one in told)
        could = sum(not one.is_fast and not one.falls_back for one in told)
        self.stdout.write(
            f"{len(told)} lists: {fast} fast, {back} with FastListMixin fall back, "
            f"{could} more would be fast with it."
        )


def _lines(one: Forecast) -> list[str]:
    if (reason := one.falls_back) is not None:
        field = f"{reason.field}: " if reason.field else ""
        return [f"{field}{reason.reason}.", *([reason.change] if reason.change else [])]
    lines = [one.sql or "No statement: the queryset is empty."]
    if one.columns:
        lines.append(
            f"Reads {one.columns[0]} columns where DRF's own statement reads {one.columns[1]}."
        )
    if (saving := one.saving) is not None:
        times = saving.drf_s / saving.fast_s
        lines.append(
            f"{saving.rows:,} rows here and now: DRF {saving.drf_s * 1e3:.1f} ms, "
            f"fast {saving.fast_s * 1e3:.1f} ms ({times:.1f} times)."
        )
    if one.unmeasured:
        lines.append(f"Not measured: {one.unmeasured.splitlines()[0]}.")
    if one.unwritten:
        lines.append(f"DRF answers lists with a value like this one: {one.unwritten.rstrip('.')}.")
    return lines


def _as_json(one: Forecast) -> dict[str, Any]:
    reason, saving = one.falls_back, one.saving
    return {
        "route": str(one.route),
        "view": f"{one.route.view_class.__module__}.{one.route.view_class.__qualname__}",
        "has_mixin": one.is_fast,
        "path": one.path,
        "falls_back": reason
        and {"reason": reason.reason, "field": reason.field, "change": reason.change},
        "sql": one.sql,
        "saving": saving and {"rows": saving.rows, "drf_s": saving.drf_s, "fast_s": saving.fast_s},
        "unmeasured": one.unmeasured,
        "unwritten": one.unwritten,
    }
