"""The small tables that are the same in every dataset of logs, whatever its size and seed."""

from collections.abc import Sequence

import numpy as np

from rowpath.lab.dataset.draw import Lanes
from rowpath.lab.dataset.names import BOSSES, SPECIALIZATIONS, TAGS
from rowpath.lab.dataset.table import Part
from rowpath.lab.dataset.text import chosen
from rowpath.lab.dataset.wire import Values

OF_A_PROFESSION = 3
"""Specializations that a profession has."""
PROFESSION_NAMES = tuple(SPECIALIZATIONS)
SPECIALIZATION_NAMES = tuple(name for names in SPECIALIZATIONS.values() for name in names)


def professions(part: Part) -> dict[str, Values]:
    """Return some professions."""
    told = [f"{name}: {', '.join(names)}" for name, names in SPECIALIZATIONS.items()]
    return {"name": _some(PROFESSION_NAMES, part), "description": _some(told, part)}


def specializations(part: Part) -> dict[str, Values]:
    """Return some specializations, three of each profession."""
    icons = [f"{name.lower()}.png" for name in SPECIALIZATION_NAMES]
    return {
        "name": _some(SPECIALIZATION_NAMES, part),
        "icon": _some(icons, part),
        "profession_id": 1 + _places(part) // OF_A_PROFESSION,
    }


def bosses(part: Part) -> dict[str, Values]:
    """Return some bosses."""
    return {
        "title": _some([title for title, _ in BOSSES], part),
        "encounter_type": _some([encounter_type for _, encounter_type in BOSSES], part),
    }


def tags(part: Part) -> dict[str, Values]:
    """Return some tags."""
    return {"name": _some(TAGS, part)}


def _some(texts: Sequence[str], part: Part) -> Values:
    return chosen(texts, _places(part))


def _places(part: Part) -> Lanes:
    return np.arange(part.start, part.start + part.count)
