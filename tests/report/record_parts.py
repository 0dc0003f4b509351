"""The parts that the runs of these tests are made of: variants, comparisons, claims, groups."""

import dataclasses

from rowpath.lab.record import (
    ClaimRecord,
    ComparisonRecord,
    GroupRecord,
    StatementRecord,
    TimeRecord,
    VariantRecord,
)
from rowpath.stats.interval import Interval

BLOCKS = 6
HOSTILE = "</script><script>window.hit = 1</script> & \"double\" 'single' \u2028 <b>[red]bold"
"""Text that ends a script, opens a tag, or means something to rich or to JavaScript."""

_SELECT = (
    'SELECT "product"."low_price", "product"."high_price", "product"."demand_qty", '
    '"product"."offers_qty", "product"."bought_qty", "product"."sold_qty", '
    '"product"."time_created" FROM "product"'
)
OBJECTS_CODE = '''\
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
VALUES_CODE = """\
class ProductsValues(APIView):
    permission_classes = (AllowAny,)

    def get(self, request):
        # A dictionary a row, no serializer.
        return Response(Product.objects.values()[: rows_asked(request)])
"""
FASTAPI_CODE = """\
class ProductSchema(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    low_price: Decimal
    high_price: Decimal
    time_created: datetime


@app.get("/objects", response_model=list[ProductSchema])
def objects(rows: int, session: Annotated[Session, Depends(session)]):
    return session.scalars(select(Product).order_by(Product.time_created).limit(rows)).all()
"""


def _interval(median: float, *, spread: float = 0.03) -> TimeRecord:
    return TimeRecord(median=median, low=median * (1 - spread), high=median * (1 + 1.4 * spread))


def ratio(estimate: float, *, spread: float = 0.04) -> Interval:
    """Return a ratio with an interval that is `spread` of it on either side."""
    return Interval(estimate=estimate, low=estimate * (1 - spread), high=estimate * (1 + spread))


def select(rows: int) -> StatementRecord:
    """Return the statement of products, with its plan."""
    return StatementRecord(
        text=f'{_SELECT} ORDER BY "product"."time_created" ASC LIMIT {rows}',
        count=1,
        duration_ms=3.2 * rows / 1000,
        rows=rows,
        plan=f"Limit  (cost=0.43..{rows / 20:.2f} rows={rows} width=45)\n"
        "  ->  Index Scan using product_time_created on product  "
        "(cost=0.43..491824.43 rows=10000000 width=45)",
    )


def timed(  # noqa: PLR0913 (what differs between the variants of a test's run)
    name: str,
    *,
    ms: float,
    group: str = "all",
    setup: str = "controlled",
    rows: int = 1_000,
    title: str = "ModelViewSet over objects",
    app: str = "django",
    code: str = OBJECTS_CODE,
    told_ms: float | None = None,
    grown_mib: float = 3.4,
    statements: tuple[StatementRecord, ...] | None = None,
) -> VariantRecord:
    """Return a variant that was timed in blocks."""
    sent = (select(rows),) if statements is None else statements
    number = sum(statement.count for statement in sent)
    return VariantRecord(
        name=name,
        group=group,
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
        peak_mib=82.4 + grown_mib,
        grown_mib=grown_mib,
        samples_ms=((ms * 0.99, ms, ms * 1.02),) * BLOCKS,
        samples_cpu_ms=(ms * 0.94,) * BLOCKS,
        code=code,
        told_ms=told_ms,
        told_requests_per_s=None if told_ms is None else round(1200 / told_ms, 1),
    )


def seen_once(name: str, *, ms: float, rows: int, group: str) -> VariantRecord:
    """Return a variant that was observed, and not timed in blocks."""
    return dataclasses.replace(
        timed(name, ms=ms, rows=rows, group=group, title=f"{name} over the whole table"),
        time_ms=None,
        bytes=61,
        bytes_gzip=63,
        cpu_ms=None,
        samples_ms=((ms,),),
        samples_cpu_ms=(),
    )


def ended(name: str, *, rows: int, group: str) -> VariantRecord:
    """Return a variant whose worker was ended at its limit of memory."""
    return dataclasses.replace(
        seen_once(name, ms=11_000.0, rows=rows, group=group),
        bytes=0,
        bytes_gzip=0,
        sql_statements=0,
        sql_ms=0.0,
        sql_rows=0,
        statements=(),
        peak_mib=2_051.0,
        grown_mib=2_051.0,
        outcome="The worker was ended at its limit of 2,048 MiB after 11.0 s, without an answer.",
    )


def failing(name: str, *, rows: int, group: str, setup: str = "controlled") -> VariantRecord:
    """Return a variant that ended with the error that it is known for."""
    return dataclasses.replace(
        ended(name, rows=rows, group=group),
        setup=setup,
        peak_mib=83.0,
        grown_mib=0.5,
        samples_ms=(),
        outcome="It fails, as it is known to, with django.core.exceptions.FieldError: Field "
        "PlayerFight.fight cannot be both deferred and traversed using select_related at the "
        "same time. only() leaves out the foreign key that select_related() must follow.",
    )


def group(name: str, baseline: str, *, question: str = "", leads: str = "time") -> GroupRecord:
    """Return a group."""
    return GroupRecord(name=name, question=question, baseline=baseline, leads=leads)


def compared(
    name: str, baseline: str, *, setup: str = "controlled", rows: int, value: float | None
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


def claimed(  # noqa: PLR0913 (a claim of the talk and what came of it in one set-up)
    text: str,
    section: str,
    variant: str,
    ratio_claimed: float,
    outcome: tuple[float, str] | None,
    *,
    baseline: str,
    setup: str = "controlled",
    rows: int = 1_000,
    quantity: str = "time",
) -> ClaimRecord:
    """Return a claim with the ratio that was measured and its verdict, or without a measurement."""
    return ClaimRecord(
        text=text,
        section=section,
        variant=variant,
        baseline=baseline,
        setup=setup,
        rows=rows,
        quantity=quantity,
        claimed_ratio=ratio_claimed,
        measured=None if outcome is None else ratio(outcome[0]),
        verdict="inconclusive" if outcome is None else outcome[1],
    )
