"""The instances of querysets, by Django and by compiled code in its place."""

import copy
import gc
import pickle
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest import mock
from uuid import UUID
from weakref import ref

from django.db import connections, models
from django.db.models import Count, FilteredRelation, Max, Prefetch, Q, Value
from django.db.models.base import DEFERRED
from django.db.models.expressions import Col
from django.db.models.query import ModelIterable, QuerySet
from django.db.models.signals import post_init
from django.db.models.sql.compiler import SQLCompiler
from django.test.utils import CaptureQueriesContext, override_settings
from hypothesis import given, settings
from hypothesis import strategies as st
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.pagination import PageNumberPagination
from rest_framework.test import APIRequestFactory

from fast.exact import exact
from fast.made import compared, described, made
from rowpath.fast._making import Converter, Instances, Maker
from rowpath.fast.django.making import converters, iterable, makers
from rowpath.fast.drf import FastListMixin, outcome_of

LITE = "lite"


class Shelf(models.Model):
    name = models.CharField(max_length=20)

    class Meta:
        app_label = "shop"


class Thing(models.Model):
    """A model with a column of each kind that Django makes in a way of its own."""

    name = models.CharField(max_length=20)
    file = models.FileField(null=True)
    image = models.ImageField(null=True)
    identifier = models.UUIDField(null=True)
    small = models.DecimalField(max_digits=8, decimal_places=3, null=True)
    is_new = models.BooleanField(null=True)
    moment = models.DateTimeField(null=True)
    day = models.DateField(null=True)
    hour = models.TimeField(null=True)
    lasts = models.DurationField(null=True)
    ratio = models.FloatField(null=True)
    data = models.JSONField(null=True)
    stored = models.BinaryField(null=True)
    shelf = models.ForeignKey(Shelf, null=True, on_delete=models.CASCADE, related_name="things")
    twin = models.OneToOneField("self", null=True, on_delete=models.CASCADE, related_name="other")

    class Meta:
        app_label = "shop"


class Tool(Thing):
    """A thing whose other columns stand in a table of their own."""

    weight = models.DecimalField(max_digits=12, decimal_places=0)

    class Meta:
        app_label = "shop"


class Alias(Thing):
    class Meta:
        app_label = "shop"
        proxy = True


class Loud(models.Model):
    """A model that has a hand in making its instances."""

    name = models.CharField(max_length=20)

    class Meta:
        app_label = "shop"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.was = self.name


class Behind:
    """What Model.__init__() calls last, if it stands behind Model."""

    def __init__(self) -> None:
        self.called = True


class Followed(models.Model, Behind):
    name = models.CharField(max_length=20)

    class Meta:
        app_label = "shop"


class Checked:
    """An attribute that looks at what it is set to."""

    def __init__(self, field: Any) -> None:
        self.field = field

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        return self if instance is None else instance.__dict__["name"]

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__["seen"] = sorted(instance._state.fields_cache)
        instance.__dict__["name"] = value.upper()


class CheckedField(models.CharField):
    descriptor_class = Checked

    def from_db_value(self, value: Any, *_: Any) -> Any:
        return f"{value}!"


class Odd(models.Model):
    """A model with an attribute and a conversion of the project's own."""

    shelf = models.ForeignKey(Shelf, on_delete=models.CASCADE)
    name = CheckedField(max_length=20)
    beside = models.ForeignKey(Shelf, on_delete=models.CASCADE, related_name="+")

    class Meta:
        app_label = "shop"


MODELS = (Shelf, Thing, Tool, Loud, Followed, Odd)


