"""The reports, their fights, and the tags of these."""

import numpy as np
from numpy.typing import NDArray

from rowpath.lab.dataset.documents import NUMBERS
from rowpath.lab.dataset.draw import Lanes, lanes, pick
from rowpath.lab.dataset.logs.sizes import TAGS_OF_A_FIGHT, Stream, fights
from rowpath.lab.dataset.names import BOSSES, TAGS
from rowpath.lab.dataset.table import Part
from rowpath.lab.dataset.text import compose, decimal
from rowpath.lab.dataset.wire import Values

# 2022-01-01T00:00:00Z in microseconds since PostgreSQL's epoch, 2000-01-01.
START_US = 694_310_400_000_000
# A report begins some nine minutes after the one before it, give or take, and lasts from one to
# five and a half. What varies is less than a step, so that reports end in the order of their ids.
STEP_US = 2**29
JITTER_US = 2**28
SHORTEST_MS = 60_000
SPREAD_MS = 2**18
TAGS_OF_A_PAIR = 2 * TAGS_OF_A_FIGHT
UNCHECKED = 200
"""So many reports, the last fifth at most, are newer than the benchmarks."""

_SUCCESS_OF_65536 = 40_960
_CHALLENGE_OF_65536 = 16_384


def reports(part: Part) -> dict[str, Values]:
    """Return some reports; a fight that was won leaves no health, another one some."""
    drawn = lanes(part.start, part.count, seed=part.seed, stream=Stream.REPORT)
    number = np.arange(part.start, part.start + part.count, dtype=np.int64)
    start_us = START_US + number * STEP_US + ((drawn[0] << 16 | drawn[1]) * JITTER_US >> 32)
    duration_ms = SHORTEST_MS + ((drawn[2] << 16 | drawn[3]) * SPREAD_MS >> 32)
    is_success = drawn[4] < _SUCCESS_OF_65536
    return {
        "report_name": compose(part.count, b"log-", decimal(number + 1, 12, pad=b"0")),
        "time_start": start_us,
        "time_end": start_us + 1000 * duration_ms,
        "duration_ms": duration_ms,
        "is_success": is_success,
        "is_cm": drawn[5] < _CHALLENGE_OF_65536,
        "left_health_percent": np.where(is_success, 0, 1 + ((drawn[6] * drawn[7]) * 10_000 >> 32)),
    }


def unchecked_from_us(rows: int) -> int:
    """Return a time, a second before the first of the reports that are unchecked can end."""
    count = fights(rows)
    unchecked = min(UNCHECKED, count // 5)
    return START_US + (count - unchecked) * STEP_US + 1000 * SHORTEST_MS - 1_000_000


def all_ended_us(rows: int) -> int:
    """Return a time after which no report ends."""
    return START_US + fights(rows) * STEP_US + 1000 * SHORTEST_MS


def fights_of_reports(part: Part) -> dict[str, Values]:
    """Return some fights, each with the report of its own id; a squad's damage is in thousands."""
    drawn = lanes(part.start, part.count, seed=part.seed, stream=Stream.FIGHT)
    return {
        "boss_id": 1 + pick(len(BOSSES), *drawn[:3]),
        "report_id": np.arange(part.start + 1, part.start + part.count + 1),
        "squad_damage_data": damage(drawn[3:]),
    }


def damage(drawn: Lanes) -> Lanes:
    """Return the damage of each second of a document: from 1 to 9,998, mostly small."""
    return 1 + (drawn[:NUMBERS] ** 2 * 9_998 >> 32)


def tags_of_fights(part: Part) -> dict[str, Values]:
    """Return some tags of fights, no fight's the same twice.

    Two fights have four tags between them, and any number of these is the first one's. So a tag is
    made by its place alone, and no fight's number of tags can be guessed. The last of an odd number
    of fights has two.
    """
    first = part.start // TAGS_OF_A_PAIR
    count = -(-(part.start + part.count) // TAGS_OF_A_PAIR) - first
    drawn = lanes(first, count, seed=part.seed, stream=Stream.FIGHT_TAGS)
    pair = np.arange(first, first + count)
    is_alone = 2 * pair + 1 == fights(part.rows)
    of_first = np.where(is_alone, TAGS_OF_A_FIGHT, drawn[0] * (TAGS_OF_A_PAIR + 1) >> 16)
    is_second = np.arange(TAGS_OF_A_PAIR)[:, np.newaxis] >= of_first
    skipped = part.start - first * TAGS_OF_A_PAIR
    chosen = slice(skipped, skipped + part.count)
    return {
        "fight_id": (1 + 2 * pair + is_second).T.reshape(-1)[chosen],
        "tag_id": 1 + _different_tags(drawn[1:], is_second).T.reshape(-1)[chosen],
    }


def _different_tags(drawn: Lanes, is_second: NDArray[np.bool_]) -> Lanes:
    """Return the four tags of each pair of fights, counted from 0, different within a fight."""
    tags = np.empty(is_second.shape, np.int64)
    for place in range(TAGS_OF_A_PAIR):
        is_of_same = is_second[:place] == is_second[place]
        taken = np.sort(np.where(is_of_same, tags[:place], len(TAGS)), axis=0)
        tags[place] = pick(len(TAGS) - is_of_same.sum(axis=0), *drawn[3 * place : 3 * place + 3])
        for each in taken:
            tags[place] += tags[place] >= each
    return tags
