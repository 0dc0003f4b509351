"""What becomes of a list when a look-up in rowpath fails: a defect, or a library that moved on."""

import dis
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from types import CodeType
from typing import Any

from django.core.signals import request_finished, request_started
from django.db import transaction
from django.db.models import F, Prefetch
from django.test.utils import override_settings
from django.urls import path
from django.views import View

from fast.shop import instrumented

instrumented.install()

from rest_framework import serializers  # noqa: E402
from rest_framework.generics import ListAPIView  # noqa: E402
from rest_framework.pagination import PageNumberPagination  # noqa: E402
from rest_framework.test import APIRequestFactory  # noqa: E402

from fast.exact import stand_in_a_module  # noqa: E402
from fast.shop.asking import told  # noqa: E402 - rowpath.fast is imported from here on
from fast.shop.models import Category, Product  # noqa: E402
from fast.shop.odd import ByText, FileFields, WithoutRequest  # noqa: E402
from fast.shop.representing.bases import CASES, DRFS, OURS, products  # noqa: E402
from fast.shop.views import Flat, Selected  # noqa: E402
from fast.shop.ways import fast  # noqa: E402
from rowpath.fast.django.making import iterable  # noqa: E402
from rowpath.fast.drf import outcome_of, steps  # noqa: E402

iterable.FEW_ROWS = 0  # which Django makes otherwise
# A process that has just started takes the constructors of Django and DRF apart, which takes it
# longer than the answer, and finds the same each time.
_get_instructions: Callable[[CodeType], Iterator[dis.Instruction]] = dis.get_instructions
dis.get_instructions = cache(  # type: ignore[assignment] # they are many
    lambda code: tuple(_get_instructions(code))
)


class PagesOfTwo(PageNumberPagination):
    page_size = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A list as one of rowpath's ways answers it."""

    view: Any
    query: str = ""
    path: str | None = "compiled"
    options: dict[str, Any]
    within: Callable[[], AbstractContextManager[Any]] = nullcontext
    ours: Callable[[Any], Any] = fast
    """Makes of the view, which is DRF's, the one that is rowpath's."""


def _view(view: Any, **attributes: Any) -> Any:
    return type("View", (view,), attributes)


def _scenario(view: Any, query: str = "", **given: Any) -> Scenario:
    return Scenario(view=view, query=query, **({"options": {}} | given))


def _of_serializers(case: str, path: str | None = None) -> dict[str, Any]:
    """Return a scenario whose view has a case's serializer, and as ours its FastSerializer.

    Its rows become data, or are written as DRF's own list passes that on.
    """
    theirs, ours = (CASES[case](bases)[0] for bases in (DRFS, OURS))
    stand_in_a_module(ours)
    listed = _view(ListAPIView, serializer_class=theirs, queryset=products()[:3])
    return {
        "view": listed,
        "path": path,
        "ours": lambda view: _view(view, serializer_class=ours),
        "options": {"instances": path == "instances"},
    }


