"""A run as the lab would write it, with every case that the report must show.

Its experiments of several groups stand in logs_runs.py.
"""

from datetime import UTC, datetime

from logs_runs import loops, relations, writes
from record_parts import (
    FASTAPI_CODE,
    HOSTILE,
    OBJECTS_CODE,
    VALUES_CODE,
    claimed,
    compared,
    ended,
    group,
    seen_once,
    select,
    timed,
)

from rowpath.lab.circumstances import DatasetRecord, EnvironmentRecord
from rowpath.lab.record import (
    SCHEMA_VERSION,
    ClaimRecord,
    ExperimentRecord,
    PlaceRecord,
    Run,
    StatementRecord,
)

SIZES = (1_000, 10_000, 100_000)
PRODUCTS = DatasetRecord(
    name="products",
    rows=10_000_000,
    tables={"product": 10_000_000},
    seed=1,
    form=1,
    checksum="5f2b9c0d" * 8,
    size_bytes=1_160_000_000,
    built_s=22.6,
    reused=False,
)
LOGS = DatasetRecord(
    name="logs",
    rows=1_000_000,
    tables={
        "boss": 40,
        "fight": 100_000,
        "fight_tags": 200_000,
        "player_fight": 1_000_000,
        "draft_benchmark": 0,
        "draft_change": 0,
    },
    seed=1,
    form=1,
    checksum="91c0ffee" * 8,
    size_bytes=410_000_000,
    built_s=6.1,
    reused=True,
)
_ONLY_CODE = """\
class OnlyOne(APIView):
    def get(self, request):
        out_data = {"low_price": [], "high_price": []}
        for product in Product.objects.only("low_price")[: rows_asked(request)]:
            out_data["low_price"].append(product.low_price)
            out_data["high_price"].append(product.high_price)  # one more query each
        return Response(out_data)
"""


_LISTS = (
    ("drf-objects", "ModelViewSet, ModelSerializer, objects", "django", OBJECTS_CODE, 1.0),
    ("drf-values", "ModelViewSet, ModelSerializer, values()", "django", OBJECTS_CODE, 0.89),
    ("drf-no-serializer", "APIView, values(), no serializer", "django", VALUES_CODE, 0.35),
    ("fastapi-orm", "model, query, pydantic schema", "fastapi", FASTAPI_CODE, 0.79),
    ("for-loop-objects", "columns by a for-loop over objects", "django", VALUES_CODE, 0.51),
    ("for-loop-values", "columns by a for-loop over values()", "django", VALUES_CODE, 0.30),
    ("fastapi-for-loop", "columns by a for-loop, FastAPI", "fastapi", FASTAPI_CODE, 0.41),
)
_TOLD_MS = {"drf-objects": 900.0, "drf-values": 1060.0, "drf-no-serializer": 570.0}


def _lists_time(setup: str, rows: int, app: str, share: float) -> float:
    told = setup == "as-told" and app == "django"
    return 0.0281 * rows * share + (480.0 if told else 0.0)


def _lists() -> ExperimentRecord:
    cells = [
        (setup, rows, each)
        for rows in SIZES
        for setup in ("as-told", "controlled")
        for each in _LISTS
    ]
    return ExperimentRecord(
        name="lists",
        section="1.2 to 1.7",
        question="What does each layer between the table and the JSON cost?",
        dataset="products",
        groups=(group("lists", "drf-objects"),),
        variants=tuple(
            timed(
                name,
                group="lists",
                ms=_lists_time(setup, rows, app, share),
                setup=setup,
                rows=rows,
                title=title,
                app=app,
                code=code,
                told_ms=_TOLD_MS.get(name) if rows == SIZES[0] else None,
            )
            for setup, rows, (name, title, app, code, share) in cells
        ),
        comparisons=tuple(
            compared(
                name,
                "drf-objects",
                setup=setup,
                rows=rows,
                value=_lists_time(setup, rows, app, share)
                / _lists_time(setup, rows, "django", 1.0),
            )
            for setup, rows, (name, _, app, _, share) in cells
            if name != "drf-objects"
        ),
        claims=(
            *_claim(
                "values() without a serializer takes 36.6% less time",
                "1.4",
                "drf-no-serializer",
                0.57 / 0.9,
                told=(0.61, "confirmed"),
                controlled=(0.35, "direction only"),
            ),
            *_claim(
                "FastAPI answers 14 times as many requests",
                "1.5",
                "fastapi-orm",
                1 / 14,
                told=(0.079, "confirmed"),
                controlled=(0.79, "direction only"),
                quantity="requests_per_s",
            ),
            *_claim(
                "values() with the serializer takes 17% more time",
                "1.3",
                "drf-values",
                1.17,
                told=(0.99, "refuted"),
                controlled=(0.89, "refuted"),
            ),
            *_claim(
                "A for-loop over values() is faster than over objects",
                "1.7",
                "for-loop-values",
                0.62,
                told=None,
                controlled=(0.59, "inconclusive"),
                baseline="for-loop-objects",
            ),
        ),
    )


