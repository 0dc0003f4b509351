"""Paginators and views that put around the rows what they like, compared with DRF's answers."""

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any

import hypothesis
from django.core.cache import cache
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy
from hypothesis import strategies as st
from rest_framework.exceptions import NotFound
from rest_framework.pagination import PageNumberPagination
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from fast.shop.answering import asked, how, paged, seen, spelled
from fast.shop.lists import Pages
from fast.shop.ways import fast
from rowpath.fast.drf.answering.envelopes import as_json
from rowpath.fast.plan import JsonStyle


class Enveloped(PageNumberPagination):
    page_size = 7

    def get_paginated_response(self, data: Any) -> Any:
        self.runs = getattr(self, "runs", 0) + 1
        response = self.put_around(data)
        response["Runs"] = str(self.runs)
        return response

    def put_around(self, data: Any) -> Any:
        raise NotImplementedError


class _Own(Response):
    pass


def _append(data: Any) -> Any:
    data.append({"more": True})
    return Response({"rows": data})


def _mark(data: Any) -> Any:
    for row in data:
        row["marked"] = True
    return Response({"rows": data})


def _past_the_methods(data: Any) -> Any:
    return Response({"ids": [row["id"] for row in list.copy(data)]})


def _itself(data: Any) -> Any:
    held: list[Any] = [data]
    held.append(held)
    return Response({"rows": data}, headers={"Held": str(len(held))})


def _stored(data: Any) -> Any:
    cache.set("rows", data)
    return Response({"rows": data, "stored": len(cache.get("rows"))})


# What stands around the rows as they are.
PASSING: dict[str, Callable[[Any], Any]] = {
    "more": lambda data: Response({"links": {"next": None}, "total": 3.5, "data": data}),
    "bare": Response,
    "within": lambda data: Response({"a": [{"b": (1, data)}], "é": "é\u2028", "none": None}),
    "twice": lambda data: Response({"results": data, "data": data}),
    "nowhere": lambda _: Response({"count": 3}),
    "nothing": lambda _: Response(status=204),
    "status": lambda data: Response({"rows": data}, status=206),
    "headers": lambda data: Response({"rows": data}, headers={"X-Total": "30"}),
    "content-type": lambda data: Response({"rows": data}, content_type="application/vnd.x+json"),
    "flat": lambda data: Response({"é\u2028": '"é\\\n\u2029', "n": 10**30, "no": None, "": data}),
    "flat-and-truth": lambda data: Response({"rows": data, "is": True}),
    "exception": lambda data: Response({"rows": data}, exception=True),
    "tells": lambda data: Response({"rows": data, "is_list": isinstance(data, list)}),
    "itself": _itself,
}
# What looks at them.
LOOKING: dict[str, Callable[[Any], Any]] = {
    "length": lambda data: Response({"rows": data, "count": len(data)}),
    "truth": lambda data: Response({"rows": data} if data else {}),
    "copy": lambda data: Response({"rows": list(data)}),
    "unpacked": lambda data: Response({"rows": [*data]}),
    "added": lambda data: Response({"rows": [{"id": 0}] + data}),  # noqa: RUF005
    "added-to": lambda data: Response({"rows": data + [{"id": 0}]}),  # noqa: RUF005
    "first": lambda data: Response({"rows": data, "first": data[0]["id"]}),
    "some": lambda data: Response({"rows": data[2:4]}),
    "backwards": lambda data: Response({"rows": list(reversed(data))}),
    "by-id": lambda data: Response({"rows": {str(row["id"]): row for row in data}}),
    "sorted": lambda data: Response({"rows": sorted(data, key=lambda row: -row["id"])}),
    "equal": lambda data: Response({"rows": data, "none": data == []}),
    "equal-to": lambda data: Response({"rows": data, "none": [] == data}),  # noqa: SIM300
    "within": lambda data: Response({"rows": data, "within": {"id": 1} in data}),
    "text": lambda data: Response({"rows": f"{data}"}),
    "serializer": lambda data: Response({"rows": data, "many": data.serializer.many}),
    "fields": lambda data: Response({"rows": data, "of": list(data.serializer.child.fields)}),
    "json": lambda data: Response({"rows": json.dumps(data, cls=JSONEncoder)}),
    "pickle": lambda data: Response({"rows": pickle.loads(pickle.dumps(data))}),  # noqa: S301
    "deep-copy": lambda data: Response({"rows": copy.deepcopy(data)}),
    "shallow-copy": lambda data: Response({"rows": copy.copy(data)}),
    "hasattr": lambda data: Response({"rows": data, "has": hasattr(data, "pages")}),
    "cached": _stored,
    "append": _append,
    "mark": _mark,
    "http": lambda data: JsonResponse(data, safe=False),
}
# What is not DRF's plain answer, or cannot be rendered without DRF.
OTHERS: dict[str, Callable[[Any], Any]] = {
    "own-class": lambda data: _Own({"rows": data}),
    "plain-http": lambda _: HttpResponse("text"),
    "lazy": lambda data: Response({"rows": data, "message": gettext_lazy("fine")}),
    "generator": lambda data: Response({"rows": data, "ids": (n for n in range(2))}),
    "key": lambda data: Response({"rows": data, 1: 2}),
}
ENVELOPES = {"passing": PASSING, "looking": LOOKING, "others": OTHERS}


