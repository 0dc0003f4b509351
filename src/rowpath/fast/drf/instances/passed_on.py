"""Lists that code of the project's asks a serializer for and puts into an answer, as bytes.

For serializers whose rows rowpath represents: those of FastSerializer, and of views with FastMixin.
Where the code that asks is certain to pass the data on to a Response and nowhere else
(`admission.passing`), it gets what stands for the rows until one looks, and the Response becomes
one that has them as bytes. Two functions of DRF's have rowpath's in their place for that:
ListSerializer.data and Response.__init__(), which are DRF's own for all others.
"""

import sys
from collections.abc import Iterator
from contextvars import ContextVar
from functools import partial
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR
from types import FrameType, ModuleType
from typing import Any
from weakref import ref

from rest_framework.generics import GenericAPIView
from rest_framework.pagination import BasePagination
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ListSerializer
from rest_framework.views import APIView

from rowpath.fast.django.overrides import has_own
from rowpath.fast.drf.admission.askers import Asked, asked_of_instances
from rowpath.fast.drf.admission.passing import Callee, site_of
from rowpath.fast.drf.admission.renderers import style_of
from rowpath.fast.drf.admission.views import generic_view
from rowpath.fast.drf.answering.enveloping import has_drfs_envelope, is_drfs_envelope
from rowpath.fast.drf.answering.lazy import LazyList, is_unread
from rowpath.fast.drf.answering.responses import FastResponse, Outcome, with_outcome
from rowpath.fast.drf.answering.shadow import turned_off
from rowpath.fast.drf.compiling.batch import batched
from rowpath.fast.drf.data.guard import guarded
from rowpath.fast.drf.data.hook import Function, is_marked, put, stands_in
from rowpath.fast.drf.data.rows import FastSerializer
from rowpath.fast.drf.instances.listing import check_process, list_of
from rowpath.fast.drf.instances.source import InstancesSource
from rowpath.fast.drf.instances.written import Written
from rowpath.fast.drf.making import making
from rowpath.fast.fallback import CannotCompileError
from rowpath.fast.plan import JsonStyle

_SOURCE = "_rowpath_source"
"""What a serializer has whose rows were written, until their answer was sent or looked at."""
_WAITING = CO_GENERATOR | CO_COROUTINE | CO_ASYNC_GENERATOR
_INITIALISES = "__init__"
_ENVELOPES = "get_paginated_response"


class _Source(InstancesSource):
    """Rows that code is given to pass on."""

    def __init__(self, asked: Asked, written: Written) -> None:
        super().__init__(asked, written)
        self.rows = LazyList(written.data)
        """What stands for them."""
        self.instances = written.serializer.instance
        """What they are written from."""
        self.is_answered = False
        """Whether a Response has them."""

    # In a pickle of the serializer there is nothing of rowpath's.
    def __reduce__(self) -> tuple[type, tuple[()]]:
        return type(None), ()

    def restore(self, rows: LazyList, read: memoryview) -> None:
        """Make `rows` the data that DRF would have made."""
        guarded(lambda: self._let_go())  # noqa: PLW0108 - guards that it is looked up, too
        super().restore(rows, read)

    def passed(self) -> None:
        """Hear that the answer was sent and nobody asked."""
        self._let_go()
        super().passed()

    def _let_go(self) -> None:
        vars(self.written.serializer).pop(_SOURCE, None)


_given: ContextVar[tuple["ref[_Source]", ...]] = ContextVar("rowpath_given", default=())
"""Rows that may be on their way to a Response."""


def _passing_on(theirs: Function) -> Function:
    def data(self: ListSerializer) -> Any:
        # From behind the lambda, guarded() and this function.
        source = guarded(lambda: _source(self, sys._getframe(3)))
        return theirs(self) if source is None else _given_out(self, source)

    return data


def _source(serializer: ListSerializer, frame: FrameType) -> _Source | None:
    """Return what writes the rows of `serializer`, which `frame` asks for its data.

    None if they have to be data.
    """
    own = vars(serializer)
    before = own.pop(_SOURCE, None)
    if before is not None:
        # Whoever has it now may change its rows, which are those of the answer.
        before.rows.read()
        own |= before.written.kept_data()  # the serializer's own, or that of which it is a copy
        return None
    child = own.get("child")
    if child is None or not (isinstance(child, FastSerializer) or is_marked(child)):
        return None
    try:
        return _source_for_answers(serializer, frame)
    except CannotCompileError:
        return None


