"""Why was FastAPI fourteen times as fast? The talk's pair (1.2 and 1.5), one thing at a time.

Between the talk's two endpoints three things differ at once: Django's query sorts ten million rows
and FastAPI's names no order, Django connects anew for each request and SQLAlchemy has a pool, and
the framework is another, with its ORM, serializer and server. All eight ways to set these three are
measured, so that what each brings can be told whichever was changed before it. An index, model
objects and the serializer were the same in both, or nowhere; what they would have brought stands
beside it.
"""

from itertools import product

from rowpath.lab.applications import App
from rowpath.lab.conditions import Conditions
from rowpath.lab.experiment import (
    Answer,
    Corner,
    Data,
    Endpoint,
    Experiment,
    Explanation,
    Group,
    Shape,
    Variant,
)
from rowpath.lab.experiments.lists import FIRST_BY_TIME

SIZE = 1_000
ROWS = Answer(shape=Shape.ROWS, expected=FIRST_BY_TIME, any_of="product")

ORDER = "ORDER BY without an index"
CONNECTION = "a connection for each request"
FRAMEWORK = "framework with its server"
FACTORS = (ORDER, CONNECTION, FRAMEWORK)


def conditions(order: str, *, keeps: bool) -> Conditions:
    """Return conditions that are the same for both applications."""
    names_order = order != "no-order"
    return Conditions(
        name=f"{order}-{'kept' if keeps else 'new'}-connection",
        django_orders=names_order,
        sqlalchemy_orders=names_order,
        uses_index=order == "index",
        django_keeps_connections=keeps,
        sqlalchemy_keeps_connections=keeps,
    )


SORTED_NEW = conditions("sort", keeps=False)
SORTED_KEPT = conditions("sort", keeps=True)
UNORDERED_NEW = conditions("no-order", keeps=False)
UNORDERED_KEPT = conditions("no-order", keeps=True)
INDEX_NEW = conditions("index", keeps=False)
INDEX_KEPT = conditions("index", keeps=True)
ALL = (SORTED_NEW, SORTED_KEPT, UNORDERED_NEW, UNORDERED_KEPT, INDEX_NEW, INDEX_KEPT)

DRF = Variant(
    name="drf",
    title="DRF: ModelSerializer over model objects, gunicorn",
    asks=Endpoint(app=App.DJANGO, code=("FourteenProducts", "ProductSerializer")),
    expects=ROWS,
    conditions=ALL,
)
FASTAPI = Variant(
    name="fastapi",
    title="FastAPI: pydantic schema over SQLAlchemy's objects, uvicorn",
    asks=Endpoint(app=App.FASTAPI, code=("fourteen_products", "ProductSchema")),
    expects=ROWS,
    conditions=ALL,
)


def corner(*, sorts: bool, connects: bool, is_drf: bool) -> Corner:
    """Return who answers with these three as at the talk's Django, or as at its FastAPI."""
    kept = SORTED_KEPT if sorts else UNORDERED_KEPT
    anew = SORTED_NEW if sorts else UNORDERED_NEW
    changed = {ORDER: not sorts, CONNECTION: not connects, FRAMEWORK: not is_drf}
    return Corner(
        changed=frozenset(factor for factor, is_changed in changed.items() if is_changed),
        variant=(DRF if is_drf else FASTAPI).name,
        conditions=anew if connects else kept,
    )


def inside(name: str, title: str, app: App, *code: str) -> Variant:
    """Return a variant of what is inside the endpoints, where nothing else differs."""
    asks = Endpoint(app=app, code=code)
    return Variant(name=name, title=title, asks=asks, expects=ROWS, conditions=(INDEX_KEPT,))


FOURTEEN = Experiment(
    name="fourteen",
    section="1.2, 1.5",
    question="Why was FastAPI fourteen times as fast as DRF?",
    data=Data.PRODUCTS,
    groups=(
        Group(
            name="the-pair",
            question="The two endpoints of the talk, with each of their differences set both ways",
            baseline="drf",
            of="product",
            sizes=(SIZE,),
            variants=(DRF, FASTAPI),
            explanation=Explanation(
                text="DRF as the talk had it, against FastAPI as the talk had it",
                factors=FACTORS,
                corners=tuple(
                    corner(sorts=sorts, connects=connects, is_drf=is_drf)
                    for sorts, connects, is_drf in product((True, False), repeat=3)
                ),
            ),
        ),
        Group(
            name="inside-the-endpoints",
            question=(
                "Model objects and a serializer were at both ends, so they explain none of it. "
                "What do they cost, all else alike?"
            ),
            baseline="drf-objects-serializer",
            of="product",
            sizes=(SIZE,),
            variants=(
                inside(
                    "drf-objects-serializer",
                    "DRF: ModelSerializer over model objects",
                    App.DJANGO,
                    "FourteenProducts",
                    "ProductSerializer",
                ),
                inside(
                    "drf-columns-serializer",
                    "DRF: ModelSerializer over values()",
                    App.DJANGO,
                    "FourteenValues",
                    "ProductSerializer",
                ),
                inside(
                    "drf-objects",
                    "DRF: dictionaries made of model objects, no serializer",
                    App.DJANGO,
                    "FourteenWithoutSerializer",
                    "as_dictionary",
                ),
                inside(
                    "drf-columns",
                    "DRF: values(), no serializer",
                    App.DJANGO,
                    "FourteenValuesWithoutSerializer",
                ),
                inside(
                    "fastapi-objects-serializer",
                    "FastAPI: pydantic schema over SQLAlchemy's objects",
                    App.FASTAPI,
                    "objects_with_schema",
                    "LadderSchema",
                ),
                inside(
                    "fastapi-columns-serializer",
                    "FastAPI: pydantic schema over rows of columns",
                    App.FASTAPI,
                    "columns_with_schema",
                    "LadderSchema",
                ),
                inside(
                    "fastapi-objects",
                    "FastAPI: dictionaries made of objects, no schema",
                    App.FASTAPI,
                    "objects_without_schema",
                    "as_dictionary",
                ),
                inside(
                    "fastapi-columns",
                    "FastAPI: rows of columns as dictionaries, no schema",
                    App.FASTAPI,
                    "columns_without_schema",
                ),
            ),
        ),
    ),
)
