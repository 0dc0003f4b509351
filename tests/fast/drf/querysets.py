"""Generated querysets, as source. Their order is always total, so that two statements agree."""

from collections.abc import Sequence

from hypothesis import strategies as st

from fast.drf.serializers import Listed, Serialized
from fast.drf.worlds import Draw, World, rarely, spread


def queryset(
    draw: Draw, world: World, root: str, serialized: Serialized, *, may_slice: bool
) -> str:
    """Return a queryset of instances of `root`, which mostly prefetches what is serialized."""
    made = _Queryset(draw, world, root, may_slice=may_slice)
    parts = [f"{root}.objects", *made.narrowed()]
    annotations, listed = serialized.annotations, serialized.listed
    if annotations:
        named = ", ".join(f"{one.name}={one.expression}" for one in annotations)
        parts.append(f"annotate({named})")
    loaded = made.loading(listed) if listed and not draw(rarely(4)) else made.loaded()
    parts += [made.ordered([one.name for one in annotations]), *loaded, *made.ended()]
    return _chained(parts)


def values_queryset(
    draw: Draw, world: World, root: str, *, may_slice: bool
) -> tuple[str, dict[str, tuple[str, ...]]]:
    """Return a queryset of dicts, and the serializer fields that may write each key."""
    made = _Queryset(draw, world, root, may_slice=may_slice)
    paths = made.paths()
    names = draw(st.lists(spread(sorted(paths)), min_size=1, max_size=5, unique=True))
    chosen = {name: paths[name] for name in names}
    listed = ", ".join(map(repr, names))
    if draw(rarely(4)):
        grouped = f"{root}.objects.values({listed}).annotate(n=Count('pk')).order_by({listed})"
        return grouped, chosen | {"n": ("IntegerField()",)}
    parts = [f"{root}.objects", *made.narrowed(), f"values({listed})", made.ordered([])]
    return _chained([*parts, *made.ended()]), chosen


def _chained(parts: Sequence[str]) -> str:
    first, *calls = parts
    return first + "".join(call if call.startswith("[") else f".{call}" for call in calls)


