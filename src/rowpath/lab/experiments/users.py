"""Sections 1.2 to 1.5, 2.2 and 3.1 of the talk: requests per second, measured as such."""

from dataclasses import replace

from rowpath.lab.experiment import Claim, Data, Endpoint, Experiment, Group, Told, Variant
from rowpath.lab.experiments.fields import FIELDS
from rowpath.lab.experiments.fields import SIZE as FIELDS_SIZE
from rowpath.lab.experiments.lists import LISTS
from rowpath.lab.measures import THROUGHPUT, ManyUsers

# The talk does not say how many. A worker answers one request at a time, so two keep it busy: one
# is answered while the other waits, and more would only wait longer for one another.
TWO_USERS = ManyUsers(users=2)
LISTS_SIZE = 1_000


def asked_by_users(experiment: Experiment, name: str, rows: int, told: float) -> Variant:
    """Return a variant of another experiment, with the talk's requests per second."""
    variant = experiment.variant(name)
    asks = Endpoint(app=variant.app, code=variant.asks.code, path=experiment.path(variant))
    return replace(variant, asks=asks, told=(Told(rows=rows, requests_per_s=told),))


USERS = Experiment(
    name="users",
    section="1.2-1.5, 2.2, 3.1",
    question="How many requests per second does one worker answer while two users ask?",
    data=Data.PRODUCTS,
    groups=(
        Group(
            name="lists",
            question="Which layers between the table and the JSON cost throughput?",
            baseline="drf-objects",
            of="product",
            sizes=(LISTS_SIZE,),
            measure=TWO_USERS,
            variants=(
                asked_by_users(LISTS, "drf-objects", LISTS_SIZE, told=3),
                asked_by_users(LISTS, "drf-no-serializer", LISTS_SIZE, told=4.8),
                asked_by_users(LISTS, "fastapi-schema", LISTS_SIZE, told=43),
            ),
        ),
        Group(
            name="fields",
            question="What does fetching only the fields that are read bring?",
            baseline="all",
            of="product",
            sizes=(FIELDS_SIZE,),
            measure=TWO_USERS,
            variants=(
                asked_by_users(FIELDS, "all", FIELDS_SIZE, told=4.8),
                asked_by_users(FIELDS, "only", FIELDS_SIZE, told=5.8),
                asked_by_users(FIELDS, "only-one", FIELDS_SIZE, told=5.5),
                asked_by_users(FIELDS, "values", FIELDS_SIZE, told=6.3),
                asked_by_users(FIELDS, "sqlalchemy-load-only", FIELDS_SIZE, told=980),
            ),
        ),
    ),
    claims=(
        Claim(
            text=(
                "values() without a serializer: 4.8 RPS against 3, “+37.5%” "
                "(which is (4.8 - 3) / 4.8; read here as 4.8 / 3)"
            ),
            section="1.4",
            variant="drf-no-serializer",
            baseline="drf-objects",
            rows=LISTS_SIZE,
            ratio=4.8 / 3,
            quantity=THROUGHPUT,
            faster_by=0.375,
        ),
        Claim(
            text="FastAPI: 43 RPS against 3, “x14”",
            section="1.5",
            variant="fastapi-schema",
            baseline="drf-objects",
            rows=LISTS_SIZE,
            ratio=43 / 3,
            quantity=THROUGHPUT,
        ),
        Claim(
            text=(
                "only() of the two fields: 5.8 RPS against 4.8, “+17%” "
                "(which is (5.8 - 4.8) / 5.8; read here as 5.8 / 4.8)"
            ),
            section="3.1",
            variant="only",
            baseline="all",
            rows=FIELDS_SIZE,
            ratio=5.8 / 4.8,
            quantity=THROUGHPUT,
            faster_by=0.17,
        ),
        Claim(
            text="only() of one field, two are read, 101 statements: 5.5 RPS against 4.8",
            section="3.1",
            variant="only-one",
            baseline="all",
            rows=FIELDS_SIZE,
            ratio=5.5 / 4.8,
            quantity=THROUGHPUT,
        ),
        Claim(
            text=(
                "values(): 6.3 RPS against 5.8 with only(), “+8%” "
                "(which is (6.3 - 5.8) / 6.3; read here as 6.3 / 5.8)"
            ),
            section="3.1",
            variant="values",
            baseline="only",
            rows=FIELDS_SIZE,
            ratio=6.3 / 5.8,
            quantity=THROUGHPUT,
            faster_by=0.08,
        ),
        Claim(
            text="values(): 6.3 RPS against 4.8, “total +25%” (17% and 8%; read here as 6.3 / 4.8)",
            section="3.1",
            variant="values",
            baseline="all",
            rows=FIELDS_SIZE,
            ratio=6.3 / 4.8,
            quantity=THROUGHPUT,
            faster_by=0.25,
        ),
        Claim(
            text="FastAPI with load_only(): 980 RPS against 4.8",
            section="3.1",
            variant="sqlalchemy-load-only",
            baseline="all",
            rows=FIELDS_SIZE,
            ratio=980 / 4.8,
            quantity=THROUGHPUT,
        ),
    ),
)
