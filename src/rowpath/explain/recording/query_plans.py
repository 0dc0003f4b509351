"""What one answer sent, each statement once, and how a database would carry it out."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from rowpath.capture.postgresql import is_explainable
from rowpath.explain.recording.statement_text import is_work, normalized
from rowpath.explain.values import Sent

MOST_PLANS = 12
"""Statements of a request that are explained, those that were sent first."""
PlanOf = Callable[[Any, str, Any], str | None]
"""Returns the plan of a statement with its values on a connection; raises where there is none."""


class Log:
    """Statements in the order in which they were first sent, each with the values it had then."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._first: dict[str, tuple[Any, str, Any]] = {}

    def add(self, connection: object, text: str, values: object) -> None:
        """Note a statement that is sent by a connection."""
        if is_work(text):
            shown = normalized(" ".join(text.split()))
            self._counts[shown] += 1
            self._first.setdefault(shown, (connection, text, values))

    def explained(self, plan_of: PlanOf) -> tuple[Sent, ...]:
        """Return what was sent, with the plan of each as far as `plan_of` has one."""
        sent = []
        for number, (shown, first) in enumerate(tuple(self._first.items())):
            asked = number < MOST_PLANS and is_explainable(shown)
            plan = _plan(plan_of, *first) if asked else None
            sent.append(Sent(text=shown, count=self._counts[shown], plan=plan))
        return tuple(sent)


def _plan(plan_of: PlanOf, connection: object, text: str, values: object) -> str | None:
    try:
        return plan_of(connection, text, values)
    except Exception:  # noqa: BLE001 a plan is shown where there is one; drivers say no in many ways
        return None


def of_sqlite(rows: Iterable[tuple[int, int, int, str]]) -> str:
    """Return the rows of EXPLAIN QUERY PLAN as lines, indented by what they are steps of."""
    depths: dict[int, int] = {}
    lines = []
    for number, parent, _, detail in rows:
        depths[number] = depths.get(parent, -1) + 1
        lines.append(f"{'  ' * depths[number]}{detail}")
    return "\n".join(lines)
