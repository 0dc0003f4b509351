"""Section 3.1 of the talk: how many columns are fetched, and as what, where two are read."""

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
PRICES = Answer(
    shape=Shape.COLUMNS,
    expected="SELECT low_price, high_price FROM product ORDER BY time_created LIMIT %(rows)s",
)
# The talk's FastAPI query has no ORDER BY.
FASTAPI_PRICES = replace(PRICES, any_of="product")
SIZE = 100

FIELDS = Experiment(
    name="fields",
    section="3.1",
    question="What is saved by fetching only the fields that are read?",
    data=Data.PRODUCTS,
    groups=(
        Group(
            name="fields",
            baseline="all",
            of="product",
            sizes=(SIZE,),
            variants=(
                Variant(
                    name="all",
                    title="Django: all()",
                    asks=Endpoint(app=App.DJANGO, code=("AllFields",)),
                    expects=PRICES,
                    conditions=BOTH,
                ),
                Variant(
                    name="only",
                    title="Django: only() of the two fields",
                    asks=Endpoint(app=App.DJANGO, code=("OnlyBoth",)),
                    expects=PRICES,
                    conditions=BOTH,
                ),
                Variant(
                    name="only-one",
                    title="Django: only() of one field, two are read",
                    asks=Endpoint(app=App.DJANGO, code=("OnlyOne",)),
                    expects=PRICES,
                    conditions=BOTH,
                    statements_per_row=1,
                ),
                Variant(
                    name="defer",
                    title="Django: defer() of the others",
                    asks=Endpoint(app=App.DJANGO, code=("DeferOthers",)),
                    expects=PRICES,
                    conditions=BOTH,
                ),
                Variant(
                    name="values",
                    title="Django: values()",
                    asks=Endpoint(app=App.DJANGO, code=("ValuesOfBoth",)),
                    expects=PRICES,
                    conditions=BOTH,
                    told=(Told(rows=SIZE, time_s=0.440),),
                ),
                Variant(
                    name="values-list",
                    title="Django: values_list()",
                    asks=Endpoint(app=App.DJANGO, code=("ValuesListOfBoth",)),
                    expects=PRICES,
                    conditions=BOTH,
                ),
                Variant(
                    name="sqlalchemy-load-only",
                    title="FastAPI: load_only()",
                    asks=Endpoint(app=App.FASTAPI, code=("load_only_both", "PriceColumns")),
                    expects=FASTAPI_PRICES,
                    conditions=BOTH,
                    told=(Told(rows=SIZE, time_s=0.007),),
                ),
                Variant(
                    name="sqlalchemy-columns",
                    title="FastAPI: plain columns",
                    asks=Endpoint(app=App.FASTAPI, code=("plain_columns", "PriceColumns")),
                    expects=FASTAPI_PRICES,
                    conditions=BOTH,
                ),
            ),
        ),
    ),
    claims=(
        Claim(
            text="FastAPI with load_only(): response 7 ms against 440 ms with values()",
            section="3.1",
            variant="sqlalchemy-load-only",
            baseline="values",
            rows=SIZE,
            ratio=0.007 / 0.440,
        ),
    ),
)
