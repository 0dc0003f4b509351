# ruff: noqa: ARG001, ARG002 - a signal's receiver is called with all of them
"""Receivers of post_init as packages and projects write them, and what a list does with each."""

import gc
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial, wraps
from typing import Any
from unittest.mock import patch
from weakref import WeakSet

from django.contrib.auth.models import User
from django.db import models
from django.db.models.signals import post_init, pre_init
from rest_framework.generics import ListAPIView

from fast.shop.answering import asked, how, seen
from fast.shop.models import Note, Topic
from fast.shop.views import NOTES, FlatFields
from fast.shop.ways import fast
from rowpath.fast.bounded import Bounded
from rowpath.fast.django import receivers


class Tracked:
    """What a project's models may inherit from, as Note does not."""


# Receivers that do nothing for a Note


def by_instance(sender: Any, instance: Any, **_: Any) -> None:
    """Leave models that are none of its concern."""
    watched: Any = (Topic, Tracked)
    if not isinstance(instance, watched):
        return
    instance.text = "changed"


def by_sender(sender: Any, **kwargs: Any) -> None:
    if inspect.isclass(sender) and issubclass(sender, Tracked):
        kwargs["instance"].text = "changed"


def by_keyword(**kwargs: Any) -> None:
    instance = kwargs["instance"]
    if isinstance(instance, Topic):
        instance.text = "changed"


def by_identity(sender: Any, instance: Any, **_: Any) -> Any:
    if sender is not Topic and instance.__class__ != User:
        return None
    instance.text = "changed"


def by_name(sender: Any, instance: Any, **_: Any) -> None:
    is_topic = sender._meta.label_lower == "shop.topic"  # noqa: SLF001 - as they do
    if sender.__name__ in {"Topic", "Tracked"} or is_topic:
        instance.text = "changed"


def by_attribute(sender: Any, instance: Any, **_: Any) -> None:
    if hasattr(instance, "tracker") or getattr(sender, "is_tracked", False):
        instance.text = "changed"


WATCHED = [Topic, User]


def by_list(sender: Any, instance: Any, **_: Any) -> None:
    for model in WATCHED:
        if issubclass(sender, model):
            instance.text = "changed"
            return


def _is_tracked(model: Any) -> bool:
    from fast.shop.lists import Category as Watched

    return inspect.isclass(model) and issubclass(model, Watched) and model is not Tracked


def by_helper(sender: Any, instance: Any, **_: Any) -> None:
    tracked = _is_tracked(sender)
    if not tracked:
        return
    instance.text = "changed"


def _for_watched(method: Any) -> Any:
    @wraps(method)
    def receiver(self: Any, sender: Any, **kwargs: Any) -> None:
        if not inspect.isclass(sender):
            return
        for group in self.groups:
            if issubclass(sender, group.model):
                method(self, sender=sender, **kwargs)
                return

    return receiver


class Group:
    def __init__(self, model: Any) -> None:
        self.model = model


class Router:
    """Hears of every model, since no signal is sent for abstract ones."""

    def __init__(self, *watched: Any) -> None:
        self.groups = [Group(model) for model in watched]

    @_for_watched
    def receive(self, sender: Any, instance: Any = None, **_: Any) -> None:
        instance.text = "changed"


ROUTER = Router(Topic)


class Called:
    def __call__(self, sender: Any, instance: Any, **_: Any) -> None:
        if isinstance(instance, Topic):
            instance.text = "changed"


def for_nobody(sender: Any, **_: Any) -> None:
    pass


# Receivers that may do something, of which some do


def always(sender: Any, instance: Any, **_: Any) -> None:
    instance.text = "changed"


def otherwise(sender: Any, instance: Any, **_: Any) -> None:
    if isinstance(instance, Topic):
        return
    instance.text = "changed"


def has_it(sender: Any, instance: Any, **_: Any) -> None:
    if hasattr(sender, "text") and hasattr(instance, "pk"):
        instance.text = "changed"


def of_either(sender: Any, instance: Any, **_: Any) -> None:
    model = WATCHED and sender
    if model is Topic:
        return
    instance.text = "changed"


def renamed(sender: Any, instance: Any, **_: Any) -> None:
    sender = Note
    if sender is Topic:
        return
    instance.text = "changed"


def in_a_list(sender: Any, instance: Any, **_: Any) -> None:
    if ONE == [1]:
        instance.text = "changed"


def looks(sender: Any, instance: Any, **_: Any) -> None:
    if instance.text == "nothing":
        instance.text = "changed"


def counts(sender: Any, instance: Any, **_: Any) -> None:
    SEEN.append(sender)
    if isinstance(instance, Topic):
        instance.text = "changed"


SEEN: list[Any] = []
ONE = [1]


