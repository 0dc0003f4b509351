"""What bench/fast_path.py times, in a Django project that is set up: the lab's."""

import resource
from collections.abc import Callable
from datetime import UTC
from typing import Any, cast

import psutil
from django.db import connections
from rest_framework.fields import SerializerMethodField
from rest_framework.generics import ListAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.test import APIRequestFactory

from rowpath.fast.drf import FastListMixin, StreamingList, outcome_of
from rowpath.fast.drf.answers import reading_for
from rowpath.fast.drf.rows.admitted import Admitted
from rowpath.lab.apps.django.models import Product
from rowpath.lab.apps.django.serializers import ProductSerializer

Step = Callable[[], object]


class WithMethod(ProductSerializer):
    """A serializer with a field that no plan has."""

    spread = SerializerMethodField()

    class Meta:
        """The lab's fields, and one more."""

        model = Product
        fields = (*ProductSerializer.Meta.fields, "spread")

    def get_spread(self, product: Product) -> str:
        """Return the difference of the prices."""
        return str(product.high_price - product.low_price)


def steps(size: int) -> dict[str, Step]:
    """Return what is timed for a list of `size` products."""
    request = APIRequestFactory().get("/")
    fast, admitted = fast_path(size)
    encoder = cast("Any", admitted.way).encoder
    if fast() != drf(size):
        raise SystemExit("Cannot compare: the fast path and DRF differ.")
    floor = prepared(admitted.ready.statement(products(size), admitted.connection))
    kept = floor()
    plain = view_of(WithMethod, size).as_view()
    falls_back = view_of(WithMethod, size, FastListMixin).as_view()
    outcome = outcome_of(falls_back(request))
    if outcome is None or outcome.fast:
        raise SystemExit("Cannot compare: the view that should fall back did not.")
    return {
        "floor": floor,
        "encoder": lambda: encoded(encoder, kept),
        "fast path": fast,
        "DRF": lambda: drf(size),
        "falls back": lambda: falls_back(APIRequestFactory().get("/")).render(),
        "plain DRF": lambda: plain(APIRequestFactory().get("/")).render(),
    }


def fast_path(size: int) -> tuple[Callable[[], bytes], Admitted]:
    """Return what reads and writes `size` products in one view's request, and what it is."""
    view = view_of(ProductSerializer, size, FastListMixin)()
    request = view.initialize_request(APIRequestFactory().get("/"))
    view.setup(request)
    view.initial(request)

    def fast() -> bytes:
        reading = reading_for(view, request, products(size))
        reading.whole()
        return reading.array(None)

    return fast, reading_for(view, request, products(size)).admitted


def drf(size: int) -> bytes:
    """Return DRF's bytes for `size` products."""
    return JSONRenderer().render(ProductSerializer(products(size), many=True).data)


def products(size: int) -> Any:  # noqa: ANN401 - a queryset
    """Return the queryset of the first `size` products."""
    return Product.objects.all()[:size]


def view_of(serializer: type, size: int, *mixins: type) -> Any:  # noqa: ANN401 - a class of views
    """Return a view of `size` products."""
    attributes = {"queryset": products(size), "serializer_class": serializer}
    return type("View", (*mixins, ListAPIView), attributes)


def prepared(statement: Any) -> Callable[[], Any]:  # noqa: ANN401 - of the fast path
    """Return what runs `statement`, prepared here, and has libpq's binary result."""
    pgconn = connections["default"].connection.pgconn
    sql = statement.sql % statement.params
    name = f"floor_{abs(hash(sql))}".encode()
    pgconn.prepare(name, sql.encode())
    return lambda: pgconn.exec_prepared(name, None, None, 1)


def encoded(encoder: Any, result: Any) -> bytes:  # noqa: ANN401
    """Return a result's rows as JSON."""
    array = encoder.array(zone=UTC, connection_zone=UTC)
    array.add(result)
    written: bytes = array.finish()
    return written


def streaming_steps(size: int) -> dict[str, Step]:
    """Return what is timed for a stream of `size` products."""
    connections["default"].ensure_connection()
    _, admitted = fast_path(size)
    floor = prepared(admitted.ready.statement(products(size), admitted.connection))
    return {"floor": floor, "streamed": lambda: streamed(size)}


def streamed(size: int) -> int:
    """Stream `size` products, and return how many bytes they are."""
    view = view_of(ProductSerializer, size, StreamingList)
    response = view.as_view()(APIRequestFactory().get("/"))
    if not response.streaming:
        raise SystemExit("Cannot measure streaming: the list was answered in one piece.")
    try:
        return sum(len(piece) for piece in response)
    finally:
        response.close()


def grown_mib(size: int) -> float:
    """Return by how much this process grows at most while it streams `size` products."""
    streamed(min(size, 10_000))  # what is imported and compiled once
    before = psutil.Process().memory_info().rss
    streamed(size)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before / 2**20
