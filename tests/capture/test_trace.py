from json import JSONDecodeError

import pytest

from rowpath.capture.trace import Place, Statement, Trace, error_line, from_json, to_json


def statement(text: str, rows: int | None = 1) -> Statement:
    return Statement(text=text, duration_s=0.25, rows=rows)


TRACE = Trace(
    statements=(statement("SELECT é", 3), statement("BEGIN", None)),
    peak_bytes=1 << 33,
    resident_bytes=1 << 32,
)
EXPLAINED = Trace(
    statements=(Statement(text="SELECT 1", duration_s=0.5, rows=1, plan="Result\n  é"),),
    peak_bytes=2,
    resident_bytes=1,
    error="FieldError: é",
)
PLACED = Trace(
    statements=(
        Statement(
            text="SELECT 1",
            duration_s=0.5,
            rows=1,
            values="ab12",
            place=Place(file="shop/views.py", line=7, function="List.get", code="é = list(rows)"),
        ),
    ),
    peak_bytes=2,
)


@pytest.mark.parametrize("trace", [TRACE, EXPLAINED, PLACED])
def test_a_trace_survives_json(trace: Trace) -> None:
    """What was written as JSON is read as the same value."""
    assert from_json(to_json(trace)) == trace


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"{}",
        b'{"statements": [], "peak_bytes": 1}',
        b'{"statements": [{"text": ""}], "peak_bytes": 1, "resident_bytes": 1, "error": null}',
    ],
)
def test_other_text_is_no_trace(text: bytes) -> None:
    """Text that `to_json` did not write is an error, not an empty trace."""
    with pytest.raises((ValueError, KeyError, TypeError)):
        from_json(text)


def test_similar_counts_all_statements_that_share_a_text() -> None:
    """Two statements of one text are two similar ones; one alone is none."""
    trace = Trace(statements=tuple(map(statement, ["a", "b", "b", "c"])), peak_bytes=0)

    assert trace.similar == 2


def test_duplicates_share_their_values_too() -> None:
    """Of six similar statements three have the same values; what cannot be compared is alone."""
    sent = [
        Statement(text=text, duration_s=0, rows=1, values=values)
        for text, values in (
            ("a", "1"),
            ("a", "2"),
            ("a", "1"),
            ("a", None),
            ("b", "1"),
            ("a", "1"),
        )
    ]
    trace = Trace(statements=(*sent, sent[3]), peak_bytes=0)

    assert trace.similar == 6
    assert trace.duplicates == 3


def test_rows_are_unknown_where_one_statement_cannot_say() -> None:
    """The sum of rows is known only if each part is."""
    assert TRACE.rows is None
    assert Trace(statements=(statement("a", 2), statement("b", 3)), peak_bytes=0).rows == 5


@pytest.mark.parametrize(
    ("backends", "connections"), [((7, 7, 8), 2), ((7, None), 1), ((None, None), 0), ((), 0)]
)
def test_connections_are_counted_by_who_answered(
    backends: tuple[int | None, ...], connections: int
) -> None:
    """One that nobody saw is none."""
    sent = tuple(
        Statement(text="a", duration_s=0.5, rows=1, backend=backend) for backend in backends
    )

    assert Trace(statements=sent, peak_bytes=0).connections == connections


@pytest.mark.parametrize(
    ("spans", "at_once"),
    [
        ([], 0),
        ([(None, 1.0)], 0),
        ([(0.0, 1.0)], 1),
        ([(0.0, 1.0), (1.0, 1.0)], 1),
        ([(0.0, 1.0), (0.5, 1.0)], 2),
        ([(0.0, 4.0), (1.0, 1.0), (1.5, 1.0), (2.25, 1.0), (None, 4.0)], 3),
        ([(3.0, 1.0), (0.0, 2.0), (2.5, 1.0)], 2),
    ],
)
def test_statements_are_at_once_while_they_are_under_way(
    spans: list[tuple[float | None, float]], at_once: int
) -> None:
    """One that begins as another ends is after it; of one that nobody timed nothing is known."""
    sent = tuple(
        Statement(text="a", duration_s=duration_s, rows=1, started_s=started_s)
        for started_s, duration_s in spans
    )

    assert Trace(statements=sent, peak_bytes=0).most_at_once == at_once


def test_the_time_is_the_sum_of_all_statements() -> None:
    """A request waits for each of its statements in turn."""
    assert TRACE.duration_s == 0.5


def test_memory_that_did_not_grow_is_no_growth() -> None:
    """Growth is what the peak has beyond the beginning, never less than nothing."""
    assert TRACE.grown_bytes == 1 << 32
    assert Trace(statements=(), peak_bytes=1, resident_bytes=2).grown_bytes == 0


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("one\n  two\tthree"), "ValueError: one two three"),
        (KeyError("name"), "KeyError: 'name'"),
        (RuntimeError(), "RuntimeError"),
        (
            JSONDecodeError("no", "", 0),
            "json.decoder.JSONDecodeError: no: line 1 column 1 (char 0)",
        ),
    ],
)
def test_an_error_is_told_on_one_line(error: Exception, line: str) -> None:
    """Its class with its module, and its message, whatever lines the message had."""
    assert error_line(error) == line
