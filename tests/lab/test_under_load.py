"""A slot under load measures rate and latencies, and no answer in it goes unchecked."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest

from rowpath.errors import ServerError
from rowpath.lab.answers.reference import reference
from rowpath.lab.conditions import CONTROLLED
from rowpath.lab.database import Database
from rowpath.lab.experiments.users import USERS
from rowpath.lab.load.engine import Driver, driver
from rowpath.lab.measures import (
    CPU,
    LITTLES_LAW,
    MEDIAN_LATENCY,
    MEMORY,
    P95_LATENCY,
    THROUGHPUT,
    AtRate,
    Load,
    ManyUsers,
)
from rowpath.lab.measuring.observe import Observer
from rowpath.lab.measuring.under_load import NotHeldError, measure_load
from rowpath.lab.plan import Cell
from rowpath.lab.results import Observation, Slot
from rowpath.lab.servers.fleet import Fleet, Site, fleet

THREE, SIXTY = ManyUsers(users=3), ManyUsers(users=60)
VARIANT = USERS.variant("drf-objects")
CELL = Cell(
    variant=VARIANT, path=USERS.path(VARIANT), conditions=CONTROLLED, rows=20, measure=THREE
)
LOAD_S = 0.3
RATE = AtRate(rate=40, users=20, least_s=1.0)
TRIES = 10


@pytest.fixture(scope="module")
def seen(products: Database, tmp_path_factory: pytest.TempPathFactory) -> Observation:
    folder = tmp_path_factory.mktemp("traces")
    site = Site(dsn=products.dsn, logs=folder)
    with fleet([CELL], site, trace_folder=folder) as traced, reference(products.dsn) as table:
        return Observer(table, folder).observe(CELL, VARIANT, traced)


@pytest.fixture(scope="module")
def servers(products: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    logs: Path = tmp_path_factory.mktemp("logs")
    with fleet([CELL], Site(dsn=products.dsn, logs=logs)) as running:
        yield running


@pytest.fixture(scope="module")
def asking() -> Iterator[Driver]:
    with driver() as process:
        yield process


def held(  # noqa: PLR0913 as of what it calls
    cell: Cell, measure: Load, servers: Fleet, asking: Driver, seen: Observation, *, load_s: float
) -> Slot:
    """The first slot that whoever asks could keep up with: a busy machine may not let it."""
    for _ in range(TRIES):
        with suppress(NotHeldError):
            return measure_load(cell, measure, servers, asking, seen, load_s=load_s, seed=1)
    return measure_load(cell, measure, servers, asking, seen, load_s=load_s, seed=1)


def test_a_slot_of_users_gives_rate_latencies_cpu_and_memory(
    servers: Fleet, asking: Driver, seen: Observation
) -> None:
    """One worker answers three users in turn: what each waits is what the others take, too."""
    started = monotonic()
    slot = measure_load(CELL, THREE, servers, asking, seen, load_s=LOAD_S, seed=1)
    passed_s = monotonic() - started

    assert list(slot.figures) == [*THREE.quantities, LITTLES_LAW]
    assert slot.figures[P95_LATENCY] < passed_s
    assert slot.figures[LITTLES_LAW] >= 0
    assert slot.figures[THROUGHPUT] > 0
    assert 0 < slot.figures[MEDIAN_LATENCY] <= slot.figures[P95_LATENCY]
    assert 0 < slot.figures[CPU] < slot.figures[P95_LATENCY]
    assert slot.figures[MEMORY] > 10 << 20
    assert slot.samples_s == ()


def test_too_few_requests_speak_neither_for_the_law_nor_against_it(
    servers: Fleet, asking: Driver, seen: Observation
) -> None:
    """In a tenth of a second one worker answers no 60 users three times each.

    So the slot is not sent back, however slow the page is.
    """
    seen_quick = replace(seen, duration_s=0.0)
    cell = replace(CELL, measure=SIXTY)

    slot = held(cell, SIXTY, servers, asking, seen_quick, load_s=0.1)

    assert slot.figures[LITTLES_LAW] == 0.0


def test_a_slot_at_a_rate_gives_latencies_and_no_rate(
    servers: Fleet, asking: Driver, seen: Observation
) -> None:
    """How many are sent is given; what is compared is what nearly all have within.

    A busy machine may not send them in time, so it is tried again, as the runner does.
    """
    started = monotonic()
    slot = held(CELL, RATE, servers, asking, seen, load_s=LOAD_S)

    assert list(slot.figures) == list(RATE.quantities)
    assert THROUGHPUT not in slot.figures
    assert 0 < slot.figures[MEDIAN_LATENCY] <= slot.figures[P95_LATENCY] < monotonic() - started


def test_a_rate_that_cannot_be_kept_ends_the_run(
    servers: Fleet, asking: Driver, seen: Observation
) -> None:
    """It is not tried again: the slots of a slow server would be the best of two.

    On a busy machine one that waits in its queue may be left without an answer as well.
    """
    beyond = AtRate(rate=2_000, users=1, least_s=0.5)
    told = "The rate was not offered|no whole answer when the load ended"

    with pytest.raises(ServerError, match=told):
        measure_load(CELL, beyond, servers, asking, seen, load_s=LOAD_S, seed=1)


def test_an_answer_of_another_length_ends_the_run(
    servers: Fleet, asking: Driver, seen: Observation
) -> None:
    """Every answer under load has the size of the verified one."""
    other = replace(seen, size_bytes=seen.size_bytes + 1)

    with pytest.raises(ServerError, match=r"Cannot measure drf-objects .* under load some failed"):
        measure_load(CELL, THREE, servers, asking, other, load_s=LOAD_S, seed=1)


def test_a_request_that_is_refused_ends_the_run(
    servers: Fleet, asking: Driver, seen: Observation
) -> None:
    """A warm-up that is answered 404 is no answer, nor would the load's be."""
    with pytest.raises(ServerError, match="the server answered 404"):
        measure_load(
            replace(CELL, path="/lists/none"), THREE, servers, asking, seen, load_s=LOAD_S, seed=1
        )
