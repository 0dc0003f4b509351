"""Sections 1.2 to 1.7 of the talk: seven ways to the same rows."""

from dataclasses import replace

from rowpath.lab.applications import App
from rowpath.lab.conditions import NAMED
from rowpath.lab.experiment import (
    Answer,
    Claim,
    Data,
    Endpoint,
    Experiment,
    Group,
    Shape,
    Told,
    Variant,
)

BOTH = NAMED
FIRST_BY_TIME = """
    SELECT low_price, high_price, demand_qty, offers_qty, bought_qty, sold_qty, time_created
    FROM product ORDER BY time_created LIMIT %(rows)s
"""
ROWS = Answer(shape=Shape.ROWS, expected=FIRST_BY_TIME)
COLUMNS = Answer(shape=Shape.COLUMNS, expected=FIRST_BY_TIME)
# The talk's FastAPI query has no ORDER BY.
FASTAPI_ROWS = replace(ROWS, any_of="product")
FASTAPI_COLUMNS = replace(COLUMNS, any_of="product")

LISTS = Experiment(
    name="lists",
    section="1.2-1.7",
    question="What does each layer between the table and the JSON cost?",
    data=Data.PRODUCTS,
    groups=(
        Group(
            name="lists",
            baseline="drf-objects",
            of="product",
            sizes=(1_000, 10_000, 100_000),
            thorough_sizes=(1_000_000,),
            variants=(
                Variant(
                    name="drf-objects",
                    title="DRF: ModelSerializer over model objects",
                    asks=Endpoint(app=App.DJANGO, code=("ProductObjects", "ProductSerializer")),
                    expects=ROWS,
                    conditions=BOTH,
                    told=(
                        Told(rows=1_000, time_s=0.9),
                        Told(rows=10_000, time_s=1.38),
                        Told(rows=100_000, time_s=5.5),
                        Told(rows=1_000_000, time_s=40),
                    ),
                ),
                Variant(
                    name="drf-values",
                    title="DRF: ModelSerializer over values()",
                    asks=Endpoint(app=App.DJANGO, code=("ProductValues", "ProductSerializer")),
                    expects=ROWS,
                    conditions=BOTH,
                    told=(
                        Told(rows=1_000, time_s=1.06),
                        Told(rows=10_000, time_s=1.39),
                        Told(rows=100_000, time_s=4.95),
                        Told(rows=1_000_000, time_s=35),
                    ),
                ),
                Variant(
                    name="drf-no-serializer",
                    title="DRF: values() without a serializer",
                    asks=Endpoint(app=App.DJANGO, code=("ProductsWithoutSerializer",)),
                    expects=ROWS,
                    conditions=BOTH,
                    told=(
                        Told(rows=1_000, time_s=0.57),
                        Told(rows=10_000, time_s=0.66),
                        Told(rows=100_000, time_s=1.8),
                        Told(rows=1_000_000, time_s=9.8),
                    ),
                ),
                Variant(
                    name="fastapi-schema",
                    title="FastAPI: model, query, pydantic schema",
                    asks=Endpoint(app=App.FASTAPI, code=("product_objects", "ProductSchema")),
                    expects=FASTAPI_ROWS,
                    conditions=BOTH,
                    told=(
                        Told(rows=1_000, time_s=0.065),
                        Told(rows=10_000, time_s=0.630),
                        Told(rows=100_000, time_s=6.2),
                    ),
                ),
                Variant(
                    name="for-objects",
                    title="DRF: for-loop into columns over model objects",
                    asks=Endpoint(app=App.DJANGO, code=("ForLoopObjects",)),
                    expects=COLUMNS,
                    conditions=BOTH,
                    told=(
                        Told(rows=1_000, time_s=0.57),
                        Told(rows=10_000, time_s=0.69),
                        Told(rows=100_000, time_s=2.25),
                        Told(rows=1_000_000, time_s=14.5),
                    ),
                ),
                Variant(
                    name="for-values",
                    title="DRF: for-loop into columns over values()",
                    asks=Endpoint(app=App.DJANGO, code=("ForLoopValues",)),
                    expects=COLUMNS,
                    conditions=BOTH,
                    told=(
                        Told(rows=1_000, time_s=0.57),
                        Told(rows=10_000, time_s=0.65),
                        Told(rows=100_000, time_s=1.78),
                        Told(rows=1_000_000, time_s=9.0),
                    ),
                ),
                Variant(
                    name="for-fastapi",
                    title="FastAPI: for-loop into columns over model objects",
                    asks=Endpoint(app=App.FASTAPI, code=("for_loop_objects", "ProductColumns")),
                    expects=FASTAPI_COLUMNS,
                    conditions=BOTH,
                ),
            ),
        ),
    ),
    claims=(
        Claim(
            text="values() under the same serializer: 1.06 s against 0.9 s, “+17%”",
            section="1.3",
            variant="drf-values",
            baseline="drf-objects",
            rows=1_000,
            ratio=1.06 / 0.9,
            faster_by=-0.17,
        ),
        Claim(
            text="values() under the same serializer: 4.95 s against 5.5 s, “-10%”",
            section="1.3",
            variant="drf-values",
            baseline="drf-objects",
            rows=100_000,
            ratio=4.95 / 5.5,
            faster_by=0.1,
        ),
        Claim(
            text="values() under the same serializer: ~35 s against ~40 s, “-12.5%”",
            section="1.3",
            variant="drf-values",
            baseline="drf-objects",
            rows=1_000_000,
            ratio=35 / 40,
            faster_by=0.125,
        ),
        Claim(
            text="values() without a serializer: 0.57 s against 0.9 s, “-36.6%”",
            section="1.4",
            variant="drf-no-serializer",
            baseline="drf-objects",
            rows=1_000,
            ratio=0.57 / 0.9,
            faster_by=0.366,
        ),
        Claim(
            text="“Standard DRF with Serializer is too slow!”: 1.8 s without it against 5.5 s",
            section="1.4",
            variant="drf-no-serializer",
            baseline="drf-objects",
            rows=100_000,
            ratio=1.8 / 5.5,
        ),
        Claim(
            text="values() without a serializer: 9.8 s against ~40 s, “-75.5%”",
            section="1.4",
            variant="drf-no-serializer",
            baseline="drf-objects",
            rows=1_000_000,
            ratio=9.8 / 40,
            faster_by=0.755,
        ),
        Claim(
            text="“FastAPI is fast”: 0.065 s against 0.9 s",
            section="1.5",
            variant="fastapi-schema",
            baseline="drf-objects",
            rows=1_000,
            ratio=0.065 / 0.9,
        ),
        Claim(
            text="FastAPI: 6.2 s against 5.5 s, “+12%”",
            section="1.5",
            variant="fastapi-schema",
            baseline="drf-objects",
            rows=100_000,
            ratio=6.2 / 5.5,
            faster_by=-0.12,
        ),
        Claim(
            text="“'For-loop' over List[dict] is faster than over objects!”: 1.78 s against 2.25 s",
            section="1.7",
            variant="for-values",
            baseline="for-objects",
            rows=100_000,
            ratio=1.78 / 2.25,
        ),
        Claim(
            text="for-loop over values() against over objects: 9.0 s against 14.5 s, “-38%”",
            section="1.7",
            variant="for-values",
            baseline="for-objects",
            rows=1_000_000,
            ratio=9.0 / 14.5,
            faster_by=0.38,
        ),
    ),
)
