"""Holds a variant's answer against the table, before anything is timed."""

from rowpath.errors import AnswerError
from rowpath.lab.experiment import Shape
from rowpath.lab.plan import Cell
from rowpath.lab.reference import Reference
from rowpath.lab.verify import (
    Row,
    ShapeError,
    answered_rows,
    first_difference,
    typed,
)


def check_answer(cell: Cell, body: bytes, reference: Reference) -> None:
    """Return where the answer holds what it must; AnswerError shows the first difference."""
    try:
        difference = _difference(cell, body, reference)
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
    declared = variant.statements + variant.statements_per_row * cell.rows
    if sent != declared:
        raise AnswerError(
            f"Cannot time {cell}: it sent {sent:,} SQL statements and declares "
            f"{declared:,}. Mend the view, or what the experiment declares of it."
        )


def _difference(cell: Cell, body: bytes, reference: Reference) -> str | None:
    answer = cell.variant.answer
    answered = answered_rows(body, answer)
    if answer.empty:
        return first_difference([], answered, answer.columns)
    if answer.shape is Shape.TOTALS:
        totals = reference.totals(answer.columns, cell.rows)
        return first_difference([totals], typed(answered, totals), ("rows", *answer.columns))
    expected = reference.first_rows(answer.columns, cell.rows)
    rows = typed(answered, expected[0])
    if not cell.is_ordered:
        return _strangers(rows, cell, reference)
    return first_difference(expected, rows, answer.columns)


def _strangers(rows: list[Row], cell: Cell, reference: Reference) -> str | None:
    if len(rows) != cell.rows:
        return f"{cell.rows:,} rows were asked for, the answer has {len(rows):,}"
    columns = cell.variant.answer.columns
    stranger = reference.first_stranger(columns, rows)
    if stranger is None:
        return None
    values = dict(zip(columns, map(str, stranger), strict=True))
    return f"the answer has the row {values} more often than the table"
