"""Generated serializers, as source."""

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from fast.drf.expressions import Annotation
from fast.drf.kinds import KINDS
from fast.drf.worlds import Draw, Table, World, rarely, spread

_KEYS = ("k", "x y", 'we"ird\\', "ключ", "u\u2028", "%s", "😀")
_OPTIONS = (
    *("", "", "", "read_only=True", "allow_null=True", "required=False", "label='x'"),
    *("required=False, allow_null=True", "read_only=True, allow_null=True", "default=None"),
    *("read_only=True, default='d'", "help_text='h', initial=1"),
)
_DEFAULTS = (
    *("''", "'d'", "'\\u2028\"é'", "'12.50'", "7", "-1", "0", "1.5", "1e22", "True", "None", "str"),
    *("Decimal('1.50')", "Decimal('1.555')", "uuid.UUID(int=5)", "dt.date(2026, 11, 27)"),
    *("dt.time(9, 30)", "dt.timedelta(days=-1)", "moment('2026-11-27T10:00:00')", "[]", "{}"),
    *("list", "Colour.RED", "Loud.RED", "float('nan')", "'\\ud800'"),
)
_ODD_MEMBERS = (
    "serializers.SerializerMethodField(method_name='told')",
    "serializers.HiddenField(default=1)",
    "serializers.CharField(write_only=True)",
    "serializers.CharField(source='__str__')",
    "serializers.CharField(source='shout')",
    "serializers.IntegerField(source='told', required=False)",
    "serializers.ReadOnlyField(source='nothing')",
    "serializers.CharField(source='*')",
    "serializers.BooleanField(source='pk.real')",
)


def with_options(call: str, *options: str) -> str:
    """Return the call of a class with more arguments."""
    name, _, arguments = call[:-1].partition("(")
    module = "serializers." if name.endswith("Field") else ""
    return f"{module}{name}({', '.join(one for one in (arguments, *options) if one)})"


@dataclass(frozen=True, slots=True)
class Listed:
    """A relation to many that a serializer lists."""

    lookup: str
    """By which a queryset prefetches it."""
    target: str
    kept_as: str | None
    """The attribute under which the serializer looks for its rows; None for the relation itself."""


@dataclass(frozen=True, slots=True)
class Serialized:
    """A serializer, as source, with what its rows have to carry and may have prefetched."""

    source: str
    annotations: Sequence[Annotation]
    listed: Sequence[Listed]
    """In an order in which they can be prefetched."""


def serializer(
    draw: Draw, world: World, root: str, annotations: Sequence[Annotation]
) -> Serialized:
    """Return a serializer of instances of the model `root` that carry `annotations`."""
    made = _Serializer(draw, world, root, 2)
    source = made.source(annotations)
    return Serialized(source, annotations, [*dict.fromkeys(made.listed)])


def values_serializer(draw: Draw, fields: dict[str, tuple[str, ...]]) -> str:
    """Return a serializer of dicts with these keys."""
    members = []
    for name, choices in fields.items():
        call = draw(st.sampled_from(choices or ("ReadOnlyField()",)))
        options = draw(st.sampled_from(["", "", "allow_null=True", "required=False"]))
        key = draw(st.sampled_from([name, f"{name} "]))
        source = f"source={name!r}" if key != name else ""
        members.append(f"{key!r}: {with_options(call, source, options)}")
    if draw(rarely(10)):
        members.append("'missing': serializers.CharField(required=False)")
    return _class("serializers.Serializer", members)


def _class(base: str, members: list[str]) -> str:
    told = "'told': lambda self, row: [{'of': str(row), 1: None}, 1.5, 'x']"
    return f"type('Made', ({base},), {{{', '.join([told, *members])}}})"


