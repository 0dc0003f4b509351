"""Which relations the fields of a serializer read of its rows, as far as their sources say."""

from collections.abc import Iterable, Iterator
from typing import Any

from rest_framework.relations import (
    ManyRelatedField,
    PrimaryKeyRelatedField,
    RelatedField,
    SlugRelatedField,
)
from rest_framework.serializers import ListSerializer, Serializer
from rest_framework.utils.serializer_helpers import BindingDict

from rowpath.fast.drf.data.recipes import recipe_of

# Fields for which the last of their attributes may be a relation.
_LEADING = (ManyRelatedField, RelatedField, ListSerializer, Serializer)

_Way = tuple[tuple[str, ...], Any]
"""The attributes that are left to be read, and the field that reads them, if one is behind."""


class FieldReads:
    """What serializers read of the same instances, and fields that have come there on their way."""

    def __init__(self, serializers: Iterable[Serializer], ways: Iterable[_Way] = ()) -> None:
        self.serializers = tuple(serializers)
        self._ways = tuple(ways)

    @property
    def is_any(self) -> bool:
        """Whether relations may be read of them."""
        return bool(self.serializers or self._ways)

    def below(self, name: str) -> "FieldReads | None":
        """Return what is read of what the relation `name` leads to; None if that is not read.

        Fields that are not made yet read nothing.
        """
        ways = [(attrs[1:], field) for attrs, field in self.ways() if attrs[0] == name]
        return _reads(ways) if ways else None

    def ways(self) -> Iterator[_Way]:
        """Yield what is read of an instance."""
        yield from self._ways
        for serializer in self.serializers:
            yield from _ways_of(serializer)


def relations_read(reads: FieldReads) -> Iterator[str]:
    """Yield the attributes that may be relations and are read, each once.

    Not those of which only the key is written, which the row has.
    """
    ways = (attrs for attrs, field in reads.ways() if attrs[1:] or not _is_key(field))
    yield from dict.fromkeys(attrs[0] for attrs in ways)


def _is_key(field: Any) -> bool:
    return isinstance(field, PrimaryKeyRelatedField)


def _ways_of(serializer: Serializer) -> Iterator[_Way]:
    for field in _made_fields(serializer):
        attrs = tuple(getattr(field, "source_attrs", None) or ())
        if field.write_only:
            continue
        if attrs:
            yield attrs, field
        elif isinstance(field, Serializer):
            yield from _ways_of(field)


def _made_fields(serializer: Serializer) -> Iterable[Any]:
    made = vars(serializer).get("fields")
    if isinstance(made, BindingDict):
        return tuple(made.fields.values())
    if isinstance(made, dict):
        return tuple(made.values())
    recipe = None if "fields" in vars(serializer) else recipe_of(serializer)
    return () if recipe is None else recipe.fields


def _reads(ways: Iterable[_Way]) -> FieldReads:
    serializers: list[Serializer] = []
    left: list[_Way] = []
    for attrs, field in ways:
        end = _end_of(field)
        if attrs:
            if len(attrs) > 1 or isinstance(field, _LEADING):
                left.append((attrs, field))
        elif isinstance(end, Serializer):
            serializers.append(end)
        elif isinstance(end, SlugRelatedField) and "__" in str(end.slug_field):
            left.append((tuple(str(end.slug_field).split("__")), None))
    return FieldReads(serializers, left)


def _end_of(field: Any) -> Any:
    """Return what represents each row that `field` reads."""
    if isinstance(field, ListSerializer):
        return field.child
    return field.child_relation if isinstance(field, ManyRelatedField) else field
