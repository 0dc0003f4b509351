"""SQL texts that differ only in the number of rows are one."""

from contextlib import nullcontext

import pytest

from rowpath.errors import AnswerError
from rowpath.explain.recording.statement_text import is_work, is_write, normalized, refuse_end


@pytest.mark.parametrize(
    ("text", "alike"),
    [
        ("SELECT a FROM b LIMIT 10 OFFSET 20", "SELECT a FROM b LIMIT ... OFFSET ..."),
        ("SELECT a FROM b WHERE c IN (%s, %s, %s)", "SELECT a FROM b WHERE c IN (...)"),
        ("SELECT a FROM b WHERE (c = %s OR c = %s)", "SELECT a FROM b WHERE c = %s"),
        ("SELECT a FROM b WHERE c = %s", "SELECT a FROM b WHERE c = %s"),
        ("SELECT a FROM b WHERE c IN (%(c_1_1)s::INTEGER)", "SELECT a FROM b WHERE c IN (...)"),
        (
            "SELECT a FROM b WHERE c IN ($1::INTEGER, $2::INTEGER)",
            "SELECT a FROM b WHERE c IN (...)",
        ),
        ("SELECT a FROM b LIMIT %(param_1)s::INTEGER", "SELECT a FROM b LIMIT %s"),
    ],
)
def test_numbers_of_rows_are_left_out(text: str, alike: str) -> None:
    """LIMIT, OFFSET and lists of values are the same for every number of rows."""
    assert normalized(text) == alike


@pytest.mark.parametrize("text", ['SAVEPOINT "s1"', "RELEASE SAVEPOINT s1", "BEGIN"])
def test_frames_of_transactions_are_no_work(text: str) -> None:
    """What a transaction is made of is not counted as a statement of the request's."""
    assert not is_work(text)


def test_a_write_is_told_by_its_first_word() -> None:
    """INSERT writes, SELECT does not."""
    assert (is_write('INSERT INTO "a"'), is_write("SELECT 1")) == (True, False)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("COMMIT", True),
        (" rollback work;", True),
        ("COMMIT AND CHAIN", True),
        ("PREPARE TRANSACTION 'a'", True),
        ("SET TRANSACTION READ WRITE", True),
        ("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE", True),
        ("ROLLBACK TO SAVEPOINT s1", False),
        ("RELEASE SAVEPOINT s1", False),
        ("SET TRANSACTION READ ONLY", False),
        ("SELECT 'COMMIT'", False),
    ],
)
def test_what_ends_a_transaction_is_refused(text: str, *, ends: bool) -> None:
    """A savepoint ends without it."""
    with pytest.raises(AnswerError) if ends else nullcontext():
        refuse_end(text)