class _Queryset:
    """Draws the calls of one queryset."""

    def __init__(self, draw: Draw, world: World, root: str, *, may_slice: bool) -> None:
        self._may_slice = may_slice
        self._draw = draw
        self._world = world
        self._root = root

    def paths(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {"pk": ("ReadOnlyField()",)}
        for way, end in self._world.places(self._root, 2):
            for column in self._world.columns(end.name):
                if column.kind.fields and "File" not in column.kind.column:
                    found["__".join((*way, column.name))] = column.kind.fields
        return found

    def narrowed(self) -> list[str]:
        return [self._condition() for _ in range(self._draw(spread([0, 0, 0, 1, 1, 2])))]

    def _condition(self) -> str:
        back = {"Far": "far_of", "Near": "near_of"}.get(self._root)
        if back and self._draw(rarely(3)):
            # Over a to-many relation, so that rows come more than once.
            return str(
                self._draw(
                    spread(
                        [
                            f"filter({back}__isnull=False)",
                            f"filter({back}__pk__gt=F({back + '__pk'!r}))",
                            f"exclude({back}__isnull=True)",
                        ]
                    )
                )
            )
        call = self._draw(spread(["filter", "filter", "filter", "exclude"]))
        return f"{call}({self._test()})"

    def _test(self) -> str:
        places = [*self._world.places(self._root, 2)]
        way, end = self._draw(spread(places))
        columns = [one for one in self._world.columns(end.name) if one.kind.orders]
        path = "__".join((*way, "pk"))
        if not columns or self._draw(rarely(4)):
            number = self._draw(st.integers(1, 4))
            key = end.key_of(number)
            return str(
                self._draw(
                    spread(
                        [
                            f"{path}__isnull=False",
                            f"{path}__in=[{key}, {end.key_of(1)}]",
                            f"Q({path}={key}) | ~Q(pk={self._key(2)})",
                            f"Exists(Far.objects.filter(code={path.count('_')!r}), negated=True)",
                        ]
                    )
                )
            )
        column = self._draw(spread(columns))
        path = "__".join((*way, column.name))
        value = "'code\\u20291'" if column.name == "code" else self._draw(column.kind.values)
        return str(
            self._draw(
                spread(
                    [
                        f"{path}__isnull=True",
                        f"{path}__isnull=False",
                        f"{path}={value}",
                        f"{path}__gt={value}",
                        f"{path}__in=[{value}]",
                        f"~Q({path}={value})",
                        f"Q({path}={value}) | Q(pk__in={self._root}.objects.values('pk'))",
                    ]
                )
            )
        )

    def _key(self, number: int) -> str:
        return self._world.tables[self._root].key_of(number)

    def ordered(self, annotated: list[str]) -> str:
        names = [name for name in self._sortable() if self._draw(rarely(6))][:2] + annotated[:1]
        terms = [self._term(name) for name in names]
        return f"order_by({', '.join([*terms, repr(self._draw(spread(['pk', '-pk'])))])})"

    def _sortable(self) -> list[str]:
        found = []
        for way, end in self._world.places(self._root, 2):
            found += ["__".join(way)] if way else []
            columns = (one for one in self._world.columns(end.name) if one.kind.orders)
            found += ["__".join((*way, one.name)) for one in columns]
        return found

    def _term(self, name: str) -> str:
        return str(
            self._draw(
                spread(
                    [
                        repr(name),
                        repr(f"-{name}"),
                        f"F({name!r}).desc(nulls_last=True)",
                        f"F({name!r}).asc(nulls_first=True)",
                    ]
                )
            )
        )

    def loaded(self) -> list[str]:
        relations = [one.name for one in self._world.relations(self._root)]
        columns = [one.name for one in self._world.columns(self._root)]
        attributes, end = self._draw(spread([*self._world.places(self._root, 2)]))
        way = "__".join(attributes)
        calls: list[list[str]] = [[], [], [], [], ["all()"], ["using('default')"]]
        if columns:
            some = self._draw(spread(columns))
            calls += [
                [f"only({some!r})"],
                [f"defer({some!r})"],
                [f"only({some!r}).defer({columns[0]!r})"],
            ]
        if way:
            calls += [[f"select_related({way!r})"]] * 3 + [[f"prefetch_related({way!r})"]]
            if self._draw(rarely(4)):
                narrowed = f"{end.name}.objects.filter(pk={end.key_of(1)})"
                calls += [[f"prefetch_related(Prefetch({way!r}, {narrowed}))"]] * 2
        calls += [[self._prefetching()]] * 6
        if relations and columns and self._draw(rarely(6)):
            calls += [[f"select_related({relations[0]!r}).only({columns[0]!r}, {relations[0]!r})"]]
        found: list[str] = self._draw(spread(calls))
        return found

    def loading(self, listed: Sequence[Listed]) -> list[str]:
        """Return the call that prefetches each relation that is listed, in one of its forms."""
        loads = []
        for one in listed:
            rows = self._draw(spread(["", *self._prefetched_rows(one.target)]))
            if one.kept_as is not None and not self._draw(rarely(12)):
                queryset = f", {rows}" if rows else ""
                loads.append(f"Prefetch({one.lookup!r}{queryset}, to_attr={one.kept_as!r})")
            elif one.kept_as is None and not self._draw(rarely(5)):
                loads.append(f"Prefetch({one.lookup!r}, {rows})" if rows else repr(one.lookup))
        return [f"prefetch_related({', '.join(loads)})"] if loads else []

    def _prefetching(self) -> str:
        """Return a call that loads the relations to many, each in one of several ways.

        Those of the rows themselves, and of some to which these lead.
        """
        loads = []
        for way, end in self._world.places(self._root, 1):
            for name, target in self._world.lists(end.name):
                if not way or self._draw(rarely(2)):
                    loads.append(self._prefetch("__".join((*way, name)), target))
        return f"prefetch_related({', '.join(loads)})" if loads else "all()"

    def _prefetch(self, name: str, target: str) -> str:
        below = [f"{name}__{one}" for one in self._below(target)]
        choices = [
            repr(name),
            *(f"Prefetch({name!r}, {one})" for one in self._prefetched_rows(target)),
        ]
        chosen: str = self._draw(spread([*choices, *map(repr, below)]))
        return chosen

    def _below(self, target: str) -> list[str]:
        lists = [name for name, _ in self._world.lists(target)]
        return lists + [one.name for one in self._world.relations(target)]

    def _prefetched_rows(self, target: str) -> list[str]:
        """Return the querysets that a prefetch of rows of `target` may have."""
        rows = f"{target}.objects.order_by({self._draw(spread(['pk', '-pk']))!r})"
        given = [
            *("", f".filter(pk__gt={self._world.tables[target].key_of(1)})", ".distinct()"),
            *(f".prefetch_related({one!r})" for one in self._below(target)[-1:]),
            *([".annotate(given=F('pk'))"] if self._draw(rarely(4)) else []),
        ]
        return [f"{rows}{one}" for one in given]

    def ended(self) -> list[str]:
        calls: list[list[str]] = [[]] * 12 + [["reverse()"], ["none()"]]
        # A slice can be neither filtered nor paginated by cursor.
        calls += [["[:3]"], ["[1:4]"], ["reverse()", "[:2]"]] if self._may_slice else []
        calls += [["distinct()"]] * 2 if self._draw(rarely(3)) else []
        found: list[str] = self._draw(spread(calls))
        return found
