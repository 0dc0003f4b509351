"""Why a claim comes out as it does: a sentence on the mechanism, for each pair that is compared.

A sentence says what the two techniques do, which holds whatever a run measures; how they compare is
the verdict's to say. Several claims of one section speak of one pair, at several sizes or read in
several ways, and share it. The keys are section, variant and baseline.
"""

from collections.abc import Mapping

from rowpath.lab.experiment import Claim

_FASTAPI_ROWS = (
    "FastAPI's query in the talk has no ORDER BY and its connection is kept, while Django sorts "
    "the whole table without an index on a new one: as told, that is in the figure, controlled it "
    "is not."
)
_FASTAPI_FIELDS = (
    "The answer is two lists of a hundred values, so what is compared is the query: as told "
    "FastAPI's has no ORDER BY and Django's sorts the whole table, controlled both read the index."
)
_SERIALIZER = (
    "What goes away is DRF's work on each field of each row; query, rows and rendering stay, and "
    "as told the sort of the whole table stays with them."
)
_ONLY = (
    "only() has PostgreSQL send two columns of each row, and Django makes a model object of it all "
    "the same."
)

WHY: Mapping[tuple[str, str, str], str] = {
    ("1.3", "drf-values", "drf-objects"): (
        "values() makes a dictionary in the place of a model object, and the same serializer goes "
        "through every field of it all the same."
    ),
    ("1.4", "drf-no-serializer", "drf-objects"): _SERIALIZER,
    ("1.5", "fastapi-schema", "drf-objects"): _FASTAPI_ROWS,
    ("1.7", "for-values", "for-objects"): (
        "Both loops read seven values of each row; over values() they come out of a dictionary, "
        "and no model object is made first."
    ),
    ("3.1", "only", "all"): _ONLY,
    ("3.1", "only-one", "all"): (
        "The second field is read although only() left it out, so each row sends a statement of "
        "its own: 101 in the place of one."
    ),
    ("3.1", "values", "only"): (
        "Both fetch two columns; values() makes a dictionary of them, only() a model object with "
        "the other fields deferred."
    ),
    ("3.1", "values", "all"): (
        "values() fetches two columns in the place of eight and makes dictionaries in the place of "
        "model objects."
    ),
    ("3.1", "sqlalchemy-load-only", "all"): _FASTAPI_FIELDS,
    ("3.1", "sqlalchemy-load-only", "values"): _FASTAPI_FIELDS,
    ("4.1", "fk-select-related", "fk-lazy"): (
        "select_related() joins what the foreign keys lead to; without it each of four keys of "
        "each row is a statement of its own, so what it saves grows with their number."
    ),
    ("5.1", "t1-annotated", "t1-loop"): (
        "One annotated query takes the place of a count for each benchmark; a statement for each "
        "of them stays in both, which is our reading of the talk's two minutes."
    ),
    ("5.1", "t2-annotated", "t2-loop"): (
        "One query takes the place of a count for each benchmark, of which in the idle state there "
        "is nothing to count; how much that saves depends on how many there are."
    ),
    ("6.2", "tasks-as-told-many", "dummy-async-many"): (
        "The dummy awaits one thing after the other in a single thread; a task with a thread each "
        "brings threads and more connections to PostgreSQL, not async by itself."
    ),
    ("7", "locmem", "no-cache"): (
        "A page that is in the worker's own memory needs no statement and no object; each of the "
        "workers has to make it once for itself."
    ),
}


def why(claim: Claim) -> str:
    """Return the sentence for a claim; nothing where there is none."""
    return WHY.get((claim.section, claim.variant, claim.baseline), "")
