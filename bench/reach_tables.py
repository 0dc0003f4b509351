"""What became of the lists that bench/reach.py has asked about, as values and as tables."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NO_LISTS = ("no JSON", "not seen")
"""Verdicts of routes that are no lists with JSON."""
ALONE = "DRF alone"
WAYS = ("rows", "instances", "data", ALONE)
DIFFERS = "differs"
"""What bench/reach/asking.py says of an answer that is not DRF's."""
KINDS = 40
"""Kinds of blockers that are printed."""
VERDICTS = ("fast", "falls back for its values", "falls back", "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What became of a project's lists, as rowpath_plan has it, and the versions of what ran."""

    project: str
    versions: Mapping[str, str]
    routes: tuple[Mapping[str, Any], ...]
    asked: tuple[Mapping[str, Any], ...] = ()
    """The lists that were asked, each with how it was answered, and whether DRF says the same."""

    @property
    def lists(self) -> list[Mapping[str, Any]]:
        """The lists with JSON."""
        return [one for one in self.routes if one["verdict"] not in NO_LISTS]


def as_json(one: Reached) -> dict[str, Any]:
    """Return all that is known of a project's lists."""
    return {
        "project": one.project,
        "versions": one.versions,
        "routes": one.routes,
        "asked": one.asked,
    }


def way(one: Mapping[str, Any]) -> str:
    """Return by which way a list is taken: from rows or instances, by its data, or not at all."""
    given = one.get("way", "rows" if one["verdict"] == "fast" else None)
    return str(given or ALONE)


def print_tables(reached: Sequence[Reached]) -> None:
    """Print how many lists of each project are taken by which way, and what is in their way."""
    print_row("project", "lists", *WAYS, *VERDICTS, "no JSON", "not seen")
    print_row(*["---"] * (4 + len(WAYS) + len(VERDICTS)))
    for one in reached:
        print_row(one.project, *map(str, counts(one.routes)))
    if len(reached) > 1:
        print_row("all", *map(str, counts([route for one in reached for route in one.routes])))
    print_blockers(reached)
    print_list("Not given", most_common(what for one in lists(reached) for what in one["missing"]))
    unknown = (one for one in lists(reached) if one["verdict"] == "unknown")
    print_list("Unknown, since", most_common(one["falls_back"]["reason"] for one in unknown))
    print_list("Versions", [f"{one.project}: {spelled(one.versions)}" for one in reached])


def print_answers(reached: Sequence[Reached]) -> None:
    """Print how many lists of each project were asked, how they were answered, and what differs."""
    print()
    print_row(
        "project", "asked", "with rows", "raise", "by rowpath", "the same", DIFFERS, "DRF varies"
    )
    print_row(*["---"] * 8)
    for one in reached:
        came = Counter(str(each["came"]) for each in one.asked)
        with_rows = sum(each["rows"] > 0 for each in one.asked)
        raised = sum(each["outcome"] == "raised" for each in one.asked)
        fast = sum(each["outcome"] not in ("DRF", "raised") for each in one.asked)
        numbers = (with_rows, raised, fast, came["the same"], came[DIFFERS], came["DRF varies"])
        print_row(one.project, str(len(one.asked)), *map(str, numbers))
    differing = [
        f"{one.project}: {each['route']}, {each['outcome']}"
        for one in reached
        for each in one.asked
        if each["came"] == DIFFERS
    ]
    print_list("Differ", differing)


def counts(routes: Sequence[Mapping[str, Any]]) -> list[int]:
    """Return the numbers of a row of the first table."""
    verdicts = Counter(str(one["verdict"]) for one in routes)
    json_lists = [one for one in routes if one["verdict"] not in NO_LISTS]
    ways = Counter(map(way, json_lists))
    numbers = (*(ways[one] for one in WAYS), *(verdicts[one] for one in (*VERDICTS, *NO_LISTS)))
    return [len(json_lists), *numbers]


def print_blockers(reached: Sequence[Reached]) -> None:
    """Print each kind of blocker: how many lists have it, and how many wait for it alone."""
    have: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    projects: Counter[str] = Counter()
    for one in reached:
        found = [({each["kind"] for each in of["blockers"]}, of) for of in one.lists]
        projects.update(set().union(*(names for names, _ in found)))
        for names, of in found:
            have.update(names)
            alone.update(names if len(names) == 1 and of["has_all_blockers"] else ())
    print()
    print_row("blocker", "lists", "the only one", "projects")
    print_row(*["---"] * 4)
    # What one change would bring stands above what only few lists have.
    kinds = sorted(have, key=lambda kind: (-alone[kind], -have[kind], kind))
    for kind in kinds[:KINDS]:
        print_row(kind, str(have[kind]), str(alone[kind]), str(projects[kind]))
    if rest := kinds[KINDS:]:
        print(f"\n{len(rest)} more kinds, on {have[rest[0]]} lists or fewer, are in reach.json.")


def lists(reached: Iterable[Reached]) -> list[Mapping[str, Any]]:
    """Return the lists with JSON of all projects."""
    return [route for one in reached for route in one.lists]


def most_common(texts: Iterable[str]) -> list[str]:
    """Return each text with its number."""
    return [f"{text}: {number}" for text, number in Counter(texts).most_common()]


def spelled(versions: Mapping[str, str]) -> str:
    """Return the versions in one line."""
    return ", ".join(f"{name} {version}" for name, version in versions.items())


def print_list(title: str, lines: Iterable[str]) -> None:
    """Print a list, if there is anything in it."""
    if given := list(lines):
        print(f"\n{title}", *given, sep="\n- ")


def print_row(*cells: str) -> None:
    """Print one row of a Markdown table."""
    print("|", " | ".join(cells), "|", flush=True)
