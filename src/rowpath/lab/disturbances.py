"""Which slots a run measures again: by what went on around them, and never by what they came to."""

from collections.abc import Mapping

from rowpath.lab.measures import (
    AUTOVACUUMS,
    CHECKPOINTS,
    LITTLES_LAW,
    LITTLES_LAW_WITHIN,
    STANDSTILLS,
    STEAL,
    Quantity,
)

MOST_STEAL_IN_SLOT = 0.10
"""The shortest slots are told in tenths: two ticks of 10 ms in a tenth of a second on two cores."""

MOST_TRIES = 3
"""How often a slot is measured that a rule sends back; then it stays as it is, and is counted."""


STOOD_STILL = "the process that asks was stopped for a while, or the machine was suspended"


def disturbance(figures: Mapping[Quantity, float]) -> str | None:
    """Return what disturbed a slot, as a clause; None where nothing did that the system tells."""
    if figures.get(STANDSTILLS, 0):
        return STOOD_STILL
    steal = figures.get(STEAL, 0.0)
    if steal > MOST_STEAL_IN_SLOT:
        return f"the host took {steal:.0%} of the processors"
    if figures.get(CHECKPOINTS, 0):
        return "the database began or ended a checkpoint"
    if figures.get(AUTOVACUUMS, 0):
        return "the database vacuumed or analysed a table of itself"
    if (off := figures.get(LITTLES_LAW, 0.0)) > LITTLES_LAW_WITHIN:
        return f"rate x time was {off:.0%} off the number of users (Little's law)"
    return None
