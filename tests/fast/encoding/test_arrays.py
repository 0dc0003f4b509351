"""Arrays and hstores: values with values of their own."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.types import TypeInfo
from psycopg.types.hstore import register_hstore

from fast.drf.long_runs import examples
from fast.encoding.harness import (
    STYLES,
    Check,
    binary,
    column_of,
    dumps,
    encoded,
    made_for,
    refusal,
)
from fast.encoding.values import CHARACTERS, TEXTS, decimals
from rowpath.fast import forms


def array_text(items: list[Any]) -> str:
    """Return the text that PostgreSQL reads as an array."""

    def item(value: object) -> str:
        if value is None:
            return "NULL"
        if isinstance(value, list):
            return array_text(value)
        escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'

    return "{" + ",".join(map(item, items)) + "}"


def as_it_is(value: object) -> object:
    return value


ITEMS: dict[str, tuple[forms.Form, st.SearchStrategy[Any], Callable[[Any], object]]] = {
    "text": (forms.Text(), TEXTS, as_it_is),
    "varchar": (forms.Text(), TEXTS, as_it_is),
    "int2": (forms.Integer(), st.integers(-(2**15), 2**15 - 1), as_it_is),
    "int4": (forms.Integer(quoted=True), st.integers(-(2**31), 2**31 - 1), str),
    "int8": (forms.Integer(), st.integers(-(2**63), 2**63 - 1), as_it_is),
    "bool": (forms.Boolean(), st.booleans(), as_it_is),
    "float8": (forms.Float(), st.floats(allow_nan=False, allow_infinity=False), as_it_is),
    "numeric": (forms.Decimal(places=2), decimals(places=2), lambda value: f"{value:f}"),
    "date": (forms.Date(), st.dates(), lambda value: value.isoformat()),
    "uuid": (forms.Uuid(style=forms.UuidStyle.HYPHENATED), st.uuids(), str),
}


@examples(share=0.01)
@given(data=st.data())
@pytest.mark.parametrize("type_", ITEMS)
def test_arrays(connection: psycopg.Connection, type_: str, data: st.DataObject) -> None:
    """An array is a list of its items, each as the item's form has it, nulls kept."""
    form, items, represent = ITEMS[type_]
    lists = data.draw(st.lists(st.lists(st.none() | items, max_size=6), max_size=10))

    def represent_all(values: list[Any]) -> list[Any]:
        return [None if value is None else represent(value) for value in values]

    texts = [array_text(items) for items in lists]
    Check(connection, forms.Array(item=form), f"{type_}[]")([*texts, None], represent_all)


@examples(share=0.01)
@given(sizes=st.lists(st.integers(1, 3), min_size=1, max_size=6))
def test_dimensions(connection: psycopg.Connection, sizes: list[int]) -> None:
    """As many dimensions as the form has are nested in one another; an empty array is flat."""
    value: Any = 7
    form: forms.Form = forms.Integer()
    for size in sizes:
        value = [value] * size
        form = forms.Array(item=form)

    Check(connection, form, "int4[]")([array_text(value), "{}", None], as_it_is)


def test_lower_bounds(connection: psycopg.Connection) -> None:
    """Where an array's numbering begins is not told."""
    Check(connection, forms.Array(item=forms.Integer()), "int4[]")(["[5:6]={1,2}"], as_it_is)


@pytest.mark.parametrize("text", ["{{1,2},{3,4}}", "{{{1}}}"])
def test_other_dimensions_are_refused(connection: psycopg.Connection, text: str) -> None:
    """An array of more dimensions than the form is left to the framework."""
    form = forms.Array(item=forms.Integer())

    assert "dimensions" in refusal(connection, form, "int4[]", text)


def test_an_items_refusal_is_the_arrays(connection: psycopg.Connection) -> None:
    """One item without a spelling refuses the whole value."""
    assert "NaN" in refusal(connection, forms.Array(item=forms.Float()), "float8[]", "{1,NaN}")


def test_an_empty_two_dimensional_form(connection: psycopg.Connection) -> None:
    """A flat array is not nested because the form would be."""
    form = forms.Array(item=forms.Array(item=forms.Integer()))

    assert "dimensions" in refusal(connection, form, "int4[]", "{1,2}")


KEYS = st.text(CHARACTERS, max_size=12)


@examples(share=0.02)
@given(values=st.lists(st.dictionaries(KEYS, st.none() | TEXTS, max_size=5), max_size=8))
def test_hstores(connection: psycopg.Connection, values: list[dict[str, str | None]]) -> None:
    """An hstore is an object, its keys in the order in which PostgreSQL keeps them."""
    info = TypeInfo.fetch(connection, "hstore")
    assert info is not None
    register_hstore(info, connection)
    texts = [hstore_text(value) for value in values]
    query = column_of("hstore")
    read = [{"v": value} for (value,) in connection.execute(query, [texts])]
    result = binary(connection, query, texts)

    for style in STYLES:
        encoder = made_for(forms.Mapping(oid=info.oid), style)
        assert encoded(encoder, result) == dumps(read, style)


def hstore_text(pairs: dict[str, str | None]) -> str:
    """Return the text that PostgreSQL reads as an hstore."""

    def quoted(text: str) -> str:
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'

    return ",".join(
        f"{quoted(key)}=>{'NULL' if value is None else quoted(value)}"
        for key, value in pairs.items()
    )
