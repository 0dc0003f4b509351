"""A key within a URL is written as Django quotes it, and refused where its URL may be another."""

from datetime import UTC
from urllib.parse import quote
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fast.drf.long_runs import examples
from fast.encoding.harness import COMPACT, dumps, made_for
from fast.encoding.results import result_of
from rowpath.fast.encoding import CannotEncodeError
from rowpath.fast.encoding.writers import Type
from rowpath.fast.forms import Around, Link, LinkKey

BEFORE, BEHIND = 'http://testserver/"ü/', "/?a=1"
ANY = bytes(byte for byte in range(1, 256) if byte != ord("/"))
DIGITS = b"0123456789"
# django.utils.http.RFC3986_SUBDELIMS, and what URLResolver has safe besides.
SAFE = "!$&'()*+,;=" + "/~:@"
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=5)
INTEGERS = {Type.INT2: 2, Type.INT4: 4, Type.INT8: 8}


def link(key: LinkKey, *, may_be_empty: bool = False) -> Link:
    return Link(key=key, view_name="item", keyword="pk", may_be_empty=may_be_empty)


def written(form: Link, cell: bytes, oid: int, allowed: bytes = ANY) -> bytes:
    """Return what is written of one row with `cell`."""
    around = Around(before=BEFORE, behind=BEHIND, allowed=allowed)
    array = made_for(form).array(zone=UTC, connection_zone=UTC, around=lambda _: around)
    array.add(result_of([[cell]], [oid]))
    return array.finish()


def url(key: str) -> bytes:
    return dumps([{"v": BEFORE + key + BEHIND}], COMPACT)


@examples(share=0.1)
@given(text=TEXTS | st.sampled_from([".", "..", "...", "a.b", "%2F", "a/b", "ü x"]))
def test_text_is_quoted_as_django_quotes_it(text: str) -> None:
    """All but what has a slash or is a dotted segment, which an absolute URL would not keep."""
    form = link(LinkKey.TEXT)
    if "/" in text or text in ("", ".", ".."):
        with pytest.raises(CannotEncodeError):
            written(form, text.encode(), Type.TEXT)
    else:
        assert written(form, text.encode(), Type.TEXT) == url(quote(text, safe=SAFE))


@pytest.mark.parametrize("oid", INTEGERS)
@pytest.mark.parametrize("number", [0, 7, 32_767, -1, -32_768])
def test_a_number_is_its_digits(oid: Type, number: int) -> None:
    """With a sign only where a pattern may have one."""
    cell = number.to_bytes(INTEGERS[oid], "big", signed=True)

    assert written(link(LinkKey.INTEGER), cell, oid) == url(str(number))
    if number < 0:
        with pytest.raises(CannotEncodeError, match="no negative number"):
            written(link(LinkKey.INTEGER), cell, oid, allowed=DIGITS)


def test_a_uuid_has_hyphens() -> None:
    """As str() has it."""
    key = UUID("5ad3c0f1-6e0b-4c55-9d0f-0b7c1ff2a4d7")

    assert written(link(LinkKey.UUID), key.bytes, Type.UUID) == url(str(key))


def test_an_empty_key_is_null_where_it_stands_for_nothing() -> None:
    """So DRF has it of a primary key, and of no other."""
    form = link(LinkKey.TEXT, may_be_empty=True)

    assert written(form, b"", Type.VARCHAR) == b'[{"v":null}]'


@pytest.mark.parametrize("text", ["a", "1a", "1é", "1 "])
def test_text_with_a_byte_that_its_pattern_excludes_is_refused(text: str) -> None:
    """Django would take another pattern for it, or none."""
    with pytest.raises(CannotEncodeError, match="may not have what is in its key"):
        written(link(LinkKey.TEXT), text.encode(), Type.TEXT, allowed=DIGITS)
