"""One list of a view whose rows Django makes: written from its instances, or given as data."""

from collections.abc import Sequence
from typing import Any, cast
from weakref import WeakKeyDictionary

from django.db.models.query import QuerySet
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, ListSerializer, Serializer

from rowpath.fast.django.overrides import overridden
from rowpath.fast.drf.admission.askers import asked_of_instances, asks_for_data
from rowpath.fast.drf.admission.renderers import style_of
from rowpath.fast.drf.answering.enveloping import enveloping, has_drfs_envelope, why_drf_renders
from rowpath.fast.drf.answering.lazy import LazyList, is_refusal, is_unread
from rowpath.fast.drf.answering.ordinary import ListData
from rowpath.fast.drf.answering.responses import FastResponse
from rowpath.fast.drf.answering.shadow import turned_off
from rowpath.fast.drf.compiling.batch import batched
from rowpath.fast.drf.data.members import represents_as_drf
from rowpath.fast.drf.grounds import data_changed, rendering_changed
from rowpath.fast.drf.instances.rows import may_stand_in
from rowpath.fast.drf.instances.source import InstancesSource
from rowpath.fast.drf.instances.written import Written
from rowpath.fast.drf.making import making
from rowpath.fast.drf.options import options
from rowpath.fast.drf.steps import step
from rowpath.fast.encoding.objects import objects
from rowpath.fast.fallback import CannotCompileError, FallBack
from rowpath.fast.plan import JsonStyle
from rowpath.fast.stores import kept

# What ListSerializer has to have of DRF for its rows to be what `data` is made of.
_OF_LIST = ("to_representation", "data")
# What a serializer has of its own that was given data, or has made its own already.
_OF_DATA = ("initial_data", "_data", "_errors")


class Listing:
    """Answers one list of `view` as ListModelMixin does, from where it has its rows."""

    def __init__(self, view: Any, request: Request) -> None:
        self.made: str | None = None
        """What rowpath has made of the rows, as an outcome tells it."""
        self._view = view
        self._request = request

    def answer(self, rows: Sequence[Any] | QuerySet, *, is_page: bool) -> Response:
        """Return the response that has `rows`."""
        view = self._view
        serializer = view.get_serializer(rows, many=True)
        made = self._begun(serializer)
        with making(rows):
            if made is not None and not is_page and (found := self._streamed(made[0])) is not None:
                return found
            with batched(serializer):
                if made is not None:
                    made[0].write()
                data = self._data(serializer) if made is None else None
        if made is None:
            return view.get_paginated_response(data) if is_page else Response(data)
        written, lazy = made
        response = self._around(lazy) if is_page else Response(lazy)
        return self._finished(response, written, lazy, is_page=is_page)

    def _data(self, serializer: BaseSerializer) -> Any:
        make = ListData(self._view)
        data = make(serializer)
        self.made = "data" if make.is_rowpaths else None
        return data

    def _begun(self, serializer: BaseSerializer) -> tuple[Written, LazyList] | None:
        """Return what writes the rows of `serializer`, and what stands for them until one looks.

        None if they are to become data.
        """
        try:
            return _writing(self._view, self._request, serializer)
        except CannotCompileError:
            return None

    def _streamed(self, written: Written) -> Response | None:
        response = self._view.list_written(self._request, written)
        if response is not None:
            self.made = "instances"
        return cast("Response | None", response)

    def _around(self, rows: LazyList) -> Response:
        try:
            response: Response = self._view.get_paginated_response(rows)
        except Exception as error:
            if not (is_unread(rows) and is_refusal(error)):
                raise
        else:
            return response
        # An encoder in C took the list's items past its methods, and refused what it found.
        rows.read()
        again: Response = self._view.get_paginated_response(rows)
        return again

    def _finished(
        self, response: Response, written: Written, rows: LazyList, *, is_page: bool
    ) -> Response:
        self.made = None if written.is_by_drf else "data"
        try:
            return self._fast(response, written, rows, is_page=is_page)
        except CannotCompileError:
            if is_unread(rows):
                rows.read()
            return response

    @step
    def _fast(
        self, response: Response, written: Written, rows: LazyList, *, is_page: bool
    ) -> Response:
        if written.is_by_drf:
            raise CannotCompileError("its serializer represents the rows itself")
        told = why_drf_renders(self._view, response, rows, is_page=is_page)
        if told is not None:
            asked_of_instances(type(self._view)).again(told)
            raise CannotCompileError(told)
        source = InstancesSource(asked_of_instances(type(self._view)), written)
        fast = FastResponse.of(response, source.json, rows, source)
        self.made = "instances"
        return fast


