"""The instances of querysets, by Django and by compiled code in its place."""

import copy
import gc
import pickle
from contextlib import nullcontext
from typing import Any
from unittest import mock
from weakref import ref

from django.db import connections, models
from django.db.models.base import DEFERRED
from django.db.models.query import ModelIterable
from django.db.models.signals import post_init
from django.db.models.sql.compiler import SQLCompiler
from django.test.utils import CaptureQueriesContext, override_settings
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.pagination import PageNumberPagination
from rest_framework.test import APIRequestFactory

from fast.made import compared, described, made
from fast.shop.making.models import CheckedField, Odd, Shelf, Thing
from fast.shop.making.querysets import QUERYSETS, queryset_of
from rowpath.fast.django.making import iterable, makers
from rowpath.fast.drf import FastListMixin, outcome_of


def both(of: str, alias: str, options: dict[str, Any]) -> list[Any]:
    """Return both descriptions of a queryset's instances as text, and who made them."""
    with override_settings(**options):
        theirs, ours, who = compared(lambda: queryset_of(of, alias))
    is_by_rowpath = QUERYSETS[of][1]
    return [repr(theirs), repr(ours), who, "rowpath" if is_by_rowpath else "Django"]


def _instances(alias: str) -> tuple[Any, Any]:
    """Return the same instance by Django and by rowpath, with a relation that is loaded."""
    queryset = Thing.objects.using(alias).select_related("shelf").defer("name").filter(pk=2)
    (theirs,), _ = made(queryset.all(), by_rowpath=False)
    (ours,), who = made(queryset.all(), by_rowpath=True)
    assert who == "rowpath"
    return theirs, ours


def uses(alias: str) -> list[Any]:
    """Return, of what one does with an instance, what comes of it by Django and by rowpath."""
    found = []
    for use in (_pickled, _copied, _refreshed, _saved, _deferred, _assigned):
        both_of = [repr(use(one)) for one in _instances(alias)]
        found.append([use.__name__, *both_of])
    return found


def _pickled(one: Any) -> Any:
    return described(pickle.loads(pickle.dumps(one)))  # noqa: S301 - ours


def _copied(one: Any) -> Any:
    return described(copy.copy(one)), described(copy.deepcopy(one))


def _refreshed(one: Any) -> Any:
    one.refresh_from_db()
    return described(one), one.get_deferred_fields()


def _saved(one: Any) -> Any:
    one.ratio = 0.5
    with CaptureQueriesContext(connections[one._state.db]) as sent:
        one.save()
    return described(one), [query["sql"] for query in sent]


def _deferred(one: Any) -> Any:
    deferred = one.get_deferred_fields()
    return deferred, one.name, described(one), one == Thing(pk=2), hash(one)


def _assigned(one: Any) -> Any:
    one.shelf_id = 2 if one.shelf_id == 1 else 1
    return described(one), one.shelf.name


class _Written(serializers.ModelSerializer[Any]):
    loud = serializers.SerializerMethodField()

    class Meta:
        model = Thing
        fields = ("id", "name", "small", "moment", "shelf", "loud")

    def get_loud(self, thing: Any) -> Any:
        return [thing.name.upper(), [*vars(thing)]]


class _Pages(PageNumberPagination):
    page_size = 2


def _view(*bases: type, paged: bool = False, **members: Any) -> Any:
    given = {
        "queryset": Thing.objects.order_by("pk"),
        "serializer_class": _Written,
        "pagination_class": _Pages if paged else None,
    }
    return type("View", (*bases, ListAPIView), given | members)


def _asked(view: Any) -> Any:
    return view.as_view()(APIRequestFactory().get("/", HTTP_ACCEPT="application/json")).render()


def lists(*, paged: bool, making: bool, few: int) -> list[Any]:
    """Return a list's bytes by DRF and by rowpath, their statements, and how many rowpath made."""
    count: list[int] = []

    def noted(*given: Any) -> Any:
        count.append(1)
        return makers.instances_of(*given)

    told = []
    with override_settings(ROWPATH={"making": making}):
        for bases in ((), (FastListMixin,)):
            with (
                CaptureQueriesContext(connections["default"]) as sent,
                mock.patch.object(iterable, "instances_of", noted),
                mock.patch.object(iterable, "FEW_ROWS", few),
            ):
                response = _asked(_view(*bases, paged=paged))
            told.append([response.content.decode(), [query["sql"] for query in sent]])
    outcome: Any = outcome_of(response)
    return [*told, count, outcome.way]


