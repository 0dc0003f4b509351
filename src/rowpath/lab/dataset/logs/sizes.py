"""How many rows each table of the fight logs has, by the number of player fights."""

from enum import IntEnum

PLAYERS = 10
"""Players in a fight; fewer in the last one."""
TAGS_OF_A_FIGHT = 2
"""On average: two fights have four between them, each from none to all of these."""
CHARACTERS_OF_AN_ACCOUNT = 3


class Stream(IntEnum):
    """The numbers of a seed that each table is drawn from."""

    CHARACTER = 1
    REPORT = 2
    FIGHT = 3
    FIGHT_TAGS = 4
    PLAYER_FIGHT = 5
    BENCHMARK = 6
    DUDE = 7


def fights(rows: int) -> int:
    """Return the number of fights, and of reports: each report is of one fight."""
    return -(-rows // PLAYERS)


def accounts(rows: int) -> int:
    """Return the number of accounts: enough for ten different ones in a fight."""
    return max(PLAYERS, rows // 50)


def characters(rows: int) -> int:
    """Return the number of characters."""
    return accounts(rows) * CHARACTERS_OF_AN_ACCOUNT


def fight_tags(rows: int) -> int:
    """Return how often a fight has a tag."""
    return fights(rows) * TAGS_OF_A_FIGHT


def benchmarks(rows: int) -> int:
    """Return the number of benchmarks."""
    return max(50, rows // 100)


def dudes(rows: int) -> int:
    """Return the number of dudes: some of the accounts."""
    return max(5, rows // 500)
