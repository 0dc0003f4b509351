"""Whether the fast answer and DRF's differ by nothing but the choice among rows that tie."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Window
from django.db.models.expressions import OrderBy
from django.db.models.functions import DenseRank
from django.db.models.query import QuerySet
from rest_framework.generics import GenericAPIView

from rowpath.fast.drf.rows.ways import Page
from rowpath.fast.plan import Member, Object, Value

_RANK = "rowpath_rank"


def only_ties(
    view: GenericAPIView, queryset: QuerySet, page: Page, rendered: Callable[[Any], bytes]
) -> bool:
    """Whether the rows of `page`, read of `queryset` with their keys, are as good as DRF's.

    They are if DRF writes each of them as they are written there, and if they stand in the order
    where DRF's own rows stand: each ties with the one that DRF has in its place.
    """
    keys = [page.marker(row) for row in range(page.count)]
    ours = page.array()
    theirs = [row.pk for row in queryset.all()]
    rows = _unlimited(queryset)
    known = {row.pk: row for row in rows.filter(pk__in=keys)}
    if len(keys) != len(theirs) or not known.keys() >= set(keys):
        return False
    written = view.get_serializer([known[key] for key in keys], many=True).data
    if rendered(written) != ours:
        return False
    rank_of = _ranks(rows, {*keys, *theirs})
    return rank_of is not None and list(map(rank_of.get, keys)) == list(map(rank_of.get, theirs))


def same_rows(ours: Sequence[Any], theirs: Sequence[Any]) -> bool:
    """Whether both are the same rows in another order."""
    return Counter(map(repr, ours)) == Counter(map(repr, theirs))


def same_but_for_lists(
    ours: Sequence[Any],
    theirs: Sequence[Any],
    members: tuple[Member[int], ...],
    tied: frozenset[int],
) -> bool:
    """Whether both are the same rows, if the lists `tied` of `members` are in no certain order.

    Their order is what the database makes of Django's own statement, so it is not looked at.
    """
    settled = (repr([_settled(row, members, tied) for row in rows]) for rows in (ours, theirs))
    return next(settled) == next(settled)


def _settled(row: Any, members: tuple[Member[int], ...], tied: frozenset[int]) -> Any:
    """Return `row` with the lists that are in no certain order in one."""
    found = dict(row)
    for member in members:
        value = found.get(member.key)
        if value is None or isinstance(member, Value):
            continue
        if isinstance(member, Object):
            found[member.key] = _settled(value, member.members, tied)
            continue
        items = value if member.is_flat else [_settled(one, member.members, tied) for one in value]
        found[member.key] = sorted(items, key=repr) if member.rows in tied else items
    return found


def _unlimited(queryset: QuerySet) -> Any:
    rows: Any = queryset._chain()
    rows.query.clear_limits()
    return rows


def _ranks(rows: Any, keys: set[Any]) -> dict[Any, int] | None:
    """Return which place each row has in the order, the same for those that tie; None if unknown.

    All are in one place if there is no order.
    """
    query = rows.query
    terms = query.order_by or (query.default_ordering and query.get_meta().ordering) or ()
    if "?" in terms or not terms or (query.group_by and not query.order_by):
        return dict.fromkeys(keys, 0)
    if not all(_is_column(rows.model, term) for term in terms):
        return None
    ranked = rows.filter(pk__in=keys).annotate(**{_RANK: Window(DenseRank(), order_by=terms)})
    found: dict[Any, int] = {}
    for key, rank in ranked.order_by().values_list("pk", _RANK):
        if found.setdefault(key, rank) != rank:
            return None  # a row that comes more than once, in several places
    return found


def _is_column(model: Any, term: Any) -> bool:
    """Whether a window orders by `term` as the queryset does: not by a relation's own order."""
    inner = term.expression if isinstance(term, OrderBy) else term
    if not isinstance(inner, (str, F)):
        return True
    name = inner if isinstance(inner, str) else inner.name
    for part in name.lstrip("-").split("__"):
        try:
            field = model._meta.get_field(part)
        except (FieldDoesNotExist, AttributeError):
            return True  # pk, an annotation, or a transform
        model = field.related_model
    return model is None or name.lstrip("-").endswith(getattr(field, "attname", None) or "\0")