def enveloped(kind: str) -> dict[str, list[Any]]:
    """Return for each envelope of a kind what `_compared` does, by the paginator, then the view."""
    told = {}
    for name, put in ENVELOPES[kind].items():
        by_view = paged(Pages)
        by_view.get_paginated_response = _by(put)
        told[name] = [_compared(paged(_own(put)), "?page=2"), _compared(by_view, "?page=2")]
    return told


def flat(examples: int) -> dict[str, Any]:
    """Return how many random flat dicts were written, and those of which JSONRenderer makes more.

    By each of the four ways in which a project's settings have it write.
    """
    written = 0
    wrong: list[list[Any]] = []
    styles = [(ascii_only, compact) for ascii_only in (True, False) for compact in (True, False)]
    values = st.none() | st.integers() | st.text()

    @hypothesis.settings(max_examples=examples, deadline=None, database=None, derandomize=True)
    @hypothesis.given(st.dictionaries(st.text(), values))
    def compare(envelope: dict[str, Any]) -> None:
        nonlocal written
        for ascii_only, compact in styles:
            renderer = JSONRenderer()
            renderer.ensure_ascii, renderer.compact = ascii_only, compact
            ours = as_json(envelope, JsonStyle(ascii_only=ascii_only, compact=compact))
            written += 1
            if ours != renderer.render(envelope):
                wrong.append([envelope, str(ours)])

    compare()
    return {"written": written, "wrong": wrong[:3]}


def taken_past_the_methods() -> list[Any]:
    """Return what `_compared` does of an envelope that takes the rows as C code does."""
    each = paged(Pages)
    each.get_paginated_response = _by(_past_the_methods)
    return _compared(each)


def _by(put: Callable[[Any], Any]) -> Any:
    def get_paginated_response(_: Any, data: Any) -> Any:
        return put(data)

    return get_paginated_response


def _own(put: Callable[[Any], Any]) -> Any:
    return type("Own", (Enveloped,), {"put_around": _by(put)})


def _compared(each: Any, query: str = "") -> list[Any]:
    """Return whether clients see the same, whether the data is the same, and how it came."""
    theirs, answer = asked(each, query), asked(fast(each), query)
    told = how(answer)
    is_same = seen(answer) == seen(theirs) and type(answer).__name__ in _CLASSES
    data = [spelled(one.data) for one in (theirs, answer) if _has_kept_data(one)]
    return [is_same, data[:1] == data[1:], told]


_CLASSES = ("Response", "FastResponse", "_Own", "HttpResponse", "JsonResponse")


def _has_kept_data(answer: Any) -> bool:
    return isinstance(answer, Response) and "ids" not in (answer.data or {})


def _as_it_is(each: Any) -> Any:
    return each


def raising() -> list[Any]:
    """Return how often an envelope that raises was run, and what came of it, both ways."""
    told = []
    for wrap in (_as_it_is, fast):
        runs: list[int] = []

        def get_paginated_response(_: Any, data: Any, runs: list[int] = runs) -> Any:
            runs.append(1)
            raise NotFound(f"no {type(data).__name__[:0]}page")

        each = paged(Pages)
        each.get_paginated_response = get_paginated_response
        told.append([*seen(asked(wrap(each))), len(runs)])
    return [told[0] == told[1], told[1]]


def changed_afterwards() -> list[Any]:
    """Return whether what an envelope's own code does to it later is answered."""
    return _compared(type("Own", (_KeepsItsEnvelope, paged(Pages)), {}))


class _KeepsItsEnvelope:
    def get_paginated_response(self, data: Any) -> Any:
        self.envelope = {"rows": data}
        return Response(self.envelope)

    def finalize_response(self, *arguments: Any, **more: Any) -> Any:
        response: Any = super().finalize_response(*arguments, **more)
        self.envelope["later"] = True
        return response


def looks_each_time(requests: int) -> list[str | None]:
    """Return how a list is answered whose envelope looks at the rows."""
    each = fast(paged(_own(LOOKING["length"])))
    return [how(asked(each)) for _ in range(requests)]