class _Serializer:
    """Draws the members of one serializer."""

    def __init__(self, draw: Draw, world: World, root: str, depth: int) -> None:
        self._draw = draw
        self._world = world
        self._root = root
        self._depth = depth
        self._above: tuple[str, ...] = ()
        self.listed: list[Listed] = []

    def source(self, annotations: Sequence[Annotation] = ()) -> str:
        if self._draw(rarely(100)):
            return self.overriding(annotations)
        if self._draw(st.booleans()):
            return self.of_model(annotations)
        return self.plain(annotations)

    def _nested(self, way: tuple[str, ...], root: str) -> str:
        made = _Serializer(self._draw, self._world, root, self._depth - 1)
        made._above, made.listed = (*self._above, *way), self.listed
        return made.source()

    def plain(self, annotations: Sequence[Annotation]) -> str:
        return _class("serializers.Serializer", [*self._members(annotations).values()])

    def overriding(self, annotations: Sequence[Annotation]) -> str:
        own = self._draw(
            st.sampled_from(
                [
                    "'to_representation': lambda self, row: {'pk': str(row.pk)}",
                    "'get_fields': lambda self: {'pk': serializers.ReadOnlyField()}",
                    "'data': property(lambda self: {})",
                    "'validate': lambda self, data: data",
                    "'Meta': type('Meta', (), {'list_serializer_class': Listing})",
                ]
            )
        )
        return _class("serializers.Serializer", [*self._members(annotations).values(), own])

    def of_model(self, annotations: Sequence[Annotation]) -> str:
        declared = self._members(annotations, most=3) if self._draw(st.booleans()) else {}
        names = ["pk", *(column.name for column in self._world.columns(self._root))]
        names += [one.name for one in self._world.relations(self._root)]
        # DRF has no ModelSerializer field for a reverse one-to-one to a row that is missing: None.
        chosen = [name for name in names if self._draw(st.booleans())]
        fields: object = (*chosen, *declared)
        if not declared and self._draw(st.booleans()):
            fields = "__all__"
        meta = [f"model={self._root}", f"fields={fields!r}"]
        if self._depth == 2 and self._draw(rarely(8)):
            meta.append("depth=1")
        if chosen and fields != "__all__" and self._draw(rarely(6)):
            extra = self._draw(st.sampled_from(["write_only", "read_only", "allow_null"]))
            meta.append(f"extra_kwargs={{{chosen[0]!r}: {{{extra!r}: True}}}}")
        inner = f"'Meta': type('Meta', (), dict({', '.join(meta)}))"
        return _class("serializers.ModelSerializer", [*declared.values(), inner])

    def _members(self, annotations: Sequence[Annotation], most: int = 6) -> dict[str, str]:
        members = {one.name: f"{one.name!r}: {self._annotated(one)}" for one in annotations}
        for number in range(self._draw(st.integers(0 if members else 1, most))):
            key = self._draw(st.sampled_from(_KEYS)) + str(number)
            members[key] = f"{key!r}: {self._member()}"
        return members

    def _annotated(self, annotation: Annotation) -> str:
        call = self._draw(st.sampled_from(annotation.fields or ("ReadOnlyField()",)))
        return with_options(call, self._draw(st.sampled_from(_OPTIONS[:7])))

    def _member(self) -> str:
        if self._draw(rarely(60)):
            return str(self._draw(st.sampled_from(_ODD_MEMBERS)))
        if self._depth and self._draw(rarely(12)):
            return f"{self._nested((), self._root)}(source='*')"
        way, end = self._place()
        if self._draw(rarely(5)) and (lists := self._world.lists(end.name)):
            name, target = self._draw(spread(lists))
            return self._list((*way, name), target)
        relations = self._world.relations(end.name)
        if relations and self._draw(rarely(3)):
            return self._related((*way, self._draw(st.sampled_from(relations)).name))
        columns = [one for one in self._world.columns(end.name) if one.kind.fields or self._odd()]
        if not columns or self._draw(rarely(9)):
            call = "ReadOnlyField()" if end.key in ("uuid", "char") else "IntegerField()"
            return with_options(call, _source(*way, "pk"), self._options())
        column = self._draw(spread(columns))
        call = self._draw(spread(column.kind.fields or column.kind.odd))
        if self._odd():
            other = st.sampled_from([one for kind in KINDS for one in kind.fields])
            call = self._draw(st.sampled_from(column.kind.odd or ("CharField()",)) | other)
        return with_options(call, _source(*way, column.name), self._options())

    def _place(self) -> tuple[tuple[str, ...], Table]:
        places = [*self._world.places(self._root, self._depth)]
        if self._draw(st.booleans()):
            return places[0]
        place: tuple[tuple[str, ...], Table] = self._draw(st.sampled_from(places))
        return place

    def _related(self, way: tuple[str, ...]) -> str:
        places = self._world.places(self._root, 4)
        relation = next(table for place, table in places if place == way)
        kind = self._draw(st.sampled_from(["key", "key", "slug", "nested", "nested"]))
        if self._draw(rarely(60)):
            return f"serializers.StringRelatedField({_source(*way)})"
        if kind == "key":
            extra = self._draw(st.sampled_from(["", "", "", "pk_field=serializers.CharField()"]))
            return with_options(
                "PrimaryKeyRelatedField(read_only=True)",
                _source(*way),
                extra,
                self._draw(st.sampled_from(["", "", "allow_null=True", "default=None"])),
            )
        if kind == "slug":
            columns = [one.name for one in self._world.columns(relation.name)] or ["pk"]
            name = self._draw(st.sampled_from([*columns, "pk"]))
            slug = f"slug_field={name!r}"
            return with_options("SlugRelatedField(read_only=True)", _source(*way), slug)
        options = self._draw(
            st.sampled_from(["", "read_only=True", "allow_null=True", "default=None", "default={}"])
        )
        arguments = ", ".join(one for one in (_source(*way), options) if one)
        if self._depth == 0:
            return f"serializers.PrimaryKeyRelatedField(read_only=True, {_source(*way)})"
        return f"{self._nested(way, relation.name)}({arguments})"

    def _list(self, way: tuple[str, ...], target: str) -> str:
        lookup = "__".join((*self._above, *way))
        kept_as = f"{way[-1]}_kept" if self._draw(rarely(5)) else None
        self.listed.append(Listed(lookup, target, kept_as))
        way = (*way[:-1], kept_as or way[-1])
        source = f"{_source(*way)}, many=True, read_only=True"
        kind = self._draw(spread(["key", "slug", "slug", "nested", "nested"]))
        if kind == "nested" and self._depth:
            return f"{self._nested(way, target)}({source})"
        if kind == "slug":
            columns = [one.name for one in self._world.columns(target)]
            slug = self._draw(st.sampled_from([*columns, "pk"]))
            return f"serializers.SlugRelatedField(slug_field={slug!r}, {source})"
        return f"serializers.PrimaryKeyRelatedField({source})"

    def _odd(self) -> bool:
        return bool(self._draw(rarely(50)))

    def _options(self) -> str:
        if self._draw(rarely(6)):
            return f"default={self._draw(spread(_DEFAULTS))}"
        return str(self._draw(st.sampled_from(_OPTIONS)))


def _source(*attributes: str) -> str:
    return f"source={'.'.join(attributes)!r}"
