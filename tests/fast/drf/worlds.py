"""Generated models and their rows: a table, what it points to, and what points to it one to one.

Far <- Near <- Main <- Side, Line        Child(Main), Proxy(Main)
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any, TypeVar

from hypothesis import strategies as st

from fast.drf.kinds import KINDS, ODD, SCALARS, Kind

T = TypeVar("T")
# Rows of a table: an empty one leaves those that point to it empty too.
_SIZES = (0, 1, 2, 3, *[4, 5, 6] * 5)
Draw = Any  # what Hypothesis hands to a composite strategy


@dataclass(frozen=True, slots=True)
class Part:
    """Which of several equal parts of everything there is an example is sure to have one of."""

    number: int
    parts: int

    def of(self, options: Sequence[T]) -> Sequence[T]:
        """Return the part of `options`, which is never empty."""
        return options[self.number % len(options) :: self.parts]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    name: str
    kind: Kind
    null: bool


@dataclass(frozen=True, slots=True)
class Relation:
    """A to-one relation as an attribute of the instances."""

    name: str
    target: str
    null: bool
    source: str | None
    """Its declaration; None for the other side of a one-to-one."""
    by_code: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A model with its own columns."""

    name: str
    key: str
    columns: tuple[Column, ...]
    relations: tuple[Relation, ...] = ()
    base: str = "models.Model"
    meta: str = ""
    body: str = ""

    def key_of(self, number: int) -> str:
        """Return the primary key of row `number`, as source."""
        return str(_KEYS[self.key][1](number))

    def source(self) -> str:
        """Return the class as source."""
        key = _KEYS[self.key][0] if self.base == "models.Model" else ""
        lines = [key, self.body, *(_declared(column) for column in self.columns)]
        lines += [one.source for one in self.relations if one.source]
        meta = f"class Meta(Here): {self.meta or 'pass'}"
        body = "\n    ".join(line for line in [*lines, meta] if line)
        return f"class {self.name}({self.base}):\n    {body}\n"


_KEYS: dict[str, tuple[str, Any]] = {
    "auto": ("", str),
    "small": ("id = models.SmallIntegerField(primary_key=True)", str),
    "uuid": ("key = models.UUIDField(primary_key=True)", "uuid.UUID(int={})".format),
    "char": ("key = models.CharField(max_length=50, primary_key=True)", "'\\u2028\"{}'".format),
}


def _named(key: str) -> str:
    return "key" if key in ("uuid", "char") else "id"


def _declared(column: Column) -> str:
    extra = [] if not column.null else ["null=True"]
    if column.name.endswith("q"):
        extra.append(f"db_column='{column.name} As ü'")
    call = column.kind.column
    separator = "" if call.endswith("()") or not extra else ", "
    name = call.partition("(")[0]
    place = {"Shouted": "", "ArrayField": "", "HStoreField": ""}.get(name, "models.")
    return f"{column.name} = {place}{call[:-1]}{separator}{', '.join(extra)})"


@dataclass(frozen=True, slots=True)
class World:
    """Tables by name, the source of their models, and that of their rows."""

    tables: dict[str, Table]
    models: str
    rows: str
    counts: dict[str, int]

    def places(self, table: str, depth: int = 3) -> Iterator[tuple[tuple[str, ...], Table]]:
        """Yield each table that instances of `table` lead to, by which attributes."""
        yield (), self.tables[table]
        if depth == 0:
            return
        for relation in self.relations(table):
            for way, end in self.places(relation.target, depth - 1):
                yield (relation.name, *way), end

    def relations(self, table: str) -> tuple[Relation, ...]:
        """Return the relations of `table`, inherited ones too."""
        found = self.tables[table]
        return found.relations + (self.relations(found.base) if found.base in self.tables else ())

    def lists(self, table: str) -> tuple[tuple[str, str], ...]:
        """Return the attributes of `table` that lead to many rows, each with their table."""
        return tuple(
            (f"{relation.name}_of", other.name)
            for other in self.tables.values()
            for relation in other.relations
            if relation.target == table and "ForeignKey" in (relation.source or "")
            if "related_name='+'" not in (relation.source or "")
        )

    def columns(self, table: str) -> tuple[Column, ...]:
        """Return the columns of `table`, inherited ones too."""
        found = self.tables[table]
        inherited = self.columns(found.base) if found.base in self.tables else ()
        return (*inherited, *found.columns)


