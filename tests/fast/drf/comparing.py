"""One request answered by a view as DRF has it and by the same view with the mixin."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast
from weakref import WeakKeyDictionary

import psycopg
from django.db import connection
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.test.utils import override_settings
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format
from rest_framework.generics import ListAPIView
from rest_framework.test import APIRequestFactory

from fast import made
from fast.exact import chain, exact, how_represented, stand_in_a_module
from rowpath.fast.drf import FastListMixin, FastSerializer, StreamingList, outcome_of
from rowpath.fast.encoding import CannotEncodeError
from rowpath.fast.fallback import CannotCompileError


class DifferenceError(Exception):
    """The fast path answered something else than DRF."""


class _BrokenOffError(Exception):
    """A stream met a value that it cannot write, when it had sent the first piece already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a request: an answer, or the type of what was raised."""

    raised: type[BaseException] | None = None
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    content: bytes = b""

    def rows(self) -> list[dict[str, Any]]:
        """Return the rows of the list that was answered."""
        if self.status != 200:
            return []
        body = json.loads(self.content)
        rows: list[dict[str, Any]] = body["results"] if isinstance(body, dict) else body
        return rows

    def link(self, name: str) -> str | None:
        """Return the next or previous page's URL, if there is one."""
        body = json.loads(self.content) if self.status == 200 else None
        return body.get(name) if isinstance(body, dict) else None


@dataclass(frozen=True, slots=True)
class Compared:
    """DRF's answer, which was the fast path's too, and how the latter came about."""

    answer: Answer
    path: str
    """compiled, portable, streamed, data, DRF, raised, or "broken off": after the first byte."""
    reason: str
    data: str
    """How FastSerializer has made the data: see `how_represented`; "none" if there is none."""
    by_django: str
    """What rowpath made of the rows where Django had to read them: see `read_by_django`."""
    passed_on: str
    """The same of DRF's own list with a FastSerializer: see `passed_on`."""


def compared(view: type[ListAPIView[Any]], url: str, accept: str) -> Compared:
    """Ask both for `url`, and the fast one twice. Raises DifferenceError."""
    fast: type[ListAPIView[Any]] = type("View", (*_mixins(view), view), {})
    theirs, _, said = asked(view, url, accept)
    first, again = asked(fast, url, accept), asked(fast, url, accept)
    for ours, path, reason in (first, again):
        wanted = theirs
        if theirs.raised is not None and ours.raised is None:
            with unread_values_allowed():
                wanted, _, said = asked(view, url, accept)
        if ours.raised is not _BrokenOffError and ours != wanted:
            raise DifferenceError(
                f"asked for {url}: {path} {reason}\nDRF:  {said} {wanted}\nfast: {ours}"
            )
        if theirs.raised is None and " was raised: " in reason:
            raise DifferenceError(f"DRF answers, and the fast path raised inside: {reason}")
    ours, path, reason = first
    answer = theirs if ours.raised is not None else ours
    path = "broken off" if ours.raised is _BrokenOffError else path
    with_base = _with_fast_serializer(view)
    data = data_compared(view, with_base, url, accept)
    theirs_and_data = _asked(view, url, accept)
    with override_settings(ROWPATH={}):  # whatever else is tried without compiled code
        by_django = read_by_django(theirs_and_data, view, url, accept)
        passed = passed_on(theirs_and_data, with_base, url, accept)
    return Compared(answer, path, reason, data, by_django, passed)


def _mixins(view: type[ListAPIView[Any]]) -> tuple[type, ...]:
    """Return what makes `view` fast: a stream, if it says of how many rows."""
    if not hasattr(view, "stream_above_rows"):
        return (FastListMixin,)
    said = {name: one for name, one in vars(view).items() if name.startswith("stream_")}
    return (type("Streaming", (StreamingList,), said),)


# By the serializer class: rowpath makes the fields of one that it has seen before once for all.
_fast_serializers: WeakKeyDictionary[type, type] = WeakKeyDictionary()


def _with_fast_serializer(view: type[ListAPIView[Any]]) -> type[ListAPIView[Any]]:
    serializer: Any = view.serializer_class
    if (fast := _fast_serializers.get(serializer)) is None:
        members = {"__module__": __name__}
        fast = type(serializer.__name__, (FastSerializer, serializer), members)
        _fast_serializers[serializer] = fast
        stand_in_a_module(fast)
    return type(view.__name__, (view,), {"serializer_class": fast})


def data_compared(
    view: type[ListAPIView[Any]], with_base: type[ListAPIView[Any]], url: str, accept: str
) -> str:
    """Hold the data of FastSerializer against DRF's. Raises DifferenceError."""
    theirs, _ = _data(view, url, accept)
    with override_settings(ROWPATH={"instances": False}):
        ours, how = _data(with_base, url, accept)
    if ours != theirs:
        raise DifferenceError(f"data of {url} ({how})\nDRF:  {theirs}\nfast: {ours}")
    return how


_Asked = tuple[Answer, str, Any]


def passed_on(by_drf: _Asked, with_base: type[ListAPIView[Any]], url: str, accept: str) -> str:
    """Hold what DRF's list answers of a FastSerializer against DRF's. Raises DifferenceError.

    Return what rowpath made of it: "instances", or "DRF" or "raised" for nothing.
    """
    theirs, said, their_data = by_drf
    ours, path, our_data = _asked(with_base, url, accept)
    if (ours, our_data) != (theirs, their_data):
        raise DifferenceError(
            f"passed on for {url}: {path}\nDRF:  {said} {theirs} {their_data}\n"
            f"fast: {ours} {our_data}"
        )
    return path


