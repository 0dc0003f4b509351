"""Two ways of making a list of numbers, each in a server of its own that rowpath starts."""

import sys
from pathlib import Path

from rowpath.lab.applications import Command
from rowpath.lab.experiment import Claim, Experiment, Group, Request, SameAnswer, Variant

SERVER = Path(__file__).with_name("numbers_server.py")


def server(way: str) -> Command:
    """Return the server that makes its lists in this way."""
    return Command(name=way, command=f"'{sys.executable}' '{SERVER}' {{port}} {way}")


NUMBERS = Experiment(
    name="numbers",
    question="What does it cost to encode each number by itself?",
    data=None,
    groups=(
        Group(
            name="lists",
            baseline="at-once",
            sizes=(100, 2_000),
            variants=(
                Variant(
                    name="at-once",
                    title="json.dumps() of the whole list",
                    asks=Request(app=server("at-once"), path="/numbers?count={rows}"),
                    expects=SameAnswer(),
                ),
                Variant(
                    name="one-by-one",
                    title="json.dumps() of each number",
                    asks=Request(app=server("one-by-one"), path="/numbers?count={rows}"),
                    expects=SameAnswer(),
                ),
            ),
        ),
    ),
    claims=(
        Claim(
            text="Encoding each number by itself takes three times as long",
            variant="one-by-one",
            baseline="at-once",
            rows=2_000,
            ratio=3.0,
        ),
    ),
)
