"""What one request did, as a value: its statements, and the memory that its process reached."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import accumulate
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A line of code: `file` from its outermost package on, `function` by its qualified name.

    `code` is the text of the line, empty where its file cannot be read.
    """

    file: str
    line: int
    function: str
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One SQL statement as the driver was given it.

    `text` has placeholders, not values. `duration_s` is the time that the application waited for
    it, fetches from a server-side cursor included. `rows` is how many rows came to the client, or
    were written, None where the driver cannot say. `plan` is PostgreSQL's EXPLAIN of the text with
    the values that it was first sent with, asked after the request's own work; None where nobody
    asked, where the statement failed, and where PostgreSQL has no plan for it (COPY, SET).
    `started_s` is when it was sent, counted from when the recording began, and `backend` the
    process of PostgreSQL that carried it out, one for each connection; None where nobody saw it.
    `values` tells the values that it was sent with from others: equal values have an equal digest.
    It is None where they cannot be compared. `place` is the line of the project that sent it, or of
    the framework where no line of the project did; None where neither is known.
    """

    text: str
    duration_s: float
    rows: int | None
    plan: str | None = None
    started_s: float | None = None
    backend: int | None = None
    values: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """All statements of one request, in order, and the memory and the error that it came to.

    `resident_bytes` is the resident memory of its process when the request began, `peak_bytes`
    the most until it ended. `error` is the exception that ended it, as `error_line` says it.
    """

    statements: tuple[Statement, ...]
    peak_bytes: int
    resident_bytes: int = 0
    error: str | None = None

    @property
    def duration_s(self) -> float:
        """The time that the request waited for the database."""
        return sum(statement.duration_s for statement in self.statements)

    @property
    def rows(self) -> int | None:
        """How many rows came to the client; None where one statement cannot say."""
        counts = [statement.rows for statement in self.statements]
        known = [count for count in counts if count is not None]
        return sum(known) if len(known) == len(counts) else None

    @property
    def similar(self) -> int:
        """How many statements share their text with another: the sign of a query in a loop."""
        counts = Counter(statement.text for statement in self.statements)
        return sum(count for count in counts.values() if count > 1)

    @property
    def connections(self) -> int:
        """How many connections to the database the statements were sent over."""
        backends = {statement.backend for statement in self.statements}
        return len(backends - {None})

    @property
    def most_at_once(self) -> int:
        """How many statements were under way at the same time, at the most."""
        seen = [each for each in self.statements if each.started_s is not None]
        # Of what happens in one instant an end comes first: one after another is not at once.
        steps = sorted(
            step
            for start, duration in ((each.started_s or 0.0, each.duration_s) for each in seen)
            for step in ((start, 1), (start + duration, -1))
        )
        return max(accumulate(change for _, change in steps), default=0)

    @property
    def duplicates(self) -> int:
        """How many statements share their text and their values with another: they ask again."""
        return duplicates(self.statements)

    @property
    def grown_bytes(self) -> int:
        """How much memory the request needed beyond what its process held before."""
        return max(0, self.peak_bytes - self.resident_bytes)


def duplicates(statements: Iterable[Statement]) -> int:
    """Return how many of the statements have the text and the values of another of them."""
    counts = Counter((each.text, each.values) for each in statements if each.values is not None)
    return sum(count for count in counts.values() if count > 1)


def error_line(error: BaseException) -> str:
    """Return an exception on one line: `django.core.exceptions.FieldError: its message`."""
    kind = type(error)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    message = " ".join(str(error).split())
    return f"{module}{kind.__qualname__}: {message}".removesuffix(": ")


def to_json(trace: Trace) -> bytes:
    """Return the trace as UTF-8 JSON: how a traced server hands it to another process."""
    return json.dumps(asdict(trace)).encode()


def from_json(text: bytes) -> Trace:
    """Return the trace that `to_json` wrote; KeyError, TypeError or ValueError for other text."""
    fields = json.loads(text)
    return Trace(
        statements=tuple(map(_statement, fields["statements"])),
        peak_bytes=fields["peak_bytes"],
        resident_bytes=fields["resident_bytes"],
        error=fields["error"],
    )


def _statement(fields: dict[str, Any]) -> Statement:
    place = fields.get("place")
    return Statement(**{**fields, "place": None if place is None else Place(**place)})
