"""Sections 2 and 2.1 of the talk: what it looks inside with, and what that costs a request."""

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

PRICES = Answer(
    shape=Shape.COLUMNS,
    expected="SELECT low_price, high_price FROM product ORDER BY time_created LIMIT %(rows)s",
)
PAGE = ("SQLDebugV2",)
SIZE = 100

INSTRUMENTS = Experiment(
    name="instruments",
    section="2, 2.1",
    question="What does looking inside cost a request?",
    data=Data.PRODUCTS,
    groups=(
        Group(
            name="instruments",
            baseline="no-instrument",
            of="product",
            sizes=(SIZE,),
            variants=(
                Variant(
                    name="no-instrument",
                    title="Django: the page of 2.1, only() of one field, two are read",
                    asks=Endpoint(app=App.DJANGO, code=PAGE),
                    expects=PRICES,
                    statements_per_row=1,
                ),
                Variant(
                    name="recorder",
                    title="the same page with the lab's own recorder, plans included",
                    asks=Endpoint(app=App.RECORDER, code=PAGE),
                    expects=PRICES,
                    statements_per_row=1,
                ),
                Variant(
                    name="toolbar",
                    title="the same page with django-debug-toolbar, all its panels",
                    asks=Endpoint(app=App.TOOLBAR, code=PAGE),
                    expects=PRICES,
                    statements_per_row=1,
                    needs=Requirement(package="django-debug-toolbar", version="5.0", extra="tools"),
                ),
                # With each statement silk sends an EXPLAIN of it, and later a change of its own
                # count of them; the others save the request, the answer and what it recorded. Other
                # versions of it may send fewer, and what they record is none of the comparison.
                Variant(
                    name="silk",
                    title="the same page with django-silk, which keeps each request in a table",
                    asks=Endpoint(app=App.SILK, code=PAGE),
                    expects=PRICES,
                    statements=10,
                    statements_per_row=3,
                    statements_at_most=True,
                    needs=Requirement(package="django-silk", version="5.3", extra="tools"),
                ),
            ),
        ),
    ),
)