class _Odd(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        instance.text = "changed"
        return False


class OddlyAsked(metaclass=_Odd):
    pass


def oddly_asked(sender: Any, instance: Any, **_: Any) -> None:
    if isinstance(instance, OddlyAsked):
        return


class Lazy:
    @property
    def models(self) -> Any:
        return (Note,)

    def receive(self, sender: Any, instance: Any, **_: Any) -> None:
        if sender in self.models:
            instance.text = "changed"


class Answering:
    def __getattribute__(self, name: str) -> Any:
        return (Note,) if name == "models" else super().__getattribute__(name)

    models = ()

    def receive(self, sender: Any, instance: Any, **_: Any) -> None:
        if sender in self.models:
            instance.text = "changed"


@lru_cache
def _cached(_model: Any) -> bool:
    return True


def by_cache(sender: Any, instance: Any, **_: Any) -> None:
    if _cached(sender):
        instance.text = "changed"


def tries(sender: Any, instance: Any, **_: Any) -> None:
    try:
        if isinstance(instance, Topic):
            return
    finally:
        instance.text = "changed"


class Own(models.ImageField):
    def listen(self, instance: Any, **_: Any) -> None:
        instance.text = "changed"


def _without_source() -> Any:
    names: dict[str, Any] = {}
    exec("def receive(sender, **_): pass", names)  # noqa: S102 - one without a file
    return names["receive"]


def _under_another_file() -> Any:
    names: dict[str, Any] = {"Topic": Topic}
    source = "def by_instance(sender, instance, **_):\n    instance.text = 'changed'\n"
    exec(compile("\n" * 20 + source, __file__, "exec"), names)  # noqa: S102 - as the file was once
    return names["by_instance"]


def _image() -> Any:
    field = models.ImageField(width_field="owner_id")
    field.set_attributes_from_name("picture")
    return field


LAZY, ANSWERING, CALLED, OWN = Lazy(), Answering(), Called(), Own()

NOTHING: dict[str, Any] = {
    "by instance": by_instance,
    "by sender": by_sender,
    "by keyword": by_keyword,
    "by identity": by_identity,
    "by name": by_name,
    "by attribute": by_attribute,
    "by list": by_list,
    "by helper": by_helper,
    "by a router": ROUTER.receive,
    "an image's dimensions": models.ImageField().update_dimension_fields,
    "nothing": for_nobody,
}
SOMETHING: dict[str, Any] = {
    "always": always,
    "otherwise": otherwise,
    "has it": has_it,
    "of either": of_either,
    "renamed": renamed,
    "in a list": in_a_list,
    "looks": looks,
    "counts": counts,
    "oddly asked": oddly_asked,
    "a property": LAZY.receive,
    "answering": ANSWERING.receive,
    "by cache": by_cache,
    "tries": tries,
    "of its own field": OWN.listen,
    "a lambda": lambda instance, **_: setattr(instance, "text", "changed"),
    "a part": partial(otherwise, more=1),
    "an object": CALLED,
    "without source": _without_source(),
    "under another file": _under_another_file(),
    "a router of this model": Router(Note).receive,
    "an image's width": _image().update_dimension_fields,
}


@contextmanager
def _connected(receiver: Any, signal: Any = post_init) -> Iterator[None]:
    signal.connect(receiver, weak=False)
    try:
        yield
    finally:
        signal.disconnect(receiver)


def _view() -> Any:
    serializer = type("Own", (FlatFields,), {})
    return type("View", (ListAPIView,), {"queryset": NOTES, "serializer_class": serializer})


def _compared() -> list[Any]:
    """Return whether the answer is DRF's, how it came, and whether the rows were changed."""
    view = _view()
    theirs, answer = seen(asked(view)), asked(fast(view))
    return [seen(answer) == theirs, how(answer), "changed" in theirs[2]]


def received(kind: str) -> dict[str, list[Any]]:
    """Return for each receiver of a kind what `_compared` does."""
    told = {}
    for name, receiver in {"nothing": NOTHING, "something": SOMETHING}[kind].items():
        with _connected(receiver):
            told[name] = _compared()
    return told


def kept_alive(bound: int) -> int:
    """Return how many of 40 receivers are there when all were judged and disconnected.

    `bound` is how many verdicts are kept.
    """
    there = WeakSet[Any]()
    verdicts = Bounded[Any](bound)
    for _ in range(40):

        def of_its_own(sender: Any, **_: Any) -> None:
            if sender is Topic:
                there.clear()

        there.add(of_its_own)
        with patch.object(receivers, "_verdicts", verdicts), _connected(of_its_own):
            assert _compared() == [True, "compiled", False]
    del of_its_own
    gc.collect()
    return len(there)


def received_before() -> list[Any]:
    """Return what `_compared` does with receivers of pre_init that do nothing, and something."""
    told = []
    for receiver in (by_sender, always_before):
        with _connected(receiver, pre_init):
            told.append(_compared())
    return told


def always_before(sender: Any, args: Any, **_: Any) -> None:
    if args:
        SEEN.append(sender)


def changed_meanwhile(change: str) -> list[list[Any]]:
    """Return what `_compared` does before, while and after something is another than it was."""
    changes: dict[str, tuple[Any, Callable[[], Any], Callable[[], Any]]] = {
        "router": (ROUTER.receive, lambda: ROUTER.groups.append(Group(Note)), ROUTER.groups.pop),
        "list": (by_list, lambda: WATCHED.append(Note), WATCHED.pop),
        "global": (by_instance, lambda: _rename("Topic", Note), lambda: _rename("Topic", Topic_)),
        "helper": (
            by_helper,
            lambda: _rename("_is_tracked", _yes),
            lambda: _rename("_is_tracked", _is_tracked_),
        ),
        "code": (
            by_instance,
            lambda: setattr(by_instance, "__code__", always.__code__),
            lambda: setattr(by_instance, "__code__", _CODE),
        ),
    }
    receiver, do, undo = changes[change]
    with _connected(receiver):
        told = [_compared()]
        do()
        told.append(_compared())
        undo()
        told.append(_compared())
    return told


Topic_, _is_tracked_, _CODE = Topic, _is_tracked, by_instance.__code__


def _yes(_model: Any) -> bool:
    return True


def _rename(name: str, value: Any) -> None:
    globals()[name] = value