@st.composite
def worlds(draw: Draw, *, postgresql: bool, part: Part) -> World:
    """Draw models and rows, hostile ones in some worlds; Main has a column of its part's kinds."""
    maker = _Maker(draw, postgresql=postgresql, hostile=draw(rarely(5)))
    sparse = draw(st.sampled_from([{}] * 30 + _MANAGERS))
    far = Table("Far", maker.key(), (maker.code(), *maker.columns("f", 2)), **sparse)
    near = Table("Near", maker.key(), maker.columns("n", 3), maker.foreign("far", "Far"))
    relations = (
        *maker.foreign("near", "Near"),
        *(maker.coded() if draw(st.booleans()) else ()),
        *(maker.foreign("loop", "Main", "'self'", null=True) if draw(rarely(3)) else ()),
        Relation("side", "Side", null=True, source=None),
    )
    main = Table(
        "Main",
        maker.key(),
        (maker.first(part), *maker.columns("c", 6)),
        relations,
        meta=draw(st.sampled_from(["", "", "ordering = ['pk']", "ordering = ['-near', 'pk']"])),
        body=draw(st.sampled_from([""] * 40 + _BODIES)),
    )
    one = "main = models.OneToOneField(Main, models.CASCADE, related_name='side')"
    side = Table("Side", "auto", maker.columns("s", 2), (Relation("main", "Main", False, one),))
    tables = [far, near, main, side]
    if draw(st.booleans()):
        lines = maker.foreign("line", "Main")
        tables.append(Table("Line", "auto", maker.columns("e", 2), lines))
    if draw(rarely(3)):
        tables.append(Table("Child", main.key, maker.columns("d", 2), base="Main"))
        last = (*maker.foreign("child", "Child"), *maker.foreign("twice", "Side"))
        tables.append(Table("Last", "auto", maker.columns("l", 2), last))
    proxy = Table("Proxy", main.key, (), base="Main", meta="proxy = True")
    models = "\n".join(table.source() for table in (*tables, proxy))
    rows, counts = maker.rows(tables)
    return World({table.name: table for table in (*tables, proxy)}, models, rows, counts)


_BODIES = [
    "@classmethod\n    def from_db(cls, *a, **k): return super().from_db(*a, **k)",
    "@property\n    def shout(self): return 'x'",
    "objects = models.Manager.from_queryset(models.QuerySet)()",
]


# Relations are followed by the base manager, which is another one only in the last.
_MANAGERS: list[dict[str, str]] = [
    *[{"body": "objects = Sparse()"}] * 4,
    {"body": "objects = Sparse()", "meta": "base_manager_name = 'objects'"},
]


_SEEDS = st.binary(min_size=4, max_size=4)


@cache  # Hypothesis looks through each strategy that it has not seen yet
def rarely(once_in: int) -> st.SearchStrategy[bool]:
    return st.integers(0, once_in - 1).map(lambda number: number == once_in - 1)


def spread(options: Sequence[T]) -> st.SearchStrategy[T]:
    """Return one of many options, evenly: Hypothesis itself repeats what it has tried."""
    return _SEEDS.map(lambda seed: Random(seed).choice(options))


