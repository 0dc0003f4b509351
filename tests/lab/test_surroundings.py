"""What goes on around a slot is seen: other work, checkpoints, who asks and who answers."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from time import monotonic, process_time, sleep

import psycopg
import pytest

from rowpath.lab.database import Database
from rowpath.lab.disturbances import disturbance
from rowpath.lab.measures import (
    ASKING_CPU,
    AUTOVACUUMS,
    CHECKPOINTS,
    DATABASE_CPU,
    OTHER_CPU,
    SLOT,
    STANDSTILLS,
    SURROUNDINGS,
)
from rowpath.lab.measuring.machine import Look
from rowpath.lab.measuring.surroundings import LookAround, surroundings, went_on

LOOP = "while True: pass"
FOR_A_SECOND = "import time; until = time.monotonic() + 1\nwhile time.monotonic() < until: pass"
SPAN_S = 1.0
TICK_S = 0.01
TOLD_WITHIN_S = 1.0
"""The checkpointer tells of a checkpoint a little after whoever asked for it hears of its end."""


BEFORE = LookAround(
    machine=Look(at_s=10.0, busy_s=50.0, steal_s=None, pressure_s=None, standstills=0),
    asking_s=1.0,
    own_s=4.0,
    database_s=2.0,
    checkpoints=7,
    autovacuums=11,
    autovacuum_workers=0,
)
AFTER = LookAround(
    machine=Look(at_s=14.0, busy_s=57.0, steal_s=None, pressure_s=None, standstills=0),
    asking_s=3.0,
    own_s=9.0,
    database_s=3.0,
    checkpoints=9,
    autovacuums=14,
    autovacuum_workers=1,
)


def test_what_went_on_is_what_all_counters_grew_by() -> None:
    """In four seconds 7 of CPU, of which 5 are our own; 2 of them asked, 1 was the database's."""
    assert went_on(BEFORE, AFTER) == pytest.approx(
        {
            SLOT: 4.0,
            OTHER_CPU: 0.5 / (os.cpu_count() or 1),
            ASKING_CPU: 0.5,
            DATABASE_CPU: 0.25,
            CHECKPOINTS: 2,
            AUTOVACUUMS: 3,
            STANDSTILLS: 0,
        }
    )


@pytest.mark.parametrize(("workers_before", "workers_after"), [(2, 1), (1, 2), (2, 0), (0, 2)])
def test_a_vacuum_that_did_not_end_in_a_slot_is_seen(
    workers_before: int, workers_after: int
) -> None:
    """A worker of it that was there at its beginning or at its end is as good as one that ended."""
    before = replace(BEFORE, autovacuum_workers=workers_before)
    after = replace(AFTER, autovacuums=BEFORE.autovacuums, autovacuum_workers=workers_after)

    assert went_on(before, after)[AUTOVACUUMS] == 2


@pytest.mark.parametrize("is_before", [True, False])
def test_a_database_that_is_not_seen_at_one_moment_used_nobody_knows_what(
    *, is_before: bool
) -> None:
    """Whichever of the two it is."""
    before = replace(BEFORE, database_s=None) if is_before else BEFORE
    after = AFTER if is_before else replace(AFTER, database_s=None)

    assert DATABASE_CPU not in went_on(before, after)


@contextmanager
def work_of_others() -> Iterator[None]:
    """Keep a processor busy by a process that is no child of this one."""
    started = subprocess.run(
        ["/bin/sh", "-c", '"$@" >/dev/null 2>&1 & echo $!', "sh", sys.executable, "-c", LOOP],
        capture_output=True,
        text=True,
        check=True,
    )
    try:
        yield
    finally:
        os.kill(int(started.stdout), signal.SIGKILL)


def busy(seconds: float) -> None:
    started = monotonic()
    while monotonic() - started < seconds:
        pass


def test_the_work_of_others_is_told_from_ones_own(products: Database) -> None:
    """A loop in a process of somebody else counts, one in a process that we started does not."""
    with surroundings(products.dsn) as around:
        with work_of_others():
            sleep(0.2)
            with around.watched() as others:
                sleep(SPAN_S)
        with around.watched() as own:
            subprocess.run([sys.executable, "-c", FOR_A_SECOND], check=True)

    a_processor = 1 / (os.cpu_count() or 1)
    assert others[OTHER_CPU] > 0.3 * a_processor
    assert own[OTHER_CPU] < others[OTHER_CPU] + 0.7 * a_processor


def test_who_asks_is_told_in_cores_without_a_database_too() -> None:
    """Over the slot it is what this process says of itself, to the ticks of 10 ms of the system."""
    with surroundings("") as around:
        began, before_s = monotonic(), process_time()
        with around.watched() as seen:
            first, begun_s = monotonic(), process_time()
            while process_time() < begun_s + 0.2:
                pass
            least_s, span_s = process_time() - begun_s, monotonic() - first
        most_s, longest_s = process_time() - before_s, monotonic() - began

    assert span_s <= seen[SLOT] <= longest_s
    assert least_s - 2 * TICK_S <= seen[ASKING_CPU] * seen[SLOT] <= most_s + 2 * TICK_S
    assert not {DATABASE_CPU, CHECKPOINTS, AUTOVACUUMS} & set(seen)


def test_who_asks_and_who_answers_are_told_apart(products: Database) -> None:
    """What the database uses is its own, whichever of its processes has ended since."""
    with surroundings(products.dsn) as around:
        with around.watched() as asking:
            busy(SPAN_S / 2)
        with (
            around.watched() as answering,
            psycopg.connect(products.dsn, autocommit=True) as connection,
        ):
            connection.execute("SELECT count(*) FROM generate_series(1, 5000000)")

    assert answering[OTHER_CPU] > -0.2  # what is ours twice over would be less than nothing
    assert asking[ASKING_CPU] > asking[DATABASE_CPU]
    assert answering[DATABASE_CPU] > answering[ASKING_CPU]
    assert set(asking) <= set(SURROUNDINGS)


def test_a_checkpoint_within_a_slot_is_seen(products: Database) -> None:
    """A slot that it falls into is measured again; one without is not."""
    with surroundings(products.dsn) as around:
        sleep(TOLD_WITHIN_S)
        with around.watched() as quiet:
            pass
        with (
            around.watched() as disturbed,
            psycopg.connect(products.dsn, autocommit=True) as connection,
        ):
            connection.execute("CHECKPOINT")
            sleep(TOLD_WITHIN_S)

    assert quiet[CHECKPOINTS] == 0
    assert disturbed[CHECKPOINTS] >= 1
    assert disturbance(disturbed) == "the database began or ended a checkpoint"
