"""From the talk's DRF (1.2) to rowpath, over everything that promises to be faster."""

from dataclasses import replace

from rowpath.lab.applications import App
from rowpath.lab.experiment import (
    Answer,
    Data,
    Endpoint,
    Experiment,
    Group,
    Requirement,
    Shape,
    Variant,
)
from rowpath.lab.experiments.users import TWO_USERS
from rowpath.lab.packages import COMPILED

ROWS = Answer(
    shape=Shape.ROWS,
    expected="""
        SELECT low_price, high_price, demand_qty, offers_qty, bought_qty, sold_qty, time_created
        FROM product ORDER BY time_created LIMIT %(rows)s
    """,
)

RUNGS = (
    Variant(
        name="drf",
        title="DRF: ModelViewSet, ModelSerializer",
        asks=Endpoint(app=App.DJANGO, code=("LadderProducts", "ProductSerializer")),
        expects=ROWS,
    ),
    Variant(
        name="fastapi",
        title="FastAPI: SQLAlchemy's objects, response_model",
        asks=Endpoint(app=App.FASTAPI, code=("ladder_products", "LadderSchema")),
        expects=ROWS,
    ),
    Variant(
        name="ninja",
        title="django-ninja: ModelSchema, orjson",
        asks=Endpoint(app=App.PEERS, code=("ninja_products", "ProductOut", "ORJSONRenderer")),
        expects=ROWS,
        needs=Requirement(package="django-ninja", version="1.4", extra="peers"),
    ),
    Variant(
        name="oxide",
        title="drf-oxide: serializer and renderer in Rust",
        asks=Endpoint(app=App.PEERS, code=("OxideProducts", "OxideSerializer")),
        expects=ROWS,
        needs=Requirement(package="drf-oxide", version="0.1"),
    ),
    Variant(
        name="fastdrf",
        title="django-fastdrf: serializer and renderer by msgspec",
        asks=Endpoint(app=App.PEERS, code=("FastDrfProducts", "FastDrfSerializer")),
        expects=ROWS,
        needs=Requirement(package="django-fastdrf", version="0.5", extra="peers"),
    ),
    Variant(
        name="fastserializers",
        title="drf-fastserializers: serializer and renderer by pydantic-core",
        asks=Endpoint(app=App.PEERS, code=("FastSerializersProducts", "FastSerializersSerializer")),
        expects=ROWS,
        needs=Requirement(package="drf-fastserializers", version="0.3", extra="peers"),
    ),
    Variant(
        name="accelerator",
        title="drf-accelerator: serializer in Rust",
        asks=Endpoint(app=App.PEERS, code=("AcceleratorProducts", "AcceleratorSerializer")),
        expects=ROWS,
        needs=Requirement(package="drf-accelerator", version="0.1", extra="peers"),
    ),
    Variant(
        name="orjson",
        title="Django: values() and orjson",
        asks=Endpoint(app=App.PEERS, code=("ValuesByOrjson",)),
        expects=ROWS,
        needs=Requirement(package="orjson", version="3.11", extra="peers"),
    ),
    Variant(
        name="litestar",
        title="Litestar: SQLAlchemy's columns, msgspec",
        asks=Endpoint(app=App.LITESTAR, code=("litestar_products", "ProductStruct")),
        expects=ROWS,
        needs=Requirement(package="litestar", version="2.15", extra="peers"),
    ),
    Variant(
        name="bolt",
        title="django-bolt: queryset, msgspec",
        asks=Endpoint(app=App.BOLT, code=("bolt_products", "ProductStruct")),
        expects=ROWS,
        needs=Requirement(package="django-bolt", version="0.13", extra="peers"),
    ),
    Variant(
        name="bolt-values",
        title="django-bolt: the same, unchecked",
        asks=Endpoint(app=App.BOLT, code=("bolt_values", "ProductStruct")),
        expects=ROWS,
        needs=Requirement(package="django-bolt", version="0.13", extra="peers"),
    ),
    Variant(
        name="rowpath",
        title="DRF: ModelViewSet with rowpath's FastListMixin",
        asks=Endpoint(app=App.DJANGO, code=("FastProducts", "ProductSerializer")),
        expects=ROWS,
        needs=Requirement(package=COMPILED, version="0.1"),
        fast_path="compiled",
    ),
    Variant(
        name="rowpath-instances",
        title="the same, over a QuerySet of its own",
        asks=Endpoint(app=App.DJANGO, code=("InstancesProducts", "OwnQuerySet")),
        expects=ROWS,
        needs=Requirement(package=COMPILED, version="0.1"),
        fast_path="instances",
    ),
    Variant(
        name="rowpath-data",
        title="the same, over a to_representation() of its own",
        asks=Endpoint(app=App.DJANGO, code=("DataProducts", "OwnProductSerializer")),
        expects=ROWS,
        fast_path="data",
    ),
)


def by_many(rung: Variant) -> Variant:
    """Return a rung as many users ask for it, at its own path."""
    asks = Endpoint(app=rung.app, code=rung.asks.code, path=f"/ladder/{rung.name}")
    return replace(rung, name=f"{rung.name}-many", asks=asks)


LADDER = Experiment(
    name="ladder",
    section="1.2, 1.4, 1.5",
    question="How many times faster than DRF are its peers, and rowpath?",
    data=Data.PRODUCTS,
    apart="`make ladder` installs all of its rungs and runs it, "
    "`rowpath lab run ladder` runs those that are installed",
    groups=(
        Group(
            name="ladder",
            question="How long does one user wait?",
            baseline="drf",
            of="product",
            sizes=(25, 100, 1_000, 10_000, 100_000),
            variants=RUNGS,
        ),
        Group(
            name="many-users",
            question="How many requests per second does one worker answer while two users ask?",
            baseline="drf-many",
            of="product",
            sizes=(25, 100, 1_000, 10_000),
            measure=TWO_USERS,
            variants=tuple(map(by_many, RUNGS)),
        ),
    ),
)
