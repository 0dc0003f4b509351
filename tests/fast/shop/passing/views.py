"""Code that answers with a serializer's data: passed on as they are, or looked at."""

import json
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

from rest_framework import response as responses
from rest_framework.pagination import LimitOffsetPagination, PageNumberPagination
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

Made = tuple[Any, Any]
"""A serializer class and its rows."""

ANSWERS: dict[str, Callable[..., Any]] = {}
"""What an APIView answers, of its request, serializer class and rows: rowpath writes the rows."""
LOOKS: dict[str, Callable[..., Any]] = {}
"""The same where something else gets the rows: they are data."""


def _name(function: Any) -> str:
    return str(function.__name__.strip("_"))


def _answers(function: Any) -> Any:
    ANSWERS[_name(function)] = function
    return function


def _looks(function: Any) -> Any:
    LOOKS[_name(function)] = function
    return function


class Pages(PageNumberPagination):
    page_size = 2


@_answers
def direct(_: Any, made: Any, rows: Any) -> Response:
    return Response(made(rows, many=True).data)


@_answers
def _with_a_status(_: Any, made: Any, rows: Any) -> Response:
    serializer = made(rows, many=True)
    return Response(
        serializer.data,
        status=202 if rows is not None else 200,
        headers={"X-Mine": str(len(made.__name__))},
    )


@_answers
def _by_keyword(_: Any, made: Any, rows: Any) -> Response:
    return Response(status=201, data=made(rows, many=True).data)


@_answers
def _of_a_module(_: Any, made: Any, rows: Any) -> Response:
    return responses.Response(made(instance=rows, many=True).data)


@_answers
def _imported_within(_: Any, made: Any, rows: Any) -> Any:
    from rest_framework.response import Response as Answer

    return Answer(made(rows, many=True).data)


@_answers
def _around(request: Any, made: Any, rows: Any) -> Response:
    serializer = made(rows, many=True, context={"request": request})
    return Response({"results": serializer.data, "count": 3, "of": {"method": request.method}})


@_answers
def _deep(_: Any, made: Any, rows: Any) -> Response:
    return Response({"data": {"rows": made(rows, many=True).data, "é": "ü"}})


@_answers
def _named(_: Any, made: Any, rows: Any) -> Response:
    data = made(rows, many=True).data
    status = 200 if rows is not None else 404
    return Response(data, status)


@_answers
def _named_around(_: Any, made: Any, rows: Any) -> Response:
    payload = {"message": "all of them", "rows": made(rows, many=True).data}
    if rows is None:
        return Response(payload, status=404)
    return Response(payload)


@_answers
def _either(_: Any, made: Any, rows: Any) -> Response:
    return Response(made(rows, many=True).data if rows is not None else [])


@_answers
def _changed_after(_: Any, made: Any, rows: Any) -> Response:
    response = Response(made(rows, many=True).data)
    response["X-Mine"] = "mine"
    response.set_cookie("mine", "1")
    return response


@_answers
def _by_a_paginator(request: Any, made: Any, rows: Any) -> Response:
    paginator = Pages()
    page = paginator.paginate_queryset(rows, request)
    return paginator.get_paginated_response(made(page, many=True).data)


@_answers
def _by_limits(request: Any, made: Any, rows: Any) -> Response:
    paginator = LimitOffsetPagination()
    paginator.default_limit = 2
    serializer = made(paginator.paginate_queryset(rows, request), many=True)
    return paginator.get_paginated_response(serializer.data)


@_answers
def _asked_before(_: Any, made: Any, rows: Any) -> Response:
    other = made(list(rows)[:1], many=True).data
    return Response(made(rows, many=True).data, headers={"X-Rows": str(len(other))})


@_answers
def _two(_: Any, made: Any, rows: Any) -> Response:
    """Answer two lists, of which the second becomes data."""
    first, again = made(rows, many=True), made(list(rows)[:2], many=True)
    return Response({"first": first.data, "second": again.data})


@_looks
def _named_anew(request: Any, made: Any, rows: Any) -> Any:
    respond: Any = Response
    more: dict[str, Any] = {}
    data = made(rows, many=True).data
    if request is not None:
        respond, more = _Answer, {"status": 203}
    return respond(data, **more)


@_looks
def _waiting(_: Any, made: Any, rows: Any) -> Response:
    def answers() -> Any:
        data = made(rows, many=True).data
        yield
        yield Response(data)

    going = answers()
    copy_context().run(next, going)
    return copy_context().run(next, going)


@_looks
def _twice(_: Any, made: Any, rows: Any) -> Response:
    serializer = made(rows, many=True)
    return Response({"first": serializer.data, "second": serializer.data})


@_looks
def _counted(_: Any, made: Any, rows: Any) -> Response:
    data = made(rows, many=True).data
    return Response({"count": len(data), "rows": data})


@_looks
def _dumped(_: Any, made: Any, rows: Any) -> Response:
    return Response(json.loads(JSONRenderer().render(made(rows, many=True).data)))


@_looks
def _in_a_list(_: Any, made: Any, rows: Any) -> Response:
    return Response([made(rows, many=True).data, 1])


@_looks
def _unpacked(_: Any, made: Any, rows: Any) -> Response:
    return Response({**dict(enumerate(made(rows, many=True).data)), "last": 1})


@_looks
def _joined(_: Any, made: Any, rows: Any) -> Response:
    return Response(made(rows, many=True).data or [])


@_looks
def _in_a_closure(_: Any, made: Any, rows: Any) -> Response:
    data = made(rows, many=True).data

    def first() -> Any:
        return data[:1]

    return Response(data, headers={"X-First": str(len(first()))})


@_looks
def _by_its_locals(_: Any, made: Any, rows: Any) -> Response:
    data = made(rows, many=True).data
    return Response(data, headers={"X-Rows": str(len(locals()["data"]))})


@_looks
def _added_to(_: Any, made: Any, rows: Any) -> Response:
    data = made(rows, many=True).data
    data += [1]
    return Response(data)


@_looks
def _by_getattr(_: Any, made: Any, rows: Any) -> Response:
    return Response(getattr(made(rows, many=True), "data"))  # noqa: B009 - what is tried


class _Answer(Response):
    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        self["X-First"] = str(len(json.dumps(data, default=str)))


@_looks
def _of_another_class(_: Any, made: Any, rows: Any) -> Response:
    return _Answer(made(rows, many=True).data)


def _enclosed(data: Any) -> Response:
    return Response({"first": data[:1], "all": data})


@_looks
def _by_a_helper(_: Any, made: Any, rows: Any) -> Response:
    return _enclosed(made(rows, many=True).data)


class _OwnPages(Pages):
    def get_paginated_response(self, data: Any) -> Response:
        return Response({"rows": json.loads(json.dumps(data, default=str))})


@_looks
def _by_an_envelope_of_its_own(request: Any, made: Any, rows: Any) -> Response:
    paginator = _OwnPages()
    page = paginator.paginate_queryset(rows, request)
    return paginator.get_paginated_response(made(page, many=True).data)
