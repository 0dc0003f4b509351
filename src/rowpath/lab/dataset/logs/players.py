"""The accounts, their characters, what these did in each fight, and the dudes who are known."""

import numpy as np

from rowpath.lab.dataset.documents import OF_A_TARGET
from rowpath.lab.dataset.draw import Lanes, lanes, mix, pick
from rowpath.lab.dataset.logs.fights import START_US, damage
from rowpath.lab.dataset.logs.sizes import (
    CHARACTERS_OF_AN_ACCOUNT,
    PLAYERS,
    Stream,
    accounts,
    dudes,
)
from rowpath.lab.dataset.logs.terms import OF_A_PROFESSION, PROFESSION_NAMES
from rowpath.lab.dataset.names import ROLES
from rowpath.lab.dataset.table import Part
from rowpath.lab.dataset.text import WORDS, chosen, compose, decimal, words
from rowpath.lab.dataset.wire import Values

# Account i has the name number (i * SPREAD + a number of the seed) mod NAMES. SPREAD, a prime, and
# NAMES have no divisor in common, so that no two accounts share a name.
NAMES = WORDS * 10_000
SPREAD = 2_654_435_761

_HEALER_FROM = 39_321  # of 65,536: six of ten players deal damage, two heal, two support
_SUPPORT_FROM = 52_428


def account_names(part: Part) -> dict[str, Values]:
    """Return some accounts."""
    return {"name": names_of(_numbers(part), seed=part.seed)}


def names_of(account: Lanes, *, seed: int) -> Values:
    """Return the name of each account, counted from 0, such as Tarvok.4821."""
    shift = mix(np.array([seed]))[0] % np.uint64(NAMES)
    number = (account.astype(np.uint64) * np.uint64(SPREAD) + shift) % np.uint64(NAMES)
    word, digits = np.divmod(number.astype(np.int64), 10_000)
    return compose(len(account), words(word), b".", decimal(digits, 4, pad=b"0"))


def characters_of_accounts(part: Part) -> dict[str, Values]:
    """Return some characters, three of each account."""
    drawn = lanes(part.start, part.count, seed=part.seed, stream=Stream.CHARACTER)
    number = _numbers(part)
    given, family = ((drawn[at] << 16 | drawn[at + 1]) * WORDS >> 32 for at in (0, 2))
    return {
        "name": compose(part.count, words(given), b" ", words(family)),
        "account_id": 1 + number // CHARACTERS_OF_AN_ACCOUNT,
        "profession_id": 1 + profession_of(number, seed=part.seed),
    }


def profession_of(character: Lanes, *, seed: int) -> Lanes:
    """Return the profession of each character, both counted from 0, without making the rows."""
    drawn = mix(character + mix(np.array([seed])).astype(np.int64))
    first, second, third = (
        (drawn >> np.uint64(shift) & np.uint64(0xFFFF)).astype(np.int64) for shift in (0, 16, 32)
    )
    return pick(len(PROFESSION_NAMES), first, second, third)


def players_of_fights(part: Part) -> dict[str, Values]:
    """Return what some characters did, ten of different accounts in each fight.

    The first accounts fight often. A character plays a specialization of its profession.
    A player's dps is the damage to the first target by second.
    """
    drawn = lanes(part.start, part.count, seed=part.seed, stream=Stream.PLAYER_FIGHT, blocks=2)
    number = _numbers(part)
    # The player at each of the ten places is one of the accounts that share the last digit, so
    # that nobody is in a fight twice.
    place = number % PLAYERS
    among = (accounts(part.rows) + PLAYERS - 1 - place) // PLAYERS
    account = place + PLAYERS * pick(among, *drawn[:3])
    main = drawn[3] * drawn[4] * CHARACTERS_OF_AN_ACCOUNT >> 32
    character = account * CHARACTERS_OF_AN_ACCOUNT + main
    specialization = drawn[5] * drawn[6] * OF_A_PROFESSION >> 32
    profession = profession_of(character, seed=part.seed)
    dealt = damage(drawn[9:])
    return {
        "fight_id": 1 + number // PLAYERS,
        "character_id": 1 + character,
        "specialization_id": 1 + profession * OF_A_PROFESSION + specialization,
        "role": roles(drawn[7]),
        "dps": dealt[:OF_A_TARGET].sum(axis=0) // OF_A_TARGET,
        "deaths": drawn[8] ** 3 * 4 >> 48,
        "damage_data": dealt,
    }


def roles(drawn: Lanes) -> Values:
    """Return a role for each number of 16 bits."""
    return chosen(ROLES, (drawn >= _HEALER_FROM).astype(np.int64) + (drawn >= _SUPPORT_FROM))


def known_dudes(part: Part) -> dict[str, Values]:
    """Return some dudes, each with an account of its own, in the order that they joined in."""
    drawn = lanes(part.start, part.count, seed=part.seed, stream=Stream.DUDE)
    number = _numbers(part)
    apart = accounts(part.rows) // dudes(part.rows)
    account = number * apart + (drawn[0] * apart >> 16)
    return {
        "gw2_account_name": names_of(account, seed=part.seed),
        "time_joined": START_US + (number << 32) + (drawn[1] << 16 | drawn[2]),
    }


def _numbers(part: Part) -> Lanes:
    return np.arange(part.start, part.start + part.count, dtype=np.int64)
