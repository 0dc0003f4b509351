"""Everything that keeps a list from being fast, where a request stops at the first of them."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from django.db.models.query import QuerySet
from rest_framework import fields
from rest_framework.generics import GenericAPIView
from rest_framework.relations import HyperlinkedRelatedField, ManyRelatedField
from rest_framework.serializers import ListSerializer, Serializer

from rowpath.fast.django.models import check_instances, check_receivers
from rowpath.fast.django.overrides import has_own
from rowpath.fast.django.querysets import check_queryset, check_relations, crossed
from rowpath.fast.drf.admission.asynchronous import in_front
from rowpath.fast.drf.admission.choosing import chooses_fields
from rowpath.fast.drf.admission.renderers import style_of
from rowpath.fast.drf.admission.serializing import serializer_of
from rowpath.fast.drf.admission.views import class_blockers, front_blockers, paginator_blockers
from rowpath.fast.drf.asynchronous import AsyncFastListMixin, why_adrf_lists
from rowpath.fast.drf.compiling.compile import Refusal, refusals
from rowpath.fast.drf.compiling.places import Columns, Place, Rows
from rowpath.fast.drf.compiling.prepared import place_of
from rowpath.fast.drf.grounds import changed
from rowpath.fast.drf.mixin import FastListMixin
from rowpath.fast.fallback import CannotCompileError, FallBack, Holds
from rowpath.fast.names import named

_log = logging.getLogger("rowpath.fast")


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocker:
    """One reason, and of which kind it is: those of a kind go by one sort of change."""

    fall_back: FallBack
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Blockers:
    """The reasons that were found."""

    found: tuple[Blocker, ...]
    are_all: bool
    """Whether nothing kept the rest from being looked for."""


def view_blockers(view: GenericAPIView) -> tuple[Blocker, ...]:
    """Return what stops `view`, which has the mixin and a request, whatever its queryset is."""
    reasons = [*filter(None, (changed(),)), *class_blockers(type(view), FastListMixin)]
    if not isinstance(view, AsyncFastListMixin):  # which asks for no list()
        reasons += front_blockers(type(view), FastListMixin)
    request = view.request
    reasons += _raised(partial(style_of, request.accepted_renderer, request.accepted_media_type))
    if (paginator := view.paginator) is not None:
        reasons += paginator_blockers(cast("Any", type(paginator)))
    return tuple(map(_by_its_reason, reasons))


def adrf_blockers(view: GenericAPIView) -> tuple[Blocker, ...]:
    """Return why adrf lists in `view`, which is no view of adrf's or has the mixin for these."""
    if not isinstance(view, AsyncFastListMixin):
        return ()
    fronts = in_front(type(view), AsyncFastListMixin)
    reasons = [FallBack(reason=reason) for reason in fronts]
    return tuple(map(_by_its_reason, filter(None, (*reasons, why_adrf_lists(view)))))


def queryset_blockers(view: GenericAPIView, queryset: Any) -> Blockers:
    """Return what stops lists of `queryset`, which `view` has made."""
    reasons = _raised(partial(check_queryset, queryset))
    if not isinstance(queryset, QuerySet):
        return Blockers(found=tuple(map(_by_its_reason, reasons)), are_all=False)
    for check in (check_instances, check_receivers):
        reasons += _raised(partial(check, queryset.model))
    found = list(map(_by_its_reason, reasons))
    columns = Columns()
    are_all = True
    try:
        place = place_of(queryset)
        found += _of_serializer(view, lambda _: place, columns)
        found += map(_by_its_reason, _of_relations(queryset, columns))
    except CannotCompileError as error:
        found.append(_by_its_reason(error.fall_back))
        are_all = False
    except Exception:  # noqa: BLE001 - whatever the project's serializers raise
        _log.debug("Not all that stops lists of %s is told", type(view), exc_info=True)
        are_all = False
    return Blockers(found=_distinct(found), are_all=are_all)