def _claim(  # noqa: PLR0913 (a claim of the talk and what came of it in two set-ups)
    text: str,
    section: str,
    variant: str,
    claimed_ratio: float,
    *,
    told: tuple[float, str] | None,
    controlled: tuple[float, str],
    baseline: str = "drf-objects",
    quantity: str = "time",
) -> tuple[ClaimRecord, ...]:
    return tuple(
        claimed(
            text,
            section,
            variant,
            claimed_ratio,
            outcome,
            setup=setup,
            baseline=baseline,
            quantity=quantity,
        )
        for setup, outcome in (("as-told", told), ("controlled", controlled))
    )


def _fields() -> ExperimentRecord:
    loop = (
        select(100),
        StatementRecord(
            text='SELECT "product"."id", "product"."high_price" FROM "product" '
            'WHERE "product"."id" = %s LIMIT 21',
            count=100,
            duration_ms=46.3,
            rows=100,
            plan="Limit\n  ->  Index Scan using product_pkey on product",
            duplicates=30,
            places=(
                PlaceRecord(
                    file="shop/views.py",
                    line=144,
                    function="SQLDebugV2.get",
                    code='out_data["high_price"].append(product.high_price)',
                    count=98,
                ),
                PlaceRecord(
                    file=f"shop/{HOSTILE}.py", line=7, function=HOSTILE, code=HOSTILE, count=2
                ),
            ),
        ),
    )
    return ExperimentRecord(
        name="fields",
        section="3.1",
        question="What does it bring to ask for fewer columns?",
        dataset="products",
        groups=(group("all", "all"),),
        variants=(
            timed("all", ms=4.2, rows=100),
            timed(
                "only-one",
                ms=64.0,
                rows=100,
                statements=loop,
                code=_ONLY_CODE,
                title="only() of one field, the other read in the loop",
            ),
            timed(
                "load-only",
                ms=3.1,
                rows=100,
                title=HOSTILE,
                app="fastapi",
                code=f"# {HOSTILE}\nvalue = 1 < 2\n",
                statements=(
                    StatementRecord(
                        text=f"SELECT 1 AS a -- {HOSTILE}", count=1, duration_ms=0.2, rows=None
                    ),
                ),
            ),
        ),
        comparisons=(
            compared("only-one", "all", setup="controlled", rows=100, value=15.2),
            compared("load-only", "all", setup="controlled", rows=100, value=None),
        ),
        claims=(),
    )


def _lazy() -> ExperimentRecord:
    return ExperimentRecord(
        name="lazy",
        section="3.2",
        question="What happens with a queryset of ten million rows?",
        dataset="products",
        groups=(group("all", "never-read"),),
        variants=(
            timed("never-read", ms=0.532, rows=10_000_000, statements=()),
            timed(
                "offset-limit",
                ms=1.9,
                rows=10_000_000,
                app="fastapi",
                code=FASTAPI_CODE,
                statements=(),
            ),
            seen_once("iterator", ms=41_200.0, rows=10_000_000, group="all"),
            ended("list", rows=10_000_000, group="all"),
        ),
        comparisons=(
            compared("offset-limit", "never-read", setup="controlled", rows=10_000_000, value=3.57),
        ),
        claims=(),
    )


def experiment(name: str) -> ExperimentRecord:
    """Return the experiment called `name` of the whole run."""
    return {each.name: each for each in whole_run().experiments}[name]


def whole_run(*, stopped: str | None = None) -> Run:
    """Return a run of six experiments with every verdict, set-up and kind of outcome."""
    return Run(
        schema_version=SCHEMA_VERSION,
        rowpath="0.1.0",
        started_at=datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC),
        duration_s=492.4,
        stopped=stopped,
        seed=20_260_314,
        workers=1,
        profile="quick",
        environment=EnvironmentRecord(
            cpu="Example Processor 9000 at 2.80 GHz",
            cores=2,
            memory_bytes=25_278_000_000,
            kernel="Linux 6.1.0",
            python="3.13.1",
            postgresql="embedded PostgreSQL 18.6",
            packages={
                "django": "6.1.3",
                "djangorestframework": "3.18.3",
                "fastapi": "0.130.0",
                "gunicorn": "23.0.0",
                "psycopg": "3.3.9",
                "sqlalchemy": "2.0.46",
            },
            settings={"jit": "off", "shared_buffers": "2GB", "work_mem": "64MB"},
            load_average=(0.42, 0.37, 0.21),
        ),
        dataset=PRODUCTS,
        datasets=(PRODUCTS, LOGS),
        experiments=(_lists(), _fields(), _lazy(), relations(), loops(), writes()),
    )
