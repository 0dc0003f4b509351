"""Generated serializers, as source."""

from collections.abc import Sequence

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


def serializer(
    draw: Draw, world: World, root: str, annotations: Sequence[Annotation], depth: int = 2
) -> str:
    """Return a serializer of instances of the model `root` that carry `annotations`."""
    made = _Serializer(draw, world, root, depth)
    if draw(rarely(100)):
        return made.overriding(annotations)
    if draw(st.booleans()):
        return made.of_model(annotations)
    return made.plain(annotations)


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
            inner = serializer(self._draw, self._world, self._root, (), self._depth - 1)
            return f"{inner}(source='*')"
        way, end = self._place()
        if self._draw(rarely(8)) and (lists := self._world.lists(end.name)):
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
        inner = serializer(self._draw, self._world, relation.name, (), self._depth - 1)
        return f"{inner}({arguments})"

    def _list(self, way: tuple[str, ...], target: str) -> str:
        source = f"{_source(*way)}, many=True, read_only=True"
        kind = self._draw(st.sampled_from(["key", "slug", "nested", "nested"]))
        if kind == "nested" and self._depth:
            return f"{serializer(self._draw, self._world, target, (), self._depth - 1)}({source})"
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