def left_as_it_was() -> list[Any]:
    """Return what a list's queryset and page are afterwards, and the names in their pickles."""
    kept: list[Any] = []

    class Keeping:
        def filter_queryset(self, queryset: Any) -> Any:
            kept.append(super().filter_queryset(queryset))
            return kept[-1]

    whole = _asked(_view(Keeping, FastListMixin))
    _asked(_view(Keeping, FastListMixin, paged=True))
    [first, second] = kept
    page = second[:2]
    with iterable.made_by_rowpath(second):
        clone = second[:2]
    return [
        whole.status_code,
        first._iterable_class is ModelIterable,
        first._result_cache is not None,
        second._iterable_class is ModelIterable,
        page._iterable_class is ModelIterable,
        clone._iterable_class is iterable.CompiledIterable,
        b"rowpath" in pickle.dumps(clone),
        pickle.loads(pickle.dumps(clone))._iterable_class is ModelIterable,  # noqa: S301
    ]


def with_receivers() -> list[Any]:
    """Return who makes instances if somebody listens, and of how many they hear by each."""
    heard: list[Any] = []

    def hear(instance: Any, **_: Any) -> None:
        heard.append(instance.pk)

    found = []
    for sender in (Thing, Shelf):
        post_init.connect(hear, sender=sender)
        for by_rowpath in (False, True):
            heard.clear()
            queryset = Thing.objects.select_related("shelf").order_by("pk")
            _, who = made(queryset, by_rowpath=by_rowpath)
            found.append([who, len(heard)])
        post_init.disconnect(hear, sender=sender)
    return [found, made(Thing.objects.all(), by_rowpath=True)[1]]


def patched() -> list[Any]:
    """Return how often a function in Django's place is called by Django, and with rowpath."""
    found = []
    for owner, name in (
        (models.Model, "from_db"),
        (models.Model, "__init__"),
        (ModelIterable, "__iter__"),
        (SQLCompiler, "apply_converters"),
    ):
        calls: list[Any] = []
        found.append([name, *(_called(owner, name, calls, by_rowpath=by) for by in (False, True))])
    return found


def _called(owner: Any, name: str, calls: list[Any], *, by_rowpath: bool) -> int:
    real = vars(owner)[name]
    function = getattr(real, "__func__", real)

    def noted(*args: Any, **kwargs: Any) -> Any:
        calls.append(name)
        return function(*args, **kwargs)

    calls.clear()
    wrapped = classmethod(noted) if isinstance(real, classmethod) else noted
    with mock.patch.object(owner, name, wrapped):
        made(Thing.objects.order_by("pk"), by_rowpath=by_rowpath)
    return len(calls)


def with_a_defect() -> list[Any]:
    """Return both descriptions where rowpath raises inside, who made them, and the statements."""
    with (
        mock.patch.object(makers, "instances_of", side_effect=KeyError("moved")),
        CaptureQueriesContext(connections["default"]) as sent,
    ):
        theirs, ours, who = compared(lambda: Thing.objects.select_related("shelf").order_by("pk"))
    return [theirs == ours, who, len(sent)]


def in_pieces(alias: str) -> list[Any]:
    """Return both descriptions of what an iterator gives, and who made it."""
    told = []
    for by_rowpath in (False, True):
        queryset = Thing.objects.using(alias).order_by("pk")
        few = mock.patch.object(iterable, "FEW_ROWS", 0)
        with few, iterable.made_by_rowpath(queryset) if by_rowpath else nullcontext():
            told.append(repr([described(one) for one in queryset.iterator(chunk_size=2)]))
    return told


def let_go() -> list[bool]:
    """Return whether rows are gone as soon as nobody has them: few, and made by compiled code."""
    found = []
    gc.disable()
    for few in (100, 0):
        queryset = Shelf.objects.order_by("pk")
        with mock.patch.object(iterable, "FEW_ROWS", few), iterable.made_by_rowpath(queryset):
            one = next(iter(queryset))
        kept: list[Any] = [ref(one), ref(queryset)]
        del one, queryset
        found += [left() is None for left in kept]
    gc.enable()
    return found


def what_raises() -> list[Any]:
    """Return what is raised of a conversion, by Django and by rowpath."""

    def refuse(_field: Any, value: Any, *_: Any) -> Any:
        raise ValueError(value)

    with mock.patch.object(CheckedField, "from_db_value", refuse):
        return [made(Odd.objects.all(), by_rowpath=by)[0] for by in (False, True)]


def what_is_deferred_by_a_conversion() -> list[Any]:
    """Return both descriptions where a conversion says that a column is deferred."""
    with mock.patch.object(CheckedField, "from_db_value", return_value=DEFERRED):
        theirs, ours, who = compared(Odd.objects.all)
    return [repr(theirs), repr(ours), who]


def order_is_seen() -> bool:
    """Return whether instances that differ only in the order of their attributes are told apart."""
    [one], _ = made(Shelf.objects.filter(pk=1), by_rowpath=False)
    other = copy.copy(one)
    vars(other)["id"] = vars(other).pop("id")
    turned = copy.copy(one)
    turned._state.db = turned._state.__dict__.pop("db")
    turned._state.adding = turned._state.__dict__.pop("adding")
    return described(one) not in (described(other), described(turned))
