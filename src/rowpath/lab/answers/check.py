"""Holds a variant's answer against the tables, before anything is timed."""

from rowpath.errors import AnswerError
from rowpath.lab.answers.reference import Reference
from rowpath.lab.answers.verify import (
    Expected,
    Row,
    ShapeError,
    answered_rows,
    first_difference,
    typed,
)
from rowpath.lab.plan import Cell

SERVER_ERROR = 500


def check_answer(cell: Cell, body: bytes, reference: Reference) -> None:
    """Return where the answer holds what it must; AnswerError shows the first difference."""
    expected = reference.expected(cell.variant.answer.expected, cell.rows)
    try:
        difference = _difference(cell, body, expected, reference)
    except ShapeError as error:
        difference = str(error)
    if difference is not None:
        raise AnswerError(
            f"Cannot time {cell}: {difference}. "
            "Mend the view so that it answers what the others do; nothing of it was timed."
        )


def check_statements(cell: Cell, sent: int) -> None:
    """Return where a request sent as many statements as declared; else AnswerError."""
    variant = cell.variant
    declared = variant.declared_statements(cell.rows)
    if sent == declared or (variant.statements_at_most and sent < declared):
        return
    at_most = "at most " if variant.statements_at_most else ""
    raise AnswerError(
        f"Cannot time {cell}: it sent {sent:,} SQL statements and declares "
        f"{at_most}{declared:,}. Mend the view, or what the experiment declares of it."
    )


def check_fast_path(cell: Cell, taken: str | None) -> None:
    """Return where rowpath answered by the path that is declared, if one is; else AnswerError."""
    declared = cell.variant.fast_path
    if declared is None or taken == declared:
        return
    raise AnswerError(
        f"Cannot time {cell}: it is to be answered by rowpath's {declared} path, and the answer "
        f"came from {taken or 'elsewhere'}. Mend the view or its serializer, or install rowpath "
        "where there is a C++17 compiler."
    )


def check_failure(cell: Cell, status: int, error: str | None) -> None:
    """Return where a request failed as it is expected to; else AnswerError."""
    fails = cell.variant.fails
    kind, _, message = (error or "").partition(": ")
    if fails and status == SERVER_ERROR and kind == fails.kind and fails.message in message:
        return
    expected = f"raise {fails.kind} with {fails.message!r}" if fails else "raise nothing"
    raise AnswerError(
        f"Cannot show how {cell} fails: it was to {expected} and answered {status} "
        f"({error or 'without an error'}). Mend the view, or what the experiment expects of it."
    )


def _difference(cell: Cell, body: bytes, expected: Expected, reference: Reference) -> str | None:
    answer = cell.variant.answer
    rows = typed(answered_rows(body, answer.shape, expected.columns), expected.rows)
    if cell.is_ordered:
        return first_difference(expected.rows, rows, expected.columns)
    return _strangers(rows, cell, expected, reference)


def _strangers(rows: list[Row], cell: Cell, expected: Expected, reference: Reference) -> str | None:
    if len(rows) != len(expected.rows):
        return f"{len(expected.rows):,} rows were asked for, the answer has {len(rows):,}"
    stranger = reference.first_stranger(cell.variant.answer.any_of, expected.columns, rows)
    if stranger is None:
        return None
    values = dict(zip(expected.columns, map(str, stranger), strict=True))
    return f"the answer has the row {values} more often than the table"
