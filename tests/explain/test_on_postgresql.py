"""The same on PostgreSQL, whose transactions are read-only by themselves."""

from explain.conftest import Shop
from rowpath.explain.session import Wanted
from rowpath.explain.values import Confidence, Kind, Request, Sameness

WANTED = Wanted(
    requests=(
        *(Request(path=path) for path in ("/api/books/", "/durable/", "/writes/", "/locks/")),
        Request(path="/visits/", method="POST", body=b'{"path": "here"}'),
    ),
    with_sql=True,
)


def test_a_list_is_explained(on_postgresql: Shop) -> None:
    """The list of books has the finding, the change and the proof that it has on SQLite."""
    finding = on_postgresql.only("/api/books/")

    assert finding.confidence is Confidence.PROVED
    assert finding.proof is not None
    assert (finding.proof.statements_before, finding.proof.statements_after) == (42, 4)


def test_a_durable_block_is_passed(on_postgresql: Shop) -> None:
    """A block that must be the outermost does not fail in the transaction around it."""
    assert on_postgresql.only("/durable/").confidence is Confidence.PROVED


def test_a_write_is_refused_told_and_undone(on_postgresql: Shop) -> None:
    """The read-only transaction refuses a write; it is let through once it is rolled back."""
    finding = on_postgresql.only("/writes/")

    assert finding.kind is Kind.WRITES
    assert finding.statement is not None
    assert finding.statement.startswith('INSERT INTO "shop_visit"')


def test_a_lock_is_let_through_and_is_no_write(on_postgresql: Shop) -> None:
    """A request that locks rows is explained, and it is said that it was not read-only."""
    found = on_postgresql.of("/locks/")

    assert found.findings == ()
    assert found.notes == (
        "it locks rows, so its transactions were not read-only; all were rolled back",
    )


def test_every_statement_has_its_plan(on_postgresql: Shop) -> None:
    """PostgreSQL explains what was sent, with the values that it was sent with."""
    sql = on_postgresql.of("/api/books/").sql

    assert sql is not None
    assert sql.changed is not None
    assert all("Scan" in (each.plan or "") for each in (*sql.unchanged, *sql.changed))


def test_numbers_of_a_sequence_are_masked(on_postgresql: Shop) -> None:
    """A row that is written anew has another number each time, though it was rolled back."""
    proof = on_postgresql.only("/visits/").proof

    assert proof is not None
    assert proof.sameness is Sameness.MASKED