def blockers_without_queryset(view: GenericAPIView) -> tuple[Blocker, ...]:
    """Return what stops any list of the serializer of `view`."""
    try:
        found = tuple(_of_serializer(view, _plain_rows, Columns()))
    except Exception:  # noqa: BLE001 - whatever the project's serializers raise
        return ()
    return _distinct(one for one in found if one.fall_back.holds is Holds.PROCESS)


def _raised(check: Callable[[], object]) -> list[FallBack]:
    try:
        check()
    except CannotCompileError as error:
        return [error.fall_back]
    return []


def _distinct(found: Iterable[Blocker]) -> tuple[Blocker, ...]:
    by_text = {(one.fall_back.field, one.fall_back.reason): one for one in reversed([*found])}
    return tuple(reversed(by_text.values()))


def _of_serializer(
    view: GenericAPIView, place: Callable[[Serializer], Place | None], columns: Columns
) -> Iterator[Blocker]:
    serializer, refused = _serializer(view)
    if refused is not None:
        yield _by_its_reason(refused)
    if serializer is None or (stands := place(serializer)) is None:
        return
    for refusal in refusals(serializer, stands, columns):
        yield Blocker(fall_back=refusal.fall_back, kind=_kind(refusal))


def _serializer(view: Any) -> tuple[Serializer | None, FallBack | None]:
    """Return the serializer that the view would give to its rows, and why not its own one."""
    refused = None
    if has_own(view, GenericAPIView, ("get_serializer",)) or chooses_fields(_class_of(view)):
        try:
            return serializer_of(view), None
        except CannotCompileError as error:
            refused = error.fall_back
    made = _class_of(view)(context=view.get_serializer_context())
    return made, refused


def _class_of(view: GenericAPIView) -> type[Serializer]:
    serializer_class = view.get_serializer_class()
    if not issubclass(serializer_class, Serializer):
        raise CannotCompileError(
            f"{named(serializer_class)} is not a Serializer with fields", holds=Holds.PROCESS
        )
    return serializer_class


def _plain_rows(serializer: Serializer) -> Place | None:
    model = getattr(getattr(serializer, "Meta", None), "model", None)
    return None if model is None else Rows(model=model)


def _of_relations(queryset: QuerySet, columns: Columns) -> Iterator[FallBack]:
    """Yield what stops the relations that `columns` cross, one after the other."""
    read = frozenset(one.way for one in columns.lists)
    firsts = {one.hops[0]: one for one in columns.fields() if one.hops}
    for columns_of_one in ((), *((column,) for column in firsts.values())):
        yield from _raised(partial(check_relations, queryset, crossed(columns_of_one), read))


def _by_its_reason(reason: FallBack) -> Blocker:
    return Blocker(fall_back=reason, kind=by_its_reason(reason.reason))


# What many models have from one class or hear of by one function, which is one thing to change.
_OF_MODELS = {" has the ": "the {}, which models have", " has a receiver of ": "a receiver of {}"}


def by_its_reason(reason: str) -> str:
    """Return the kind of a reason that is like no other; of models, that of what they share."""
    if reason.startswith("it is not certain that Django prefetches "):
        return "prefetches that nothing reads and Django may refuse"
    for words, kind in _OF_MODELS.items():
        _, found, what = reason.partition(words)
        if found:
            return kind.format(what)
    return reason


def _kind(refusal: Refusal) -> str:
    """Return what a project has many of, or else the reason itself."""
    field, reason = refusal.field, refusal.fall_back.reason
    if field is None:
        return reason
    kinds = {
        "method fields": isinstance(field, fields.SerializerMethodField),
        "to-many relations": isinstance(field, (ManyRelatedField, ListSerializer)),
        "hyperlinks": isinstance(field, HyperlinkedRelatedField),
        'fields whose source is "*"': field.source == "*",
        "properties and methods of models": "which needs an instance" in reason,
        "fields of classes that are not DRF's": named(type(field)) != type(field).__name__,
    }
    return next((kind for kind, is_so in kinds.items() if is_so), by_its_reason(reason))
