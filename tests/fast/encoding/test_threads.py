"""One encoder for all threads."""

import threading
from concurrent.futures import ThreadPoolExecutor
from zoneinfo import ZoneInfo

import psycopg
import pytest

from fast.encoding.harness import binary, encoded, made
from rowpath.fast import forms
from rowpath.fast.encoding import CannotEncodeError
from rowpath.fast.plan import Value

THREADS = 8

QUERY = """
    SELECT i::int8, 'name ' || i, (i / 100.0)::numeric(10, 2), sqrt(i)::float8,
           timestamptz '1900-01-01' + i * interval '3 days'
    FROM generate_series(1, 5000) AS i
"""
FORMS: tuple[forms.Form, ...] = (
    forms.Integer(),
    forms.Text(),
    forms.Decimal(places=2),
    forms.Float(),
    forms.DateTime(zone=forms.Zone.REQUEST),
)


def test_threads_write_the_same_bytes(connection: psycopg.Connection) -> None:
    """Eight threads at once, in a zone that none has seen, write what one alone writes."""
    result = binary(connection, QUERY)
    members = [Value(key=str(i), column=i, form=form) for i, form in enumerate(FORMS)]
    encoder = made(*members, columns=len(FORMS))
    start = threading.Barrier(THREADS)

    def encode(zone: ZoneInfo) -> list[bytes]:
        start.wait()
        return [encoded(encoder, result, zone=zone) for _ in range(10)]

    for name in ("America/Toronto", "Asia/Tehran", "Australia/Lord_Howe"):
        fresh = ZoneInfo.no_cache(name)
        with ThreadPoolExecutor(THREADS) as threads:
            written = {
                answer for answers in threads.map(encode, [fresh] * THREADS) for answer in answers
            }
        alone = encoded(encoder, result, zone=ZoneInfo.no_cache(name))
        assert written == {alone}


def test_a_refusal_leaves_the_encoder_as_it_was(connection: psycopg.Connection) -> None:
    """After a refused result the next one is written as if nothing had been."""
    encoder = made(Value(key="v", column=0, form=forms.Float()))
    good = binary(connection, "SELECT 1.5::float8")
    for _ in range(3):
        bad = binary(connection, "SELECT 'NaN'::float8")
        with pytest.raises(CannotEncodeError, match="NaN"):
            encoded(encoder, bad)
        assert encoded(encoder, good) == b'[{"v":1.5}]'