def _asked_behind(view: Any) -> Any:
    """Return a view whose answers' data is asked for before they are rendered."""

    def finalize_response(self: Any, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = view.finalize_response(self, request, response, *args, **kwargs)
        answer["X-Rows"] = str(len(answer.data))
        return answer

    return _view(view, finalize_response=finalize_response)


def _of_mixin(case: str, path: str) -> dict[str, Any]:
    """Return a scenario whose view has a case's serializer, which is DRF's."""
    theirs = CASES[case](DRFS)[0]
    stand_in_a_module(theirs)
    listed = _view(ListAPIView, serializer_class=theirs, queryset=products()[:3])
    return {
        "view": listed,
        "path": path,
        "options": {"instances": path == "instances"},
    }


def _passed_on_and_asked_for() -> dict[str, Any]:
    made = _of_serializers("nested_and_methods", "instances")
    return made | {"view": _asked_behind(made["view"]), "path": "data"}


class Looking(PagesOfTwo):
    def get_paginated_response(self, data: Any) -> Any:
        """Look at the rows before they are rendered."""
        return super().get_paginated_response([*data, len(data)])


def _looked_at(case: str) -> dict[str, Any]:
    """Return a scenario whose pages have an envelope that looks at the rows."""
    made = _of_mixin(case, "instances")
    return made | {"view": _view(made["view"], pagination_class=Looking), "path": "data"}


def _streamed(case: str) -> dict[str, Any]:
    """Return a scenario whose rows are streamed, two and one."""
    made = _of_mixin(case, "instances")
    return made | {"view": _view(made["view"], stream_above_rows=1, stream_instances=True)}


class _Listed(serializers.ModelSerializer[Any]):
    class Meta:
        model = Product
        fields = ("name", "price", "detail")


class WithLists(ListAPIView[Any]):
    """Lists categories with their products and those of their parents, which are prefetched."""

    queryset = Category.objects.order_by("pk").prefetch_related(
        Prefetch("products", Product.objects.annotate(number=F("pk")).order_by("pk")),
        "parent__products",
    )
    serializer_class = type(
        "WithProducts",
        (serializers.Serializer,),
        {
            "products": _Listed(many=True),
            "keys": serializers.PrimaryKeyRelatedField(
                source="products", many=True, read_only=True
            ),
            "above": serializers.CharField(source="parent.name", read_only=True),
            "beside": serializers.PrimaryKeyRelatedField(
                source="parent.products", many=True, read_only=True
            ),
        },
    )


_URLS = (path("products/<int:pk>/", View.as_view(), name="product"),)


def _linked(**members: Any) -> dict[str, Any]:
    """Return a view whose rows have a link, and the URLs that it is made of."""
    fields = [name for name, one in members.items() if isinstance(one, serializers.Field)]
    meta = type("Meta", (), {"model": Product, "fields": ("url", "name", *fields)})
    url = serializers.HyperlinkedIdentityField(view_name="product")
    made = type("Linked", (serializers.ModelSerializer,), {"Meta": meta, "url": url, **members})
    return {
        "view": _view(ListAPIView, serializer_class=made, queryset=products()[:4]),
        "within": lambda: override_settings(ROOT_URLCONF=_URLS),
    }


SCENARIOS = {
    "links": _scenario(**_linked()),
    "links-of-instances": _scenario(
        **_linked(short=serializers.SerializerMethodField(), get_short=lambda _, row: row.name[:2]),
        path="instances",
    ),
    "with-lists": _scenario(WithLists),
    "whole": _scenario(Flat),
    "pages": _scenario(_view(Selected, pagination_class=PagesOfTwo), "?page=2"),
    "by-cursor": _scenario(_view(Flat, pagination_class=ByText)),
    "files": _scenario(_view(WithoutRequest, serializer_class=FileFields)),
    "streamed": _scenario(_view(Flat, stream_above_rows=3), path="streamed"),
    "portable": _scenario(
        _view(Selected, pagination_class=PagesOfTwo), path="portable", options={"compiled": False}
    ),
    "shadowed": _scenario(_view(Flat, pagination_class=PagesOfTwo), options={"shadow": 1.0}),
    "in-a-transaction": _scenario(Flat, within=transaction.atomic),
    "data": Scenario(**_of_serializers("nested")),
    "data-once": Scenario(**_of_serializers("nested_and_methods")),
    "data-of-a-list": Scenario(**_of_mixin("nested_and_methods", "data")),
    "instances": Scenario(**_of_mixin("overriding_within", "instances")),
    "instances-looked-at": Scenario(**_looked_at("nested_and_methods")),
    "instances-once": Scenario(**_of_mixin("nested_and_methods", "instances")),
    "instances-streamed": Scenario(**_streamed("nested_and_methods")),
    "passed-on": Scenario(**_of_serializers("nested_and_methods", "instances")),
    "passed-on-and-asked-for": Scenario(**_passed_on_and_asked_for()),
}


# What the guards themselves are made of: the view's own methods, and slots of rowpath's own
# objects, which no library can move.
_UNGUARDED = {
    "rowpath.fast.django.counting": {"count", "get_count"},
    "rowpath.fast.django.stream": {
        "__dict__",
        "__exit__",
        "_is_open",
        "_thread",
        "_transaction",
        "connect",
        "discard",
        "setdefault",
    },
    "rowpath.fast.drf.answers": {
        "answer",
        "append",
        "fall_back",
        "made",
        "is_rowpaths",
        "_rendered",
        "data",
        "get_paginated_response",
        "get_serializer",
        "paginate_queryset",
        "paginator",
        "queryset",
        "view",
    },
    "rowpath.fast.drf.data.attributes": {"error", "get", "held", "row_class", "value"},
    "rowpath.fast.drf.data.hook": {"_make", "made", "of", "represent"},
    "rowpath.fast.drf.data.without_base": {"data", "is_rowpaths"},
    "rowpath.fast.drf.data.made": {"_by_class", "_left", "_now", "add", "fields", "get"},
    "rowpath.fast.drf.data.rows": {"fields", "get", "to_representation"},
    "rowpath.fast.drf.instances.listing": {
        "_around",
        "_begun",
        "_data",
        "_fast",
        "_finished",
        "_request",
        "_streamed",
        "_view",
        "data",
        "get_paginated_response",
        "get_serializer",
        "is_by_drf",
        "is_rowpaths",
        "list_written",
        "write",
    },
    "rowpath.fast.drf.instances.members": {"all"},
    "rowpath.fast.drf.instances.passed_on": {
        *("get", "instances", "read", "restore", "rows", "write", "written"),
    },
    "rowpath.fast.drf.instances.pieces": {"__init__", "add", "is_whole", "let_go", "serializer"},
    "rowpath.fast.drf.instances.source": {"data", "fill", "written"},
    "rowpath.fast.drf.instances.written": {
        "_add",
        "_count",
        "_end",
        "_given",
        "_rows",
        "_serializer",
        "data",
    },
    "rowpath.fast.drf.answering.lazy": {"__set__", "clear", "fill", "read", "update"},
    "rowpath.fast.drf.mixin": {
        "filter_queryset",
        "get_queryset",
        "response",
    },
    "rowpath.fast.drf.answering.ordinary": {
        "_view",
        "data",
        "get_paginated_response",
        "get_serializer",
        "is_rowpaths",
        "paginate_queryset",
    },
    "rowpath.fast.drf.rows.reading": {
        "_counted",
        "_is_marker",
        "_is_over",
        "_marked",
        "_marker",
        "_page_of",
        "_reading",
        "_rows",
        "attribute",
        "_is_answered",
        "falls_back",
        "index",
        "row_class",
    },
    "rowpath.fast.drf.answering.responses": {
        "_become_drfs",
        "_become_response",
        "_data",
        "_fast_content",
        "_is_rendering",
        "_lazy",
        "_restored",
        "_rows",
        "_source",
        "_tell_asked",
        "data",
        "restore",
        "_let_go",
        "close",
        "fast",
        "get",
        "made",
        "path",
    },
    "rowpath.fast.fallback": {"__init__", "change", "fall_back", "field", "reason"},
}

_tried: set[tuple[instrumented.Place, bool, bool]] = set()


def leave_few_rows() -> None:
    """Delete the products that would only make each of thousands of answers longer."""
    Product.objects.filter(pk__gt=15).delete()


def failing(scenario: str) -> list[Any]:
    """Break each look-up of `scenario` in turn; return their number and what was not DRF's answer.

    Each is broken in a process that has just started, as far as rowpath knows, and in one that has
    answered the list before, once for all scenarios outside of a transaction.
    """
    chosen = SCENARIOS[scenario]
    count, wrong = 0, []
    with override_settings(ROWPATH=chosen.options):
        theirs, _ = _asked(chosen, chosen.view)
        for is_first in (True, False):
            project = _Project(chosen, theirs, is_first=is_first)
            for place in project.places():
                case = (place, is_first, chosen.within is nullcontext)
                if case not in _tried and place[-1] not in _UNGUARDED.get(place[0], ()):
                    _tried.add(case)
                    found = project.wrong_without(place)
                    count += found is not None
                    wrong += found or ()
    return [count, wrong]


class _Project:
    """A process that has just started, or has answered the list before, as far as rowpath knows."""

    def __init__(self, chosen: Scenario, theirs: Any, *, is_first: bool) -> None:
        self._chosen = chosen
        self._theirs = theirs
        self._is_first = is_first
        self._answers: Any = None
        """The view that has answered its list last, and not as DRF does; None if there is none."""

    def places(self) -> list[instrumented.Place]:
        """Return what is looked up while the list is answered."""
        view = self._view()
        instrumented.seen()
        _, path = _asked(self._chosen, view)
        if path != self._chosen.path:
            raise AssertionError(f"{path}, not {self._chosen.path}")
        return instrumented.seen()

    def wrong_without(self, place: instrumented.Place) -> list[Any] | None:
        """Return what is not DRF's answer when the look-up at `place` fails, and once more then.

        None if it was not looked up: it is only as a module is imported.
        """
        answers, self._answers = self._answers, None
        wrong = None if answers is None else self._wrong(answers, place)
        # Some are looked up by the second answer of a process only.
        return self._wrong(self._view(), place) if wrong is None else wrong

    def _wrong(self, view: Any, place: instrumented.Place) -> list[Any] | None:
        try:
            with instrumented.breaking(place):
                ours, _ = _asked(self._chosen, view)
            again, _ = _asked(self._chosen, view)
        except Exception:  # noqa: BLE001 - it is what is looked for
            return [[place, self._is_first, traceback.format_exc()]]
        if not instrumented.has_failed(place):
            return None
        if not self._is_first:
            # After a defect rowpath leaves a view to DRF for a while.
            steps._in_vain.clear()  # noqa: SLF001
            _, path = _asked(self._chosen, view)
            self._answers = view if path == self._chosen.path else None
        right = (self._theirs, CUT)
        return [
            [place, self._is_first, str(got)[:300]] for got in (ours, again) if got not in right
        ]

    def _view(self) -> Any:
        instrumented.forget()
        view = self._chosen.ours(self._chosen.view)
        if not self._is_first:
            _asked(self._chosen, view)
        return view


CUT = "the connection was broken"
"""What a client sees of a stream that fails behind its first byte, and of no other answer."""


def _asked(chosen: Scenario, view: Any) -> tuple[Any, str | None]:
    """Return what a client sees of `view`, and how it was answered."""
    request_started.send(None)
    try:
        with chosen.within():
            response = view.as_view()(APIRequestFactory().get(f"/{chosen.query}"))
            seen = _received(response)
            response.close()
    finally:
        request_finished.send(None)
    outcome = outcome_of(response)
    return seen, None if outcome is None else outcome.path or outcome.way or str(outcome.reason)


def _received(response: Any) -> Any:
    if not response.streaming:
        return told(response.render())
    try:
        return told(response)
    except AttributeError:
        return CUT
