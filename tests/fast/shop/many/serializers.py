"""Serializers of rows with lists of their own."""

from collections.abc import Callable
from typing import Any

from django.db.models import Prefetch
from rest_framework import serializers

from fast.shop.many.models import Owner, Part, Place, Special, Tag, Thing


def of(model: Any, *names: str, **members: Any) -> Any:
    """Return a serializer of a model."""
    fields = (*names, *(name for name in members if isinstance(members[name], serializers.Field)))
    meta = type("Meta", (), {"model": model, "fields": fields})
    bases = (serializers.ModelSerializer,)
    return type(f"{model.__name__}Serializer", bases, members | {"Meta": meta})


def keys(**said: Any) -> Any:
    """Return a list of keys."""
    field: Any = serializers.PrimaryKeyRelatedField
    return field(many=True, read_only=True, **said)


def slugs(slug: str = "slug", **said: Any) -> Any:
    """Return a list of slugs."""
    return serializers.SlugRelatedField(slug_field=slug, many=True, read_only=True, **said)


def thing(**members: Any) -> Any:
    """Return a serializer of things."""
    return of(Thing, "id", "name", "price", "at", "data", **members)


def overriding(name: str) -> Any:
    made = thing()

    def own(self: Any, *said: Any) -> Any:
        return getattr(super(made, self), name)(*said)

    setattr(made, name, own)
    return made


class _Listing(serializers.ListSerializer[Any]):
    def to_representation(self, data: Any) -> Any:
        return [*reversed(super().to_representation(data))]


def listing_with() -> Any:
    made = thing()
    made.Meta.list_serializer_class = _Listing
    return made


class OwnKey(serializers.PrimaryKeyRelatedField[Any]):
    def to_representation(self, value: Any) -> Any:
        return f"<{value.pk}>"


class Choosing(serializers.ModelSerializer[Any]):
    class Meta:
        model = Owner
        fields = ("code",)

    def get_fields(self) -> Any:
        return super().get_fields() | {"things": thing()(many=True), "tags": slugs()}


FULL: dict[str, Callable[[], Any]] = {
    "code": lambda: None,
    "things": lambda: thing(place=of(Place, "name")(), where=text_of("place.name"))(many=True),
    "coded": lambda: keys(source="by_code"),
    "by_number": lambda: slugs("name"),
    "tags": slugs,
    "again": lambda: keys(source="tags"),
    "places": lambda: slugs("name", source="specials"),
    "specials": lambda: of(Special, "pk", "name", "extra", "owner")(many=True),
    "plain": lambda: of(Tag, "slug", place=of(Place, "name")())(many=True),
    "friends": lambda: of(Owner, "code", "place")(many=True),
    "friendly": lambda: serializers.PrimaryKeyRelatedField(
        source="friends", many=True, read_only=True, pk_field=serializers.UUIDField(format="hex")
    ),
    "place": of(Place, "name"),
    "near": lambda: keys(source="place.things"),
    "nearer": lambda: of(Place, "name", things=slugs("name"))(source="place"),
}
RELATIONS = (
    *("things", "by_code", "by_number", "tags", "specials", "plain", "friends", "place"),
    *("things__parts", "friends__things", "plain__owners", "place__things", "things__place"),
    *("plain__place__things", "friends__place"),
)


def text_of(source: str) -> Any:
    return serializers.CharField(source=source, read_only=True)


def full(*names: str) -> Any:
    """Return a serializer of owners with these members, or all."""
    members = {name: FULL[name]() for name in names or FULL}
    members.pop("code", None)
    return of(Owner, "key", "code", **members)


def part_of(**members: Any) -> Any:
    return of(Part, "id", "size", **members)


def deep() -> Any:
    parts = part_of(tags=slugs(), more=keys(source="tags"))(many=True)
    things = thing(parts=parts, ids=keys(source="parts"))(many=True)
    friends = of(Owner, "code", things=thing(parts=part_of()(many=True))(many=True))(many=True)
    return of(Owner, "code", things=things, friends=friends)


def full_of_parts() -> Any:
    """Return a serializer of owners, their things and the parts of these."""
    return of(Owner, "code", things=thing(parts=part_of()(many=True))(many=True))


def counts(model: Any, *names: str) -> Any:
    return of(model, *names, n=serializers.IntegerField(read_only=True))


def later_things() -> "Prefetch[Any]":
    return Prefetch("things", Thing.objects.filter(pk__gt=30))
