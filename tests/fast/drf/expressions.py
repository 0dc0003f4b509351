"""Annotations of generated querysets, as source, with the serializer fields that read them."""

from collections.abc import Iterator
from dataclasses import dataclass

from hypothesis import strategies as st

from fast.drf.worlds import Column, Draw, Part, World, spread

_INTEGER = ("IntegerField()", "IntegerField()", "CharField()", "ReadOnlyField()")
_TEXT = ("CharField()", "ReadOnlyField()")
_FREE = "DecimalField(max_digits=None, decimal_places=None)"


@dataclass(frozen=True, slots=True)
class Annotation:
    """A name, its expression, and the fields that may write it."""

    name: str
    expression: str
    fields: tuple[str, ...]


_CONSTANTS = (
    ("Value('é\\u2028\"')", _TEXT),
    ("Value(7)", _INTEGER),
    ("Value(Decimal('1.10'))", (_FREE, "DecimalField(4, 2)", "ReadOnlyField()")),
    ("Value(1.5)", ("FloatField()", "ReadOnlyField()")),
    ("Value(None, output_field=models.IntegerField())", _INTEGER),
    ("Value(True)", ("BooleanField()", "ReadOnlyField()")),
    ("Value(dt.date(2024, 2, 29))", ("DateField()", "ReadOnlyField()")),
    ("Value(moment('2024-02-29T01:02:03'))", ("DateTimeField()", "ReadOnlyField()")),
    ("Count('pk')", _INTEGER),
    ("Exists(Far.objects.filter(code__startswith='c'))", ("BooleanField()",)),
    ("Subquery(Far.objects.order_by('code').values('code')[:1])", _TEXT),
    ("Window(RowNumber(), order_by='pk')", _INTEGER),
    ("Window(RowNumber(), partition_by='pk', order_by='pk')", _INTEGER),
    ("Window(Count('pk'), partition_by='pk')", _INTEGER),
    ("Cast('pk', models.TextField())", _TEXT),
    ("JSONObject(a='pk', b=Value('\\u2028'))", ("JSONField()", "ReadOnlyField()")),
    ("Avg(Value(1))", ("FloatField()", "ReadOnlyField()")),
)


def annotations(draw: Draw, world: World, root: str, part: Part) -> tuple[Annotation, ...]:
    """Draw up to three annotations of `root`, mostly none."""
    count = draw(spread([0, 0, 0, 1, 2, 3, 3, 3]))
    of_columns = [*_of_columns(world, root)]
    drawn = [
        draw(spread(part.of(_CONSTANTS) if draw(st.booleans()) or not of_columns else of_columns))
        for _ in range(count)
    ]
    return tuple(
        Annotation(f"{name}{number}", expression, fields)
        for number, (name, (expression, fields)) in enumerate(zip("xyz", drawn, strict=False))
    )


def _of_columns(world: World, root: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    if world.relations(root) and root == "Main":
        yield "Count('side')", _INTEGER
        yield "Exists(Side.objects.filter(main=OuterRef('pk')))", ("BooleanField()",)
    for way, end in world.places(root, 2):
        for column in world.columns(end.name):
            path = "__".join((*way, column.name))
            fields = column.kind.fields
            yield f"F({path!r})", fields
            if column.kind.orders:
                yield from _computed(path, column)


def _computed(path: str, column: Column) -> Iterator[tuple[str, tuple[str, ...]]]:
    fields, name = column.kind.fields, column.kind.column.partition("(")[0]
    yield f"Coalesce({path!r}, {path!r})", fields
    yield f"Case(When({path}__isnull=True, then=Value('none')), default=Value('some'))", _TEXT
    yield f"Case(When(pk__isnull=False, then=F({path!r})))", fields
    yield f"Cast({path!r}, models.TextField())", _TEXT
    if name not in ("BooleanField", "UUIDField"):  # of which PostgreSQL has no max()
        yield f"Max({path!r})", fields
    if name in ("CharField", "TextField", "SlugField"):
        yield f"Length({path!r})", _INTEGER
        yield f"Concat(Upper({path!r}), Value('\\u2029'))", _TEXT
    if name == "DecimalField":
        yield f"Avg({path!r})", (_FREE, *fields)
        yield f"F({path!r}) * Decimal('1.5')", (_FREE, *fields)
        yield f"Sum({path!r})", fields
    if name in ("DateTimeField", "DateField"):
        yield f"ExtractYear({path!r})", _INTEGER
        yield f"TruncMonth({path!r})", fields
    if name in ("IntegerField", "BigIntegerField", "SmallIntegerField"):
        yield f"F({path!r}) % 7", _INTEGER
        yield f"Avg({path!r})", ("FloatField()", "ReadOnlyField()")
    if name == "BooleanField":
        yield f"Q({path}=True)", ("BooleanField()",)
    if name == "DurationField":
        yield f"F({path!r}) * 2", fields
