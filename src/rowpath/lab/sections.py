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
    "6.2": "Async: a task and a thread for each statistic",
    "7": "Other techniques and suggestions",
}
"""Each section that claims or shows something to measure, in the talk's order."""

_ENDS = re.compile(r"\s*(?:-|to)\s*")


def covered(section: str) -> tuple[str, ...]:
    """Return the sections of `TITLES` that a text names: `1.2-1.7`, `1.5, 2.2`, `4-4.2`, `7`.

    A section has those below it: `4` is also 4.1, 4.2 and 4.3.
    """
    spans = [tuple(map(place, _ENDS.split(part))) for part in section.split(",")]
    return tuple(
        title
        for title in TITLES
        if any(span[0] <= place(title) and _begins(place(title), span[-1]) for span in spans)
    )


def _begins(own: tuple[int, ...], last: tuple[int, ...]) -> bool:
    """Return whether a section stands before the end of `last`, which may have parts."""
    return own[: len(last)] <= last


def place(section: str) -> tuple[int, ...]:
    """Return where a section, or the first of several, stands: `1.2-1.7` at (1, 2).

    What names no number stands behind all that do.
    """
    numbers = re.search(r"\d+(?:\.\d+)*", section)
    return tuple(map(int, numbers[0].split("."))) if numbers else (10**9,)
