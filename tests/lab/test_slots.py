"""A slot's times are what was really waited, and its CPU is that of one request."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import monotonic, perf_counter

import pytest

from rowpath.errors import ServerError
from rowpath.lab.answers.reference import reference
from rowpath.lab.conditions import CONTROLLED
from rowpath.lab.database import Database
from rowpath.lab.experiments.users import USERS
from rowpath.lab.measures import CPU, TIME
from rowpath.lab.measuring import slots
from rowpath.lab.measuring.observe import Observer
from rowpath.lab.measuring.slots import measure_slot, slowed
from rowpath.lab.plan import Cell, Control
from rowpath.lab.results import Observation
from rowpath.lab.servers.fleet import Fleet, Site, fleet

VARIANT = USERS.variant("drf-objects")
CELL = Cell(variant=VARIANT, path=USERS.path(VARIANT), conditions=CONTROLLED, rows=20)
AN_HOUR_S = 3_600.0


@pytest.fixture(scope="module")
def servers(products: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    site = Site(dsn=products.dsn, logs=tmp_path_factory.mktemp("logs"))
    with fleet([CELL], site) as running:
        yield running


@pytest.fixture(scope="module")
def seen(products: Database, tmp_path_factory: pytest.TempPathFactory) -> Observation:
    folder: Path = tmp_path_factory.mktemp("traces")
    site = Site(dsn=products.dsn, logs=folder)
    with fleet([CELL], site, trace_folder=folder) as traced, reference(products.dsn) as table:
        return Observer(table, folder).observe(CELL, VARIANT, traced)


def test_a_delay_of_five_percent_is_waited_and_counted() -> None:
    """Ten milliseconds become half a millisecond more at least, and no more than passed."""
    started = perf_counter()
    counted_s = slowed(0.01)
    passed_s = perf_counter() - started

    assert 0.0105 <= counted_s <= 0.01 + passed_s


def test_a_slot_lasts_its_time_and_has_the_median_of_its_requests(
    servers: Fleet, seen: Observation
) -> None:
    """What one request takes of a processor is a part of what passed: one worker answers them."""
    started = monotonic()
    slot = measure_slot(CELL, servers, seen, slot_s=0.3)
    passed_s = monotonic() - started

    assert passed_s >= 0.3
    assert sum(slot.samples_s) <= passed_s
    assert slot.figures[TIME] == median(slot.samples_s)
    assert 0 < slot.figures[CPU] <= passed_s / len(slot.samples_s)


def test_a_slot_without_time_has_one_request(servers: Fleet, seen: Observation) -> None:
    """So that the slowest technique has a time as well."""
    assert len(measure_slot(CELL, servers, seen, slot_s=0.0).samples_s) == 1


@pytest.mark.parametrize("control", [None, Control.CLONE, Control.SLOWED])
def test_the_delay_is_added_to_what_is_slowed_alone(
    control: Control | None, servers: Fleet, seen: Observation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To each of its requests; here it is an hour that nobody waits."""
    monkeypatch.setattr(slots, "slowed", lambda took_s: took_s + AN_HOUR_S)

    slot = measure_slot(replace(CELL, control=control), servers, seen, slot_s=0.05)

    assert {each > AN_HOUR_S for each in slot.samples_s} == {control is Control.SLOWED}


@pytest.mark.parametrize("bytes_more", [1, -1])
def test_an_answer_that_is_not_as_long_as_the_verified_one_ends_the_slot(
    bytes_more: int, servers: Fleet, seen: Observation
) -> None:
    """With both lengths."""
    other = replace(seen, size_bytes=seen.size_bytes + bytes_more)
    told = f"has {seen.size_bytes:,} bytes, the verified one had {other.size_bytes:,}"

    with pytest.raises(ServerError, match=told):
        measure_slot(CELL, servers, other, slot_s=0.0)