class _Reading:
    """Has Django read the rows, by a method that stands where DRF's does, and does the same."""

    def paginate_queryset(self, queryset: object) -> object:
        """Return the page, if there is one."""
        return super().paginate_queryset(queryset)  # type: ignore[misc] # of the view behind


def read_by_django(by_drf: _Asked, view: type[ListAPIView[Any]], url: str, accept: str) -> str:
    """Hold what the mixin answers of instances against DRF's. Raises DifferenceError.

    Return what it made of them: "instances", "pieces" of them, "data", or "DRF" or "raised" for
    nothing.
    """
    fast: type[ListAPIView[Any]] = type("View", (_Reading, *_mixins(view), view), {})
    theirs, said, their_data = by_drf
    ours, path, our_data = _asked(fast, url, accept)
    if path == "pieces":
        our_data = their_data  # a stream has none
    if (ours, our_data) != (theirs, their_data):
        raise DifferenceError(
            f"asked for {url}: {path}\nDRF:  {said} {theirs} {their_data}\nfast: {ours} {our_data}"
        )
    return path


def instances_compared(view: type[ListAPIView[Any]]) -> str:
    """Hold the instances that compiled code makes against Django's. Raises DifferenceError.

    Return who made them: "rowpath" or "Django", or "raised" for nobody.
    """
    queryset: Any = view.queryset
    theirs, ours, who = made.compared(queryset.all)
    if ours != theirs:
        raise DifferenceError(f"instances made by {who}\nDjango:  {theirs}\nrowpath: {ours}")
    return who


def _asked(view: type[ListAPIView[Any]], url: str, accept: str) -> _Asked:
    """Return the view's answer, what was made of its rows, and its data once it is rendered."""
    request = APIRequestFactory().get(url, HTTP_ACCEPT=accept)
    try:
        response: Any = view.as_view()(request)
        outcome = outcome_of(response)
        content = _content(response)
    except Exception as error:  # noqa: BLE001 - whatever it is, both have to raise it
        return Answer(raised=type(error)), "raised", chain(error)
    headers = tuple(sorted(response.headers.items()))
    answer = Answer(status=response.status_code, headers=headers, content=content)
    if response.streaming:
        return answer, "pieces", None
    return answer, (outcome and outcome.way) or "DRF", exact(response.data)


def _data(view: type[ListAPIView[Any]], url: str, accept: str) -> tuple[list[Any], str]:
    """Return the data that a view answers, or what it raises, and how that came about."""
    try:
        data = view.as_view()(APIRequestFactory().get(url, HTTP_ACCEPT=accept)).data
    except Exception as error:  # noqa: BLE001 - whatever it is, both have to raise it
        return chain(error), "none"
    rows = data.get("results") if isinstance(data, dict) else data
    serializer = getattr(getattr(rows, "serializer", None), "child", None)
    return exact(data), "none" if serializer is None else how_represented(serializer)


def asked(view: type[ListAPIView[Any]], url: str, accept: str) -> tuple[Answer, str, str]:
    """Return the view's answer, the path that it took and why."""
    request = APIRequestFactory().get(url, HTTP_ACCEPT=accept)
    try:
        response = view.as_view()(request)
        content = _content(response)
    except Exception as error:  # noqa: BLE001 - whatever it is, both have to raise it
        return Answer(raised=type(error)), "raised", f"{type(error).__name__}: {error}"
    outcome = outcome_of(response)
    path = (outcome and (outcome.path or outcome.way)) or "DRF"
    headers = tuple(sorted(response.headers.items()))
    answer = Answer(status=response.status_code, headers=headers, content=content)
    return answer, path, str(outcome.reason) if outcome and outcome.reason else ""


def _content(response: HttpResponseBase) -> bytes:
    if isinstance(response, SimpleTemplateResponse):
        return cast("bytes", response.render().content)
    assert isinstance(response, StreamingHttpResponse)
    try:
        return b"".join(cast("Iterator[bytes]", response.streaming_content))
    except CannotCompileError as error:
        if isinstance(error.__cause__, CannotEncodeError):
            raise _BrokenOffError from error
        raise
    finally:
        response.close()


class _Unread:
    """A value that the driver cannot load; whoever touches it raises."""


@contextmanager
def unread_values_allowed() -> Iterator[None]:
    """Have the driver load what it cannot load as an _Unread.

    DRF reads every column of a row, the fast path those that are serialized: a value that cannot
    be loaded raises only where it is asked for.
    """
    if connection.vendor != "postgresql":
        yield
        return
    adapters = connection.connection.adapters
    before = {name: _loader(name) for name in ("date", "time", "timestamptz", "interval")}
    for name, loader in before.items():
        adapters.register_loader(name, _tolerant(loader))
    try:
        yield
    finally:
        for name, loader in before.items():
            adapters.register_loader(name, loader)


def _loader(name: str) -> type[Loader]:
    with connection.cursor() as cursor:  # whose time zone may not be its connection's
        adapters = cursor.cursor.adapters
        found: type[Loader] = adapters.get_loader(adapters.types[name].oid, Format.TEXT)
    return found


def _tolerant(loader: type[Loader]) -> type[Loader]:
    class Tolerant(Loader):
        def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
            super().__init__(oid, context)
            self._loader = loader(oid, context)

        # Django looks at the time zone of the class that loads its times, to replace it.
        timezone = connection.timezone

        def load(self, data: Buffer) -> object:
            try:
                return self._loader.load(data)
            except (psycopg.DataError, OverflowError):
                return _Unread()

    return Tolerant
