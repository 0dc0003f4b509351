"""The talk's sections: their numbers, their titles, and their order."""

import re

TITLES = {
    "1.2": "DRF with a serializer, over model objects",
    "1.3": "DRF with a serializer, over values()",
    "1.4": "No serializer, over values()",
    "1.5": "FastAPI, over model objects",
    "1.6": "No serializer, a for-loop over model objects",
    "1.7": "No serializer, a for-loop over values()",
    "2.1": "Looking inside: debug toolbar and silk",
    "2.2": "Locust: many users at once",
    "3.1": "All fields or two",
    "3.2": "A queryset of ten million rows",
    "4.1": "select_related() on foreign keys",
    "4.2": "values() across relations",
    "4.3": "ORM serializers",
    "5.1": "A query in a for-loop",
    "5.2": "iterator()",
    "5.3": "values_list(flat=True)",
    "6": "Async",
    "7": "Other techniques and suggestions",
}
"""Each section that claims or shows something to measure, in the talk's order."""


def place(section: str) -> tuple[int, ...]:
    """Return where a section, or the first of several, stands: `1.2-1.7` at (1, 2).

    What names no number stands behind all that do.
    """
    numbers = re.search(r"\d+(?:\.\d+)*", section)
    return tuple(map(int, numbers[0].split("."))) if numbers else (10**9,)
