"""A run as the lab would write it, with every case that the report must show."""

from datetime import UTC, datetime

from rowpath.lab.record import (
    SCHEMA_VERSION,
    ClaimRecord,
    ComparisonRecord,
    DatasetRecord,
    EnvironmentRecord,
    ExperimentRecord,
    Run,
    StatementRecord,
    TimeRecord,
    VariantRecord,
)
from rowpath.stats.interval import Interval

SIZES = (1_000, 10_000, 100_000)
BLOCKS = 6
HOSTILE = "</script><script>window.hit = 1</script> & \"double\" 'single' \u2028 <b>[red]bold"
"""Text that ends a script, opens a tag, or means something to rich or to JavaScript."""

_SELECT = (
    'SELECT "product"."low_price", "product"."high_price", "product"."demand_qty", '
    '"product"."offers_qty", "product"."bought_qty", "product"."sold_qty", '
    '"product"."time_created" FROM "product"'
)
_OBJECTS_CODE = '''\
class ProductSerializer(serializers.ModelSerializer):
    """The talk's serializer."""

    class Meta:
        model = Product
        fields = (
            "low_price",
            "high_price",
            "demand_qty",
            "offers_qty",
            "bought_qty",
            "sold_qty",
            "time_created",
        )


class Objects(ModelViewSet):
    permission_classes = (AllowAny,)
    serializer_class = ProductSerializer

    def get_queryset(self):
        return Product.objects.all()[: rows_asked(self.request)]
'''
_VALUES_CODE = """\
class ProductsValues(APIView):
    permission_classes = (AllowAny,)

    def get(self, request):
        # A dictionary a row, no serializer.
        return Response(Product.objects.values()[: rows_asked(request)])
"""
_FASTAPI_CODE = """\
class ProductSchema(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    low_price: Decimal
    high_price: Decimal
    time_created: datetime


@app.get("/objects", response_model=list[ProductSchema])
def objects(rows: int, session: Annotated[Session, Depends(session)]):
    return session.scalars(select(Product).order_by(Product.time_created).limit(rows)).all()
"""
_ONLY_CODE = """\
class OnlyOne(APIView):
    def get(self, request):
        out_data = {"low_price": [], "high_price": []}
        for product in Product.objects.only("low_price")[: rows_asked(request)]:
            out_data["low_price"].append(product.low_price)
            out_data["high_price"].append(product.high_price)  # one more query each
        return Response(out_data)
"""


def _interval(median: float, *, spread: float = 0.03) -> TimeRecord:
    return TimeRecord(median=median, low=median * (1 - spread), high=median * (1 + 1.4 * spread))


def ratio(estimate: float, *, spread: float = 0.04) -> Interval:
    """Return a ratio with an interval that is `spread` of it on either side."""
    return Interval(estimate=estimate, low=estimate * (1 - spread), high=estimate * (1 + spread))


def _select(rows: int) -> StatementRecord:
    return StatementRecord(
        text=f'{_SELECT} ORDER BY "product"."time_created" ASC LIMIT {rows}',
        count=1,
        duration_ms=3.2 * rows / 1000,
        rows=rows,
    )


def timed(  # noqa: PLR0913 (what differs between the variants of a test's run)
    name: str,
    *,
    ms: float,
    setup: str = "controlled",
    rows: int = 1_000,
    title: str = "ModelViewSet over objects",
    app: str = "django",
    code: str = _OBJECTS_CODE,
    told_ms: float | None = None,
    statements: tuple[StatementRecord, ...] | None = None,
) -> VariantRecord:
    """Return a variant that was timed in blocks."""
    sent = (_select(rows),) if statements is None else statements
    number = sum(statement.count for statement in sent)
    return VariantRecord(
        name=name,
        title=title,
        app=app,
        setup=setup,
        rows=rows,
        time_ms=_interval(ms),
        bytes=149 * rows or 32,
        bytes_gzip=21 * rows or 43,
        sql_statements=number,
        sql_similar=sum(statement.count for statement in sent if statement.count > 1),
        sql_ms=sum(statement.duration_ms for statement in sent),
        sql_rows=rows,
        statements=sent,
        cpu_ms=ms * 0.94,
        peak_mib=82.4 + rows / 1000,
        samples_ms=((ms * 0.99, ms, ms * 1.02),) * BLOCKS,
        samples_cpu_ms=(ms * 0.94,) * BLOCKS,
        code=code,
        told_ms=told_ms,
        told_requests_per_s=None if told_ms is None else round(1200 / told_ms, 1),
    )


