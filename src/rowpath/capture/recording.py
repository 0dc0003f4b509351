"""The statements of one piece of work while it runs: what the adapters of frameworks write into."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import TypeAlias

from rowpath.capture.places import IsOwn, Spot, calling, is_outside_libraries
from rowpath.capture.postgresql import is_explainable
from rowpath.capture.psycopg import Fetches, follow
from rowpath.capture.trace import Statement

Explainer: TypeAlias = Callable[[], str | None]
"""Asks for the plan of one statement with its values; None where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    text: str
    started_s: float
    duration_s: float
    rows: int | None
    backend: int | None
    fetches: Fetches | None
    values: str | None
    spot: Spot | None

    def statement(self, plan: str | None) -> Statement:
        """Return the entry as a value, with what its server-side cursor has handed out."""
        fetches = self.fetches
        return Statement(
            text=self.text,
            duration_s=self.duration_s + (fetches.duration_s if fetches else 0),
            rows=fetches.rows if fetches else self.rows,
            plan=plan,
            started_s=self.started_s,
            backend=self.backend,
            values=self.values,
            # The text of the line is read only now: while the work runs, its memory is watched.
            place=None if self.spot is None else self.spot.place(),
        )


class Recording:
    """Grows by a statement whenever one has been executed.

    `is_own` says which code is the project's, whose lines are told as those that sent statements.
    """

    def __init__(self, is_own: IsOwn = is_outside_libraries) -> None:
        self._is_own = is_own
        self._began = perf_counter()
        self._entries: list[_Entry] = []
        self._explainers: dict[str, Explainer] = {}
        self._plans: dict[str, str | None] = {}

    def add(  # noqa: PLR0913 one parameter a matter of the statement's
        self,
        text: str,
        duration_s: float,
        cursor: object,
        explainer: Explainer | None = None,
        *,
        backend: int | None = None,
        values: str | None = None,
    ) -> None:
        """Note that `cursor`, psycopg's, has just executed `text`, which took `duration_s`.

        It did so on the connection to the process `backend` of PostgreSQL.

        The rows that a server-side cursor hands out later, and their time, count as part of this
        statement: to the application it is one, however many fetches it takes. `explainer` holds
        the statement's values: that of the first statement of a text is kept, until `explain`.
        `values` is their digest. The place is where this is called from, so it must be called from
        within the call that sent the statement.
        """
        entry = _Entry(
            text=text,
            started_s=perf_counter() - duration_s - self._began,
            duration_s=duration_s,
            rows=_row_count(cursor),
            backend=backend,
            fetches=follow(cursor),
            values=values,
            spot=calling(self._is_own),
        )
        self._entries.append(entry)
        is_new = text not in self._explainers and text not in self._plans
        if explainer is not None and is_new and is_explainable(text):
            self._explainers[text] = explainer

    def explain(self) -> None:
        """Ask for the plan of each text, with the values that it was first sent with.

        For after the work: it sends statements, which are not recorded. The adapter that made the
        recording says on which connection. Statements of one text share its plan.
        """
        while self._explainers:
            text, explainer = self._explainers.popitem()
            self._plans[text] = explainer()

    def statements(self) -> tuple[Statement, ...]:
        """Return what has been executed so far, in order, with the plans that were asked for."""
        return tuple(entry.statement(self._plans.get(entry.text)) for entry in self._entries)


def _row_count(cursor: object) -> int | None:
    """Return the driver's `rowcount`, None for its -1: not known, or not a statement with rows."""
    count = getattr(cursor, "rowcount", -1)
    return count if isinstance(count, int) and count >= 0 else None