@step
def _writing(
    view: GenericAPIView, request: Request, serializer: BaseSerializer
) -> tuple[Written, LazyList]:
    """Return what writes the rows of `serializer`, and what stands for them.

    Raises CannotCompileError.
    """
    asked_of_instances(type(view)).check()
    written = Written(*_checked(view, request, serializer))
    return written, LazyList(written.data)


def why_data(view: Any, request: Request, serializer: BaseSerializer) -> FallBack | None:
    """Return why the rows of `serializer` will become data; None if they will be written.

    An envelope of the project's is believed to look at them.
    """
    try:
        _checked(view, request, serializer)
    except CannotCompileError as error:
        return error.fall_back
    if view.paginator is not None and not has_drfs_envelope(view):
        return FallBack(reason=f"{enveloping(view)} may look at the rows")
    return None


def _checked(
    view: GenericAPIView, request: Request, serializer: BaseSerializer
) -> tuple[ListSerializer, JsonStyle]:
    """Return the list whose rows can be written, and how. Raises CannotCompileError."""
    _check_view(view)
    style = style_of(request.accepted_renderer, request.accepted_media_type)
    return list_of(serializer), style


def _check_view(view: GenericAPIView) -> None:
    """Raise CannotCompileError if no list of `view` is written from instances now."""
    check_process()
    if (found := turned_off(type(view)) or _asks(view)) is not None:
        raise CannotCompileError.of(found)


def check_process() -> None:
    """Raise CannotCompileError if no list of this process is written from instances now."""
    if not (options().instances and options().data and options().compiled):
        raise CannotCompileError("ROWPATH turns it off")
    if objects() is None:
        raise CannotCompileError("there is no compiled code")
    if (reason := data_changed() or rendering_changed()) is not None:
        raise CannotCompileError.of(reason)


# By the view's action.
_asking: WeakKeyDictionary[type, dict[str | None, FallBack | None]] = kept(WeakKeyDictionary())


def _asks(view: GenericAPIView) -> FallBack | None:
    """Return which code of `view` may ask for the data of the answer; None if none does."""
    view_class, action = type(view), getattr(view, "action", None)
    known = _asking.setdefault(view_class, {})
    if action not in known:
        names = (None,) if action in (None, "list") else (None, action)
        found = (asks_for_data(view_class, type(None), name) for name in names)
        known[action] = next((one for one in found if one is not None), None)
    return known[action]


def list_of(serializer: BaseSerializer) -> ListSerializer:
    """Return `serializer` if its rows can be written; raise CannotCompileError if not."""
    own = vars(serializer)
    if not isinstance(serializer, ListSerializer) or not own.keys().isdisjoint(_OF_LIST):
        raise CannotCompileError("its serializer is not a list of rows alone")
    if overridden(type(serializer), ListSerializer, _OF_LIST) or serializer.instance is None:
        raise CannotCompileError("the list of its serializer is not DRF's")
    if not own.keys().isdisjoint(_OF_DATA):
        raise CannotCompileError("its serializer has data")
    child = serializer.child
    if not isinstance(child, Serializer) or "to_representation" in vars(child):
        raise CannotCompileError("its rows have no serializer with fields")
    if not (represents_as_drf(type(child)) and may_stand_in(child)):
        raise CannotCompileError("its serializer has a say in each row")
    return serializer