class _Maker:
    """Draws the parts of a world."""

    def __init__(self, draw: Draw, *, postgresql: bool, hostile: bool) -> None:
        self._draw = draw
        self._postgresql = postgresql
        self._hostile = hostile
        self._keys: dict[str, list[int]] = {}
        self._used: dict[str, list[int]] = {}

    def key(self) -> str:
        return str(self._draw(st.sampled_from(["auto", "auto", "auto", "small", "uuid", "char"])))

    def columns(self, prefix: str, most: int) -> tuple[Column, ...]:
        kinds = [kind for kind in KINDS if self._postgresql or not kind.postgresql]
        odd = [kind for kind in ODD if self._postgresql or not kind.postgresql]
        chosen = spread(kinds)
        if self._draw(rarely(25)):
            chosen = chosen | st.sampled_from(odd)
        drawn = self._draw(st.lists(st.tuples(chosen, st.booleans()), max_size=most))
        suffix = self._draw(st.sampled_from(["", "", "", "q", "ß"]))
        return tuple(
            Column(f"{prefix}{number}{suffix}", kind, null)
            for number, (kind, null) in enumerate(drawn)
        )

    def first(self, part: Part) -> Column:
        kinds = [kind for kind in KINDS if self._postgresql or not kind.postgresql]
        return Column("first", self._draw(spread(part.of(kinds))), self._draw(st.booleans()))

    def code(self) -> Column:
        unique = Kind(
            column="CharField(max_length=50, unique=True)",
            values=st.nothing(),
            fields=SCALARS[0].fields,
        )
        return Column("code", unique, null=False)

    def foreign(
        self, name: str, target: str, spelled: str | None = None, *, null: bool | None = None
    ) -> tuple[Relation, ...]:
        null = self._draw(st.booleans()) if null is None else null
        options = ["null=True"] if null else []
        if self._draw(rarely(4)):
            options.append("db_constraint=False")
        kind = self._draw(st.sampled_from(["ForeignKey", "ForeignKey", "OneToOneField"]))
        back = f"related_name='{name}_of'"
        arguments = ", ".join([spelled or target, "models.DO_NOTHING", back, *options])
        return (Relation(name, target, null, f"{name} = models.{kind}({arguments})"),)

    def coded(self) -> tuple[Relation, ...]:
        source = (
            "coded = models.ForeignKey(Far, models.DO_NOTHING, to_field='code', null=True, "
            "related_name='+')"
        )
        return (Relation("coded", "Far", null=True, source=source, by_code=True),)

    def rows(self, tables: list[Table]) -> tuple[str, dict[str, int]]:
        """Return statements that write rows, and how many there are in each table."""
        by_name = {table.name: table for table in tables}
        lines: list[str] = []
        for table in tables:
            start = 100 if table.base in by_name else 0
            keys = self._keys.setdefault(table.name, [])
            for number in range(start + 1, start + 1 + self._draw(spread(_SIZES))):
                row = self._row(table, number, by_name)
                if row is None:
                    break
                lines += row
                keys.append(number)
        return "\n".join(lines), {name: len(keys) for name, keys in self._keys.items()}

    def _row(self, table: Table, number: int, tables: dict[str, Table]) -> list[str] | None:
        """Return the statements of one row; None where a relation has nothing to lead to."""
        base = tables.get(table.base)
        key = table.key_of(number)
        names = [_named(base.key), "pk"] if base else ["pk"]
        values = [f"{name}={key}" for name in names]
        raw: list[str] = []
        for column in (*(base.columns if base else ()), *table.columns):
            value, written = self._cell(column, number)
            values.append(f"{column.name}={value}")
            if written is not None:
                raw.append(f"put({table.name}, {key}, {column.name!r}, {written!r})")
        for relation in (*(base.relations if base else ()), *table.relations):
            if relation.source is None:
                continue
            pointer = self._pointer(relation, tables[relation.target])
            if pointer is None:
                return None
            values.append(f"{relation.name}_id={pointer}")
        return [f"{table.name}.objects.create({', '.join(values)})", *raw]

    def _cell(self, column: Column, number: int) -> tuple[str, str | None]:
        if column.name == "code":
            return f"'code\\u2029{number}'", None
        if column.null and self._draw(rarely(3)):
            return "None", None
        written = None
        if self._hostile and self._postgresql and column.kind.hostile and self._draw(rarely(4)):
            written = self._draw(st.sampled_from(column.kind.hostile))
        return self._draw(column.kind.values), written

    def _pointer(self, relation: Relation, target: Table) -> str | None:
        source = str(relation.source)
        used = self._used.setdefault(relation.name, [])
        there = [*self._keys.get(relation.target, ())]
        if "db_constraint=False" in source and self._draw(rarely(3)):
            there = [77]
        if "OneToOneField" in source:
            there = [number for number in there if number not in used]
        if relation.null and (not there or self._draw(rarely(3))):
            return "None"
        if not there:
            return None
        number = self._draw(st.sampled_from(there))
        used.append(number)
        return f"'code\\u2029{number}'" if relation.by_code else target.key_of(number)
