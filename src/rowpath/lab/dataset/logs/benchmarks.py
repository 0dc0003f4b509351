"""The benchmarks: the dps that somebody reached on a boss, to which new fights are compared."""

import numpy as np

from rowpath.lab.dataset.draw import Lanes, lanes, pick
from rowpath.lab.dataset.logs.fights import START_US, STEP_US, all_ended_us, unchecked_from_us
from rowpath.lab.dataset.logs.players import roles
from rowpath.lab.dataset.logs.sizes import Stream, fights
from rowpath.lab.dataset.logs.terms import SPECIALIZATION_NAMES
from rowpath.lab.dataset.names import BOSSES
from rowpath.lab.dataset.table import Part
from rowpath.lab.dataset.text import compose, decimal
from rowpath.lab.dataset.wire import Values

_LOWEST_DPS = 2_000
_DPS_SPREAD = 7_000


def benchmarks_of_bosses(part: Part) -> dict[str, Values]:
    """Return some benchmarks, all of them checked up to the same times.

    No fight is newer than the time that dps was checked until; a few are newer than the time that
    fights were checked until.
    """
    drawn = lanes(part.start, part.count, seed=part.seed, stream=Stream.BENCHMARK)
    boss = 1 + pick(len(BOSSES), *drawn[:3])
    specialization = 1 + pick(len(SPECIALIZATION_NAMES), *drawn[3:6])
    dps = _LOWEST_DPS + (drawn[6] * _DPS_SPREAD >> 16)
    return {
        "boss_id": boss,
        "specialization_id": specialization,
        "is_cm": drawn[7] % 2,
        "role": roles(drawn[8]),
        "dps": dps,
        "label": labels(boss, specialization, dps),
        "updated_at": START_US + (drawn[9] * fights(part.rows) >> 16) * STEP_US,
        "fights_checked_until": np.full(part.count, unchecked_from_us(part.rows)),
        "dps_checked_until": np.full(part.count, all_ended_us(part.rows)),
    }


def labels(boss: Lanes, specialization: Lanes, dps: Lanes) -> Values:
    """Return what the application's save() writes: `boss 7 spec 12 4567`."""
    return compose(
        len(boss),
        b"boss ",
        decimal(boss, 2),
        b" spec ",
        decimal(specialization, 2),
        b" ",
        decimal(dps, 4),
    )
