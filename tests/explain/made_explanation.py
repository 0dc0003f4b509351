"""An explanation made by hand, for the forms that it is written in."""

from pathlib import Path

from rowpath.explain.changes.edits import insertion
from rowpath.explain.values import (
    Confidence,
    Explained,
    Explanation,
    Finding,
    Growth,
    Kind,
    Phase,
    Place,
    Proof,
    Request,
    Sameness,
    Sent,
    Sql,
)

SOURCE = 'titel = "ä𝄞"; books = Book.objects.all()\n'
END = len(SOURCE.encode()) - 1


PHASES = (
    Phase(name="building SQL", duration_s=0.012),
    Phase(name="instances", duration_s=0.006),
    Phase(name="SQL", duration_s=0.002),
    Phase(name="fetching", duration_s=0.0001),
)


def explanation_of(folder: Path, *, path: str = "/books/") -> Explanation:
    """A proved finding with a change, and advice on a statement."""
    file = str(folder / "shop.py")
    Path(file).write_text(SOURCE, encoding="utf-8")
    proof = Proof(
        statements_before=25,
        statements_after=1,
        sameness=Sameness.BYTES,
        ratio=None,
        growth_after=0.0,
    )
    proved = Finding(
        kind=Kind.RELATION,
        confidence=Confidence.PROVED,
        title="1 statement for every Book",
        place=Place(file=file, line=1, function="books"),
        statements=24,
        of_statements=25,
        paths=("author",),
        growth=Growth(
            rows=(6, 12, 24),
            per_row=1.0,
            after=0.0,
            statements=(7, 13, 25),
            statements_after=(1, 1, 1),
        ),
        edits=(insertion(file, 1, END, '.select_related("author")'),),
        proof=proof,
    )
    advice = Finding(
        kind=Kind.REPEATED,
        confidence=Confidence.ADVICE,
        title="the same statement 1 time for every Book",
        place=Place(file=file, line=1, function="lookup"),
        statements=24,
        of_statements=49,
        advice="Ask once: 100%.",
        statement='SELECT "a|b"',
    )
    request = Explained(
        request=Request(path=path),
        statements=25,
        duration_s=0.02,
        phases=PHASES,
        findings=(proved, advice),
        notes=(),
        sql=Sql(
            unchanged=(
                Sent(text='SELECT "id" FROM "book"', count=1, plan="SCAN book"),
                Sent(text='SELECT "id" FROM "author" WHERE "id" = %s', count=24, plan=None),
            ),
            changed=(Sent(text='SELECT "id" FROM "book" JOIN "author"', count=1, plan=None),),
        ),
    )
    return Explanation(root=str(folder), requests=(request,), edits=proved.edits)
