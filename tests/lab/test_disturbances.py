"""Rules that send a slot back know what went on around it, and nothing of what it came to."""

import pytest

from rowpath.lab.disturbances import MOST_TRIES, disturbance
from rowpath.lab.measures import (
    AUTOVACUUMS,
    CHECKPOINTS,
    LITTLES_LAW,
    OTHER_CPU,
    STANDSTILLS,
    STEAL,
    Quantity,
)


@pytest.mark.parametrize(
    ("figures", "reason"),
    [
        ({}, None),
        (
            {
                STEAL: 0.1,
                CHECKPOINTS: 0.0,
                AUTOVACUUMS: 0.0,
                OTHER_CPU: 0.9,
                LITTLES_LAW: 0.05,
                STANDSTILLS: 0.0,
            },
            None,
        ),
        ({STEAL: 0.11}, "the host took 11% of the processors"),
        ({CHECKPOINTS: 1.0}, "the database began or ended a checkpoint"),
        ({AUTOVACUUMS: 1.0}, "the database vacuumed or analysed a table of itself"),
        (
            {LITTLES_LAW: 0.06},
            "rate x time was 6% off the number of users (Little's law)",
        ),
        (
            {STANDSTILLS: 1.0},
            "the process that asks was stopped for a while, or the machine was suspended",
        ),
    ],
)
def test_a_slot_is_measured_again_by_rules_that_know_nothing_of_its_figures(
    figures: dict[Quantity, float], reason: str | None
) -> None:
    """Steal over a tenth, a checkpoint, a vacuum, a law that is off, a stop; never a mean."""
    assert disturbance(figures) == reason


def test_a_slot_is_tried_three_times() -> None:
    """More would measure until a machine that is always disturbed happens not to be."""
    assert MOST_TRIES == 3
