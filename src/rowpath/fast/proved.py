"""The versions of its libraries for which the fast path was proved to answer as they do.

It stands on what they keep to themselves, and does in their place what they did in these versions.
"""

from collections.abc import Mapping

# From the first, up to but without the second. The tests run on some versions of each range.
PROVED: Mapping[str, tuple[tuple[int, int], tuple[int, int]]] = {
    "Django": ((5, 2), (6, 2)),
    "djangorestframework": ((3, 16), (3, 19)),
    "psycopg": ((3, 2), (3, 4)),
}


def unproved(versions: Mapping[str, str]) -> str | None:
    """Return which of `versions`, by distribution, was not proved; None if all were."""
    for name, version in versions.items():
        first, end = PROVED[name]
        if not first <= _feature_version(version) < end:
            proved = f"{_spelled(first)} or later, before {_spelled(end)}"
            return f"{name} {version} was not proved, {proved} was"
    return None


def _feature_version(version: str) -> tuple[int, int]:
    """Return the first two numbers of `version`, which are those that APIs change with."""
    major, minor = version.split(".")[:2]
    return int(major), int("".join(digit for digit in minor if digit.isdigit()) or 0)


def _spelled(version: tuple[int, int]) -> str:
    return ".".join(map(str, version))
