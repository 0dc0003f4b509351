"""What the numbers of a database become."""

from decimal import Decimal
from typing import Any

from django.db import connections, models
from django.db.models.expressions import Col
from hypothesis import given, settings
from hypothesis import strategies as st

from fast.exact import exact
from fast.shop.making.models import LITE
from rowpath.fast._making import Converter, Instances, Maker
from rowpath.fast.django.making import converters


def numbers() -> list[int]:
    """Hold what SQLite's values become against Django, and return how many each asked Django.

    Raises AssertionError.
    """
    asked: list[Any] = []

    @settings(max_examples=2_000, derandomize=True, database=None)
    @given(_NUMBERS, st.integers(0, 9), st.integers(1, 12))
    def are_djangos(value: Any, places: int, digits: int) -> None:
        field = models.DecimalField(max_digits=max(digits, places), decimal_places=places)
        ours, theirs = _converted(value, Col("t", field), asked)
        assert ours == theirs

    are_djangos()
    return [2_000, len(asked)]


def halves() -> list[Any]:
    """Return the numbers in the midst of two that become other decimals than by Django."""
    found = []
    for places in range(7):
        column = Col("t", models.DecimalField(max_digits=12, decimal_places=places))
        numbers = ((number + 0.5) / 10**places for number in range(-300, 300))
        for number in numbers:
            ours, theirs = _converted(number, column, [])
            if ours != theirs:
                found.append([number, places, ours, theirs])
    return found


_NUMBERS = st.one_of(
    st.none(),
    st.integers(),
    st.integers(-(10**11), 10**11),
    st.floats(),
    st.floats(-1, 1),
    st.decimals(-(10**8), 10**8, allow_nan=False, places=3).map(float),
    st.decimals(-100, 100, allow_nan=False, places=2).map(float),
    st.sampled_from([-0.0, 0.0, 0.5, 0.125, 2.675, 1e15, 1e22, 99999.995, True, Decimal("0.1")]),
)


def _converted(value: Any, column: Col, asked: list[Any]) -> list[Any]:
    """Return what a value becomes by compiled code and by Django, or what is raised."""
    connection = connections[LITE]
    call = connection.ops.get_decimalfield_converter(column)
    quicker = converters._quicker_on_sqlite()(call, column)
    assert quicker

    def theirs(*given: Any) -> Any:
        asked.append(given)
        return call(*given)

    def ours(*given: Any) -> Any:
        maker = Maker(_Made, [("value", 0, 1)], _Made, (), object())
        by_compiled = Converter(0, theirs, *given[1:], **quicker)
        [one] = Instances([(given[0],)], [by_compiled], maker, (), None)
        return one.value

    found = []
    for convert in (ours, call):
        try:
            found.append(exact(convert(value, column, connection)))
        except Exception as error:  # noqa: BLE001 - both have to raise it
            found.append([type(error).__name__])
    return found


class _Made:
    value: Any