def _source_for_answers(serializer: ListSerializer, frame: FrameType) -> _Source | None:
    if not stands_in(Response, _INITIALISES) or _is_rowpaths(frame):
        return None
    site = site_of(frame)
    # What waits may go on in another context, in which nobody looks for the rows.
    if not site.callees or frame.f_code.co_flags & _WAITING:
        return None
    told = _Variables(frame)
    if told.is_turned_off() or not all(map(told.makes_an_answer, site.callees)):
        return None
    # The code may be DRF's own, which makes the answers of many views.
    asked = site.asked if told.view is None else asked_of_instances(type(told.view))
    asked.check()
    style = told.style(serializer)
    check_process()
    return _Source(asked, Written(list_of(serializer), style))


def _is_rowpaths(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__")).startswith("rowpath.")


class _Variables:
    """What is known of an answer from the variables of the code that makes it."""

    def __init__(self, frame: FrameType) -> None:
        self._local = frame.f_locals
        self._names = {*frame.f_code.co_varnames, *frame.f_code.co_cellvars}
        self._names.update(frame.f_code.co_freevars)
        self._global = frame.f_globals
        found = self._local.get("self")
        self.view = found if isinstance(found, APIView) else None
        """The view that the code is a method of."""

    def is_turned_off(self) -> bool:
        """Whether the fast path is turned off for the view."""
        return self.view is not None and turned_off(type(self.view)) is not None

    def makes_an_answer(self, callee: Callee) -> bool:
        """Whether `callee` makes a Response of data without a look at it."""
        if callee[-1] != _ENVELOPES:
            return self._named(callee) is Response
        owner = self._named(callee[:-1])
        if isinstance(owner, GenericAPIView):
            return _has_paginator(owner) and has_drfs_envelope(owner)
        return isinstance(owner, BasePagination) and is_drfs_envelope(owner)

    def _named(self, names: Callee) -> Any:
        if not names:
            return None
        value = (self._local if names[0] in self._names else self._global).get(names[0])
        for name in names[1:]:
            if isinstance(value, ModuleType):
                value = vars(value).get(name)
            elif isinstance(value, GenericAPIView) and name == "paginator":
                value = value.paginator if _has_paginator(value) else None
            else:
                return None
        return value

    def style(self, serializer: ListSerializer) -> JsonStyle:
        """Return how the answer's JSON is written. Raises CannotCompileError if it is none.

        Without a request it is taken for DRF's own JSON.
        """
        for request in self._requests(serializer):
            if isinstance(request, Request) and hasattr(request, "accepted_renderer"):
                return style_of(request.accepted_renderer, request.accepted_media_type)
        return style_of(JSONRenderer(), JSONRenderer.media_type)

    def _requests(self, serializer: ListSerializer) -> Iterator[Any]:
        context = vars(serializer).get("_context")
        if type(context) is dict:
            yield context.get("request")
        yield self._local.get("request")
        if self.view is not None:
            yield vars(self.view).get("request")


def _has_paginator(view: GenericAPIView) -> bool:
    """Whether the paginator of `view` is there, and is asked for without code of the project's."""
    is_drfs = not has_own(view, generic_view(type(view)), ("paginator",))
    return is_drfs and "_paginator" in vars(view)


def _given_out(serializer: ListSerializer, source: _Source) -> Any:
    with making(source.instances), batched(serializer):
        source.written.write()
    # What is in the hands of code must be data if a step of ours fails.
    rows = guarded(lambda: _under_way(serializer, source))
    return source.written.data() if rows is None else rows


def _under_way(serializer: ListSerializer, source: _Source) -> LazyList | None:
    if source.written.is_by_drf:
        return None
    _given.set((*(one for one in _given.get() if one() is not None), ref(source)))
    vars(serializer)[_SOURCE] = source
    return source.rows


def _looking_for_rows(theirs: Function) -> Function:
    def __init__(self: Response, data: Any = None, *args: Any, **kwargs: Any) -> None:  # noqa: N807
        theirs(self, data, *args, **kwargs)
        for one in _given.get():
            source = one()
            if source is not None and guarded(partial(_is_done, self, data, source)) is not True:
                source.rows.read()

    return __init__


def _is_done(response: Response, data: Any, source: _Source) -> bool:
    """Have `response` send the rows of `source` as bytes; return False if they have to be data.

    Nothing is to be done with rows that are not in its data.
    """
    rows = source.rows
    if not _holds(data, rows) or not is_unread(rows):
        return True
    if type(response) is not Response or source.is_answered:
        return False
    source.is_answered = True
    FastResponse.of(response, source.json, rows, source)
    with_outcome(response, Outcome(made="instances"))
    return True


def _holds(data: Any, rows: LazyList) -> bool:
    """Whether `rows` stand in `data`, as far as the displays of dicts go."""
    if data is rows:
        return True
    return isinstance(data, dict) and any(_holds(one, rows) for one in dict.values(data))


put(ListSerializer, "data", _passing_on)
put(Response, _INITIALISES, _looking_for_rows)
