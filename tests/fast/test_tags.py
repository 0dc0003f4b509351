"""The tags of classes tell of every change of one, and of none of others."""

from collections.abc import Callable

import pytest

from rowpath.fast._tags import Tags


class Base:
    inherited = 1

    def method(self) -> None: ...


class Middle(Base): ...


class Watched(Middle):
    own = 1


class Other(Base): ...


def tags() -> Tags:
    """The tags of `Watched`, which has one when an attribute was looked up."""
    assert Watched.inherited == 1
    return Tags((Watched, Base))


CHANGES: dict[str, Callable[[], None]] = {
    "set-own": lambda: setattr(Watched, "own", 2),
    "set-new": lambda: setattr(Watched, "new", 1),
    "delete": lambda: delattr(Watched, "new"),
    "set-in-a-base": lambda: setattr(Base, "method", lambda _: None),
    "shadow-a-base": lambda: setattr(Middle, "inherited", 1),
    "same-value": lambda: setattr(Watched, "own", Watched.own),
    "other-bases": lambda: setattr(Watched, "__bases__", (Base,)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_seen(change: str) -> None:
    """Whatever is set or deleted in the class or in one above it; anew as well."""
    before = tags()
    assert before.hold()

    CHANGES[change]()

    assert not before.hold()
    assert tags().hold()
    assert not before.hold()


def test_what_is_done_beside_a_class_does_not_matter() -> None:
    """Neither its instances, nor its subclasses, nor another class's attributes."""
    before = tags()

    Watched().own = 3
    type("Below", (Watched,), {}).own = 4  # type: ignore[attr-defined]
    Other.inherited = 5

    assert before.hold()


def test_what_is_no_class_has_no_tag() -> None:
    """A tag is read from a class's own structure, so nothing else may get there."""
    with pytest.raises(TypeError, match="1 is no class"):
        Tags((1,))  # type: ignore[arg-type]
