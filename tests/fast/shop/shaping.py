"""Querysets that are made at random, told apart by their shapes and by their SQL."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet, FieldError, FullResultSet
from django.db import connection
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Upper
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fast.shop.models import Category, Detail, Note, Product
from rowpath.fast.django.counting import count_by
from rowpath.fast.django.shapes import shape_of
from rowpath.fast.django.slices import is_slice

Step = Callable[[QuerySet[Any]], QuerySet[Any]]

_NUMBERS = st.integers(-3, 3)
_TEXTS = st.sampled_from(("", "a", "A%", "b_", "1"))
_DATES = st.sampled_from((dt.date(2020, 1, 1), dt.date(2024, 2, 29)))
_DECIMALS = st.sampled_from((Decimal(0), Decimal("1.50"), Decimal("1.5")))
_FLOATS = st.sampled_from((0.0, -0.0, 1.0, 2.5))
# Of each lookup the values that are hard to tell apart: 1 and True, None and the rest.
_LOOKUPS: dict[type[Any], dict[str, st.SearchStrategy[Any]]] = {
    Product: {
        "count": _NUMBERS | st.booleans() | st.none(),
        "count__gt": _NUMBERS | st.booleans() | _FLOATS,
        "count__in": st.lists(_NUMBERS | st.none(), max_size=3) | st.lists(st.booleans()),
        "count__range": st.tuples(_NUMBERS, _NUMBERS),
        "name": _TEXTS | st.none(),
        "name__contains": _TEXTS,
        "name__iexact": _TEXTS | st.none(),
        "name__regex": _TEXTS,
        "active": st.booleans() | st.sampled_from((0, 1)),
        "description__isnull": st.booleans(),
        "price__lte": _DECIMALS | _NUMBERS,
        "ratio": _FLOATS | _NUMBERS | st.none(),
        "released": _DATES | st.none(),
        "created__date": _DATES,
        "created__year": st.integers(2019, 2024),
        "category": _NUMBERS | st.none(),
        "category__in": st.lists(_NUMBERS, max_size=3),
        "category__isnull": st.booleans(),
        "category__name": _TEXTS | st.none(),
        "category__parent__name__startswith": _TEXTS,
        "main__parent": _NUMBERS | st.none(),
        "main__products__count": _NUMBERS | st.none(),
        "detail__note": _TEXTS | st.none(),
    },
    Category: {
        "name": _TEXTS,
        "parent__isnull": st.booleans(),
        "products__count__gt": _NUMBERS,
        "mains__active": st.booleans(),
        "products__detail__note": _TEXTS | st.none(),
    },
    Detail: {
        "note": _TEXTS | st.none(),
        "product__category__name": _TEXTS | st.none(),
        "product__count": _NUMBERS,
    },
    Note: {
        "text": _TEXTS,
        "topic__name": _TEXTS | st.none(),
        "home__name": _TEXTS,
        "owner__username": _TEXTS,
    },
}
_ORDERS: dict[type[Any], tuple[str, ...]] = {
    Product: ("id", "-id", "pk", "name", "-count", "category__name", "-category", "main__name"),
    Category: ("id", "-name", "parent__name", "products__name", "?"),
    Detail: ("id", "note", "product__name", "-product__category"),
    Note: ("id", "-text", "topic__name", "home"),
}
_RELATED: dict[type[Any], tuple[str, ...]] = {
    Product: ("category", "main", "category__parent", "main__parent", "detail"),
    Category: ("parent", "parent__parent"),
    Detail: ("product", "product__category"),
    Note: ("topic", "home", "owner"),
}


_TURNING: tuple[Step, ...] = (lambda rows: rows.distinct(), lambda rows: rows.reverse())


def _conditions(model: type[Any]) -> st.SearchStrategy[Q]:
    def one(name: str) -> st.SearchStrategy[Q]:
        return _LOOKUPS[model][name].map(lambda value: Q(**{name: value}))

    plain = st.sampled_from(sorted(_LOOKUPS[model])).flatmap(one)
    both = st.tuples(plain, plain)
    return plain | both.map(lambda pair: pair[0] | pair[1]) | plain.map(lambda q: ~q)


def _names(model: type[Any]) -> list[str]:
    return [name.partition("__")[0] for name in _LOOKUPS[model]]


def _steps(model: type[Any]) -> st.SearchStrategy[Step]:
    conditions = _conditions(model)
    orders = st.lists(st.sampled_from(_ORDERS[model]), max_size=2)
    related = st.lists(st.sampled_from(_RELATED[model]), min_size=1, max_size=2)
    names = st.lists(st.sampled_from(_names(model)), max_size=2)
    kinds: list[st.SearchStrategy[Step]] = [
        conditions.map(lambda q: lambda rows: rows.filter(q)),
        conditions.map(lambda q: lambda rows: rows.exclude(q)),
        orders.map(lambda by: lambda rows: rows.order_by(*by)),
        related.map(lambda to: lambda rows: rows.select_related(*to)),
        names.map(lambda of: lambda rows: rows.only(*of)),
        names.map(lambda of: lambda rows: rows.defer(*of)),
        st.sampled_from(
            (
                lambda rows: rows.annotate(twice=F("id") * 2),
                lambda rows: rows.annotate(many=Count("pk")),
                lambda rows: rows.order_by(Upper("pk")),
                lambda rows: rows.select_related(None),
                lambda rows: rows.none(),
                lambda rows: rows.values("pk"),
            )
        ),
    ]
    return st.one_of(kinds)


def _of_one_lookup(model: type[Any]) -> st.SearchStrategy[list[Q]]:
    def some(name: str) -> st.SearchStrategy[list[Q]]:
        values = st.lists(_LOOKUPS[model][name], min_size=4, max_size=8)
        return values.map(lambda chosen: [Q(**{name: value}) for value in chosen])

    return st.sampled_from(sorted(_LOOKUPS[model])).flatmap(some)


@st.composite
def _alike(draw: st.DrawFn) -> list[QuerySet[Any]]:
    """Draw querysets each with one step more, less or other than another, so many are of a shape.

    They are sliced at random, which no shape has in its key.
    """
    model: type[Any] = draw(st.sampled_from(tuple(_LOOKUPS)))
    common: list[Step] = draw(st.lists(_steps(model), max_size=3))
    more: list[Step] = draw(st.lists(_steps(model), min_size=4, max_size=4))
    with_values: list[Q] = draw(_of_one_lookup(model))
    start: int = draw(st.integers(0, 3))
    stop: int | None = draw(st.none() | st.integers(4, 6))
    less = [[*common[:at], *common[at + 1 :]] for at in range(len(common))]
    made = []
    for steps in (common, *less, *([*common, step] for step in (*more, *_TURNING))):
        rows = model.objects.all()
        for step in steps:
            rows = rows if _refuses(rows, step) else step(rows)
        made += [rows.filter(with_values[0]), rows.filter(with_values[1])[start:stop]]
        made += [rows.exclude(with_values[0])[start:stop], rows.exclude(with_values[1]), rows]
        if steps is common:
            made += [rows.filter(condition) for condition in with_values]
    return made


def _refuses(rows: QuerySet[Any], step: Step) -> bool:
    """Whether Django has no such queryset, as of select_related() after values()."""
    try:
        step(rows)
    except (TypeError, ValueError):
        return True
    return False


def _compiled(rows: QuerySet[Any]) -> tuple[str, tuple[Any, ...] | None]:
    try:
        sql, params = rows.query.get_compiler(using=rows.db).as_sql(with_limits=False)
    except (EmptyResultSet, FieldError, FullResultSet) as error:
        return type(error).__name__, None
    return sql, tuple(params)


class _Unread:
    """Querysets that Hypothesis does not read when it prints what it has found."""

    def __init__(self, querysets: list[QuerySet[Any]]) -> None:
        self.querysets = querysets


def _hunting(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )


def differing(examples: int) -> dict[str, Any]:
    """Return how many of the querysets have the shape of another, and those with another SQL."""
    same = 0
    wrong: list[list[str]] = []

    @_hunting(examples)
    @given(_alike().map(_Unread))
    def compare(alike: _Unread) -> None:
        nonlocal same
        of_keys: dict[Any, str] = {}
        for rows in alike.querysets:
            if (shape := shape_of(rows.query, connection)) is None:
                continue
            sql, params = _compiled(rows)
            same += shape.key in of_keys
            first = of_keys.setdefault(shape.key, sql)
            if sql != first or params not in (None, shape.params):
                wrong.append([first, sql, str(params), str(shape.params)])

    compare()
    return {"same": same, "wrong": wrong[:3]}


def sliced(examples: int) -> dict[str, Any]:
    """Return how many querysets are taken for slices of another, and those with another SQL.

    `lost` are slices of a queryset, as a paginator takes them, that are not known as such.
    """
    same = 0
    wrong: list[list[str]] = []
    lost: list[str] = []

    @_hunting(examples)
    @given(_alike().map(_Unread))
    def compare(alike: _Unread) -> None:
        nonlocal same
        known = [(rows, _compiled(rows.all())) for rows in alike.querysets]
        for rows, compiled in known:
            for page in _pages(rows):
                if not is_slice(page, rows):
                    lost.append(compiled[0])
                for other, of_other in known:
                    if is_slice(page, other):
                        same += 1
                        if (found := _compiled(page.all())) != of_other:
                            wrong.append([found[0], of_other[0]])

    compare()
    return {"same": same, "wrong": wrong[:3], "lost": lost[:3]}


def _pages(rows: QuerySet[Any]) -> list[QuerySet[Any]]:
    """Return what a paginator reads of `rows`: all, and some unless there are none."""
    whole = rows.all()
    count_by(lambda *_: None, whole.query)
    some = whole[1:2]
    return [whole] if some.query.is_empty() else [whole, some]


# What a paginator's own code may do to a queryset, in place or not: none of it leaves a slice.
_CHANGES: dict[str, Callable[[QuerySet[Any]], Any]] = {
    "filter": lambda rows: rows.filter(count__gt=1),
    "exclude": lambda rows: rows.exclude(count=1),
    "none": lambda rows: rows.none(),
    "order_by": lambda rows: rows.order_by("name"),
    "reverse": lambda rows: rows.reverse(),
    "distinct": lambda rows: rows.distinct(),
    "only": lambda rows: rows.only("name"),
    "select_related": lambda rows: rows.select_related("main"),
    "annotate": lambda rows: rows.annotate(many=Count("pk")),
    "extra": lambda rows: rows.extra(where=["1 = 1"]),
    "values": lambda rows: rows.values("name"),
    "using": lambda rows: rows.using("default"),
    "select_for_update": lambda rows: rows.select_for_update(),
    "union": lambda rows: rows.union(Product.objects.all()),
    "another": lambda _: Product.objects.order_by("pk"),
    "query.clear_ordering": lambda rows: rows.query.clear_ordering(force=True),
    "query.add_q": lambda rows: rows.query.add_q(Q(count__gt=1)),
    "query.where.negate": lambda rows: rows.query.where.negate(),
    "query.where.children": lambda rows: rows.query.where.children.pop(),
    "query.distinct": lambda rows: setattr(rows.query, "distinct", True),
    "query.subclass": lambda rows: setattr(
        rows.query, "__class__", type("Own", (type(rows.query),), {})
    ),
    "hints": lambda rows: setattr(rows, "_hints", {"own": 1}),
    "result": lambda rows: setattr(rows, "_result_cache", []),
    "attribute": lambda rows: setattr(rows, "own", 1),
}


def changed() -> list[str]:
    """Return which changes of a queryset leave what is taken for a slice of it."""
    found = []
    for name, change in _CHANGES.items():
        rows: Any = Product.objects.filter(count__gte=0).select_related("category").order_by("pk")
        paged: Any = rows.all()
        if isinstance(made := change(paged), QuerySet):
            paged = made
        if is_slice(paged, rows) or not is_slice(rows.all(), rows):
            found.append(name)
    return found
