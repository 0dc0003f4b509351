"""Serializers of books."""

from collections.abc import Callable, Iterator
from typing import Any

from rest_framework import serializers

from fast.shop.batching.methods import changed
from fast.shop.batching.models import Book, Chapter, City, Cover, Writer


def made_of(of: Any, *names: str, **members: Any) -> Any:
    """Return a serializer of a model."""
    meta = type("Meta", (), {"model": of, "fields": (*names, *_fields_in(members))})
    return type(
        f"{of.__name__}Serializer", (serializers.ModelSerializer,), members | {"Meta": meta}
    )


def _fields_in(members: dict[str, Any]) -> Iterator[str]:
    return (name for name, one in members.items() if isinstance(one, serializers.Field))


def by_method(function: Callable[[Any, Any], Any]) -> dict[str, Any]:
    return {"told": serializers.SerializerMethodField(), "get_told": function}


def slugs(*, many: bool = True) -> Any:
    return serializers.SlugRelatedField(slug_field="slug", many=many, read_only=True)


def keys(**source: str) -> Any:
    of: Any = serializers.PrimaryKeyRelatedField
    return of(many=True, read_only=True, **source)


def text_of(source: str, **said: Any) -> Any:
    return serializers.CharField(source=source, read_only=True, **said)


def everything(**members: Any) -> Any:
    city = made_of(City, "id", "name")
    writer = made_of(Writer, "name", "data", city=city())
    chapter = made_of(Chapter, "position", label=slugs(many=False))
    return made_of(
        Book,
        "title",
        writer=writer(),
        cover=made_of(Cover, "art")(read_only=True),
        town=text_of("writer.city.name"),
        labels=slugs(),
        chapters=chapter(many=True),
        **members,
    )


def unread() -> Any:
    """Return a serializer that does not read the city that cannot be loaded."""
    whole = made_of(Writer, "name", city=made_of(City, "name")())

    def to_representation(self: Any, row: Any) -> Any:
        return None if row.city_id == 3 else super(whole, self).to_representation(row)

    whole.to_representation = to_representation
    return whole


def more() -> dict[str, Any]:
    return {
        "labels": slugs(),
        "writer": made_of(Writer, "name", "data")(),
        "cover": made_of(Cover, "art")(read_only=True),
        "chapters": made_of(Chapter, "position")(many=True),
        "lost": made_of(City, "name")(),
    }


def of_books(**members: Any) -> Callable[[], Any]:
    return lambda: made_of(Book, "title", **{name: make() for name, make in members.items()})


def mentors() -> Any:
    third = made_of(Writer, "name", city=made_of(City, "name")())
    second = made_of(Writer, "name", mentor=third(), city=made_of(City, "name")())
    return made_of(Writer, "name", mentor=second(), books=keys())


def around(whole: Any) -> Any:
    def to_representation(self: Any, row: Any) -> Any:
        return changed(self, super(whole, self).to_representation(row), row)

    whole.to_representation = to_representation
    return whole
