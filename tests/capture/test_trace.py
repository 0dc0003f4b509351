import pytest

from rowpath.capture.trace import Statement, Trace, from_json, to_json


def statement(text: str, rows: int | None = 1) -> Statement:
    return Statement(text=text, duration_s=0.25, rows=rows)


TRACE = Trace(statements=(statement("SELECT é", 3), statement("BEGIN", None)), peak_bytes=1 << 33)


def test_a_trace_survives_json() -> None:
    """What was written as JSON is read as the same value."""
    assert from_json(to_json(TRACE)) == TRACE


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"{}", b'{"statements": [{"text": ""}], "peak_bytes": 1}']
)
def test_other_text_is_no_trace(text: bytes) -> None:
    """Text that `to_json` did not write is an error, not an empty trace."""
    with pytest.raises((ValueError, KeyError, TypeError)):
        from_json(text)


def test_similar_counts_all_statements_that_share_a_text() -> None:
    """Two statements of one text are two similar ones; one alone is none."""
    trace = Trace(statements=tuple(map(statement, ["a", "b", "b", "c"])), peak_bytes=0)

    assert trace.similar == 2


def test_rows_are_unknown_where_one_statement_cannot_say() -> None:
    """The sum of rows is known only if each part is."""
    assert TRACE.rows is None
    assert Trace(statements=(statement("a", 2), statement("b", 3)), peak_bytes=0).rows == 5


def test_the_time_is_the_sum_of_all_statements() -> None:
    """A request waits for each of its statements in turn."""
    assert TRACE.duration_s == 0.5
