"""The statements of one piece of work while it runs: what the adapters of frameworks write into."""

from dataclasses import dataclass

from rowpath.capture.psycopg import Fetches, follow
from rowpath.capture.trace import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    text: str
    duration_s: float
    rows: int | None
    fetches: Fetches | None

    def statement(self) -> Statement:
        """Return the entry as a value, with what its server-side cursor has handed out."""
        if self.fetches is None:
            return Statement(text=self.text, duration_s=self.duration_s, rows=self.rows)
        return Statement(
            text=self.text,
            duration_s=self.duration_s + self.fetches.duration_s,
            rows=self.fetches.rows,
        )


class Recording:
    """Grows by a statement whenever one has been executed."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []

    def add(self, text: str, duration_s: float, cursor: object) -> None:
        """Note that `cursor`, psycopg's, has executed `text`, for which we waited `duration_s`.

        The rows that a server-side cursor hands out later, and their time, count as part of this
        statement: to the application it is one, however many fetches it takes.
        """
        entry = _Entry(
            text=text, duration_s=duration_s, rows=_row_count(cursor), fetches=follow(cursor)
        )
        self._entries.append(entry)

    def statements(self) -> tuple[Statement, ...]:
        """Return what has been executed so far, in order."""
        return tuple(entry.statement() for entry in self._entries)


def _row_count(cursor: object) -> int | None:
    """Return the driver's `rowcount`, None for its -1: not known, or not a statement with rows."""
    count = getattr(cursor, "rowcount", -1)
    return count if isinstance(count, int) and count >= 0 else None
