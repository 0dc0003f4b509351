"""Two querysets of one shape have one statement, whatever else they are."""

from fast.conftest import Copies
from fast.projects import inside

EXAMPLES = 250


def test_equal_shapes_have_equal_sql(copies: Copies) -> None:
    """Two querysets with equal keys differ in the values, which the shape has, and the slice."""
    with copies("shop_shaping") as dsn, inside({"databases": {"default": dsn}}) as project:
        told = project.call("shaping:differing", examples=EXAMPLES)

    assert told["wrong"] == []
    # Or nothing was compared.
    assert told["same"] > EXAMPLES * 5