def begin() -> None:
    """Make the tables and their rows, in PostgreSQL and in SQLite."""
    own = dict(connections.databases["default"])
    own |= {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:", "OPTIONS": {}}
    connections.databases[LITE] = own
    for alias in ("default", LITE):
        with connections[alias].schema_editor() as editor:
            for model in MODELS:
                editor.create_model(model)
        _fill(alias)


def _fill(alias: str) -> None:
    shelves = Shelf.objects.using(alias).bulk_create(Shelf(pk=i, name=f"s{i}") for i in (1, 2))
    for i, small in enumerate(_DECIMALS, 1):
        Tool.objects.using(alias).create(pk=i, weight=i, **_columns(i, small))
    for i, twin in ((41, 9), (42, 41)):
        Thing.objects.using(alias).create(pk=i, twin_id=twin, **_columns(i, Decimal(i)))
    Thing.objects.using(alias).create(pk=43, name="null")
    for model in (Loud, Followed):
        model.objects.using(alias).create(name="x")
    Odd.objects.using(alias).create(name="odd", shelf=shelves[0], beside=shelves[1])


_DECIMALS = [
    Decimal(text)
    for text in ("0", "0.001", "-0.001", "1.5", "-99999.999", "12345.678", "0.1", "2.675", "3")
]


def _columns(i: int, small: Decimal) -> dict[str, Any]:
    return {
        "name": f"thing {i}",
        "file": f"f{i}",
        "image": "",
        "identifier": UUID(int=i),
        "small": small,
        "is_new": i % 2 == 0,
        "moment": datetime(2024, 3, 31, 1, 30, i, 1000 * i, tzinfo=UTC),
        "day": datetime(2024, 2, i % 28 + 1, tzinfo=UTC).date(),
        "hour": datetime(2024, 1, 1, i % 24, tzinfo=UTC).time(),
        "lasts": timedelta(days=i, microseconds=i),
        "ratio": i / 3,
        "data": {"i": [i, None]},
        "stored": bytes([i]),
        "shelf_id": i % 2 + 1,
    }


def _shelf(alias: str) -> Shelf:
    return Shelf.objects.using(alias).get(pk=1)


def _near(alias: str) -> QuerySet[Any]:
    near = FilteredRelation("shelf", condition=Q(shelf__name="s1"))
    return Thing.objects.using(alias).annotate(near=near).select_related("near", "shelf")


def _of_peers(alias: str) -> QuerySet[Any]:
    """Return a queryset whose instances know each other, which there is since Django 6.1."""
    found: Any = Thing.objects.using(alias).select_related("shelf", "twin").defer("data")
    return found.fetch_mode(models.FETCH_PEERS) if hasattr(found, "fetch_mode") else found


# By name, of an alias: and whether compiled code makes the instances.
QUERYSETS: dict[str, tuple[Callable[[str], QuerySet[Any]], bool]] = {
    "all": (Thing.objects.using, True),
    "alias": (Alias.objects.using, True),
    "inheriting": (Tool.objects.using, True),
    "only": (lambda alias: Thing.objects.using(alias).only("name", "shelf"), True),
    "defer": (lambda alias: Thing.objects.using(alias).defer("name", "shelf", "data"), True),
    "only of a parent": (lambda alias: Tool.objects.using(alias).only("weight"), True),
    "related": (lambda alias: Thing.objects.using(alias).select_related("shelf"), True),
    "nested": (
        lambda alias: Thing.objects.using(alias).select_related("twin__twin__shelf", "shelf"),
        True,
    ),
    "reverse": (
        lambda alias: Thing.objects.using(alias).select_related("other__shelf", "tool"),
        True,
    ),
    "back to a parent": (lambda alias: Tool.objects.using(alias).select_related("other"), True),
    "deferred within": (
        lambda alias: Thing.objects.using(alias).select_related("shelf").only("name", "shelf__id"),
        True,
    ),
    "filtered relation": (_near, True),
    "annotated": (
        lambda alias: Thing.objects.using(alias).annotate(
            n=Count("other"), w=Value(Decimal("1.10")), m=Max("moment"), s=Max("small"), b=Q(pk=1)
        ),
        True,
    ),
    "of a manager": (lambda alias: _shelf(alias).things.all(), True),
    "of a manager, related": (
        lambda alias: _shelf(alias).things.select_related("shelf", "twin"),
        True,
    ),
    "of a manager, deferred": (lambda alias: _shelf(alias).things.defer("name"), False),
    "of two": (lambda alias: _shelf(alias).things.all() | Thing.objects.using(alias), True),
    "peers": (_of_peers, True),
    "prefetched": (
        lambda alias: Shelf.objects.using(alias).prefetch_related(
            "things", Prefetch("things", Thing.objects.filter(pk__gt=3), to_attr="few")
        ),
        True,
    ),
    "sliced": (lambda alias: Thing.objects.using(alias)[2:5], True),
    "none": (lambda alias: Thing.objects.using(alias).none(), True),
    "no row": (lambda alias: Thing.objects.using(alias).filter(name="-"), True),
    "extra": (lambda alias: Thing.objects.using(alias).extra(select={"x": "1 + 1"}), True),
    "union": (
        lambda alias: Thing.objects.using(alias).filter(pk=1).union(Thing.objects.using(alias)),
        True,
    ),
    "own attribute": (Odd.objects.using, True),
    "own attribute, related": (
        lambda alias: Odd.objects.using(alias).select_related("beside"),
        True,
    ),
    "own init": (Loud.objects.using, False),
    "init behind": (Followed.objects.using, False),
    "values": (lambda alias: Thing.objects.using(alias).values("name"), False),
}
UNORDERED = ("union", "values", "none", "sliced")


def names() -> list[str]:
    """Return the names of all querysets."""
    return [*QUERYSETS]


def _made(name: str, alias: str) -> QuerySet[Any]:
    found = QUERYSETS[name][0](alias)
    return found if name in UNORDERED else found.order_by("pk")


def both(of: str, alias: str, options: dict[str, Any]) -> list[Any]:
    """Return both descriptions of a queryset's instances as text, and who made them."""
    with override_settings(**options):
        theirs, ours, who = compared(lambda: _made(of, alias))
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


def numbers() -> list[int]:
    """Hold what SQLite's values become against Django, and return how many each asked Django.

    Raises AssertionError.
    """
    asked: list[Any] = []

    @settings(max_examples=2_000, derandomize=True, database=None)
    @given(_NUMBERS, st.integers(0, 9), st.integers(1, 12))
    def are_djangos(value: Any, places: int, digits: int) -> None:
        field = models.DecimalField(max_digits=max(digits, places), decimal_places=places)
        ours, theirs = _converted(value, Col("t", field), asked)
        assert ours == theirs

    are_djangos()
    return [2_000, len(asked)]


def halves() -> list[Any]:
    """Return the numbers in the midst of two that become other decimals than by Django."""
    found = []
    for places in range(7):
        column = Col("t", models.DecimalField(max_digits=12, decimal_places=places))
        numbers = ((number + 0.5) / 10**places for number in range(-300, 300))
        for number in numbers:
            ours, theirs = _converted(number, column, [])
            if ours != theirs:
                found.append([number, places, ours, theirs])
    return found


_NUMBERS = st.one_of(
    st.none(),
    st.integers(),
    st.integers(-(10**11), 10**11),
    st.floats(),
    st.floats(-1, 1),
    st.decimals(-(10**8), 10**8, allow_nan=False, places=3).map(float),
    st.decimals(-100, 100, allow_nan=False, places=2).map(float),
    st.sampled_from([-0.0, 0.0, 0.5, 0.125, 2.675, 1e15, 1e22, 99999.995, True, Decimal("0.1")]),
)


def _converted(value: Any, column: Col, asked: list[Any]) -> list[Any]:
    """Return what a value becomes by compiled code and by Django, or what is raised."""
    connection = connections[LITE]
    call = connection.ops.get_decimalfield_converter(column)
    quicker = converters._quicker_on_sqlite()(call, column)
    assert quicker

    def theirs(*given: Any) -> Any:
        asked.append(given)
        return call(*given)

    def ours(*given: Any) -> Any:
        maker = Maker(_Made, [("value", 0, 1)], _Made, (), object())
        by_compiled = Converter(0, theirs, *given[1:], **quicker)
        [one] = Instances([(given[0],)], [by_compiled], maker, (), None)
        return one.value

    found = []
    for convert in (ours, call):
        try:
            found.append(exact(convert(value, column, connection)))
        except Exception as error:  # noqa: BLE001 - both have to raise it
            found.append([type(error).__name__])
    return found


class _Made:
    value: Any


def order_is_seen() -> bool:
    """Return whether instances that differ only in the order of their attributes are told apart."""
    [one], _ = made(Shelf.objects.filter(pk=1), by_rowpath=False)
    other = copy.copy(one)
    vars(other)["id"] = vars(other).pop("id")
    turned = copy.copy(one)
    turned._state.db = turned._state.__dict__.pop("db")
    turned._state.adding = turned._state.__dict__.pop("adding")
    return described(one) not in (described(other), described(turned))