def compared(
    name: str, baseline: str, *, setup: str, rows: int, value: float | None
) -> ComparisonRecord:
    """Return a comparison, without an interval where `value` is None."""
    return ComparisonRecord(
        variant=name,
        baseline=baseline,
        setup=setup,
        rows=rows,
        blocks=BLOCKS if value is not None else 2,
        ratio=None if value is None else ratio(value),
        p_holm=None if value is None else 0.031,
    )


_LISTS = (
    ("drf-objects", "ModelViewSet, ModelSerializer, objects", "django", _OBJECTS_CODE, 1.0),
    ("drf-values", "ModelViewSet, ModelSerializer, values()", "django", _OBJECTS_CODE, 0.89),
    ("drf-no-serializer", "APIView, values(), no serializer", "django", _VALUES_CODE, 0.35),
    ("fastapi-orm", "model, query, pydantic schema", "fastapi", _FASTAPI_CODE, 0.79),
    ("for-loop-objects", "columns by a for-loop over objects", "django", _VALUES_CODE, 0.51),
    ("for-loop-values", "columns by a for-loop over values()", "django", _VALUES_CODE, 0.30),
    ("fastapi-for-loop", "columns by a for-loop, FastAPI", "fastapi", _FASTAPI_CODE, 0.41),
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
        baseline="drf-objects",
        variants=tuple(
            timed(
                name,
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
                reading="throughput",
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
    claimed: float,
    *,
    told: tuple[float, str] | None,
    controlled: tuple[float, str],
    baseline: str = "drf-objects",
    reading: str = "time",
) -> tuple[ClaimRecord, ...]:
    def record(setup: str, outcome: tuple[float, str] | None) -> ClaimRecord:
        return ClaimRecord(
            text=text,
            section=section,
            variant=variant,
            baseline=baseline,
            setup=setup,
            rows=1_000,
            reading=reading,
            claimed_ratio=claimed,
            measured=None if outcome is None else ratio(outcome[0]),
            verdict="inconclusive" if outcome is None else outcome[1],
        )

    return (record("as-told", told), record("controlled", controlled))


def _fields() -> ExperimentRecord:
    loop = (
        _select(100),
        StatementRecord(
            text='SELECT "product"."id", "product"."high_price" FROM "product" '
            'WHERE "product"."id" = %s LIMIT 21',
            count=100,
            duration_ms=46.3,
            rows=100,
        ),
    )
    return ExperimentRecord(
        name="fields",
        section="3.1",
        question="What does it bring to ask for fewer columns?",
        baseline="all",
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


def _seen_once(name: str, *, seconds: float | None, outcome: str | None) -> VariantRecord:
    return VariantRecord(
        name=name,
        title=f"{name} over the whole table",
        app="django",
        setup="controlled",
        rows=10_000_000,
        time_ms=None,
        bytes=61 if outcome is None else 0,
        bytes_gzip=63 if outcome is None else 0,
        sql_statements=1,
        sql_similar=0,
        sql_ms=9_800.0,
        sql_rows=10_000_000 if outcome is None else None,
        statements=(_select(10_000_000),),
        cpu_ms=None,
        peak_mib=96.0 if outcome is None else 2_048.0,
        samples_ms=() if seconds is None else ((seconds * 1000,),),
        samples_cpu_ms=(),
        code=_VALUES_CODE,
        outcome=outcome,
    )


def _lazy() -> ExperimentRecord:
    return ExperimentRecord(
        name="lazy",
        section="3.2",
        question="What happens with a queryset of ten million rows?",
        baseline="never-read",
        variants=(
            timed("never-read", ms=0.532, rows=10_000_000, statements=()),
            timed(
                "offset-limit",
                ms=1.9,
                rows=10_000_000,
                app="fastapi",
                code=_FASTAPI_CODE,
                statements=(),
            ),
            _seen_once("iterator", seconds=41.2, outcome=None),
            _seen_once(
                "list",
                seconds=None,
                outcome="The worker reached its limit of 2,048 MiB after 11 s and was ended.",
            ),
        ),
        comparisons=(
            compared("offset-limit", "never-read", setup="controlled", rows=10_000_000, value=3.57),
        ),
        claims=(),
    )


def whole_run(*, stopped: str | None = None) -> Run:
    """Return a run of three experiments with every verdict, set-up and kind of outcome."""
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
        dataset=DatasetRecord(
            name="product",
            rows=10_000_000,
            seed=1,
            form=1,
            checksum="5f2b9c0d" * 8,
            size_bytes=1_160_000_000,
            built_s=22.6,
            reused=False,
        ),
        experiments=(_lists(), _fields(), _lazy()),
    )
