"""Looks at processes that may end at any moment, as a lab's own helpers do."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import psutil

Seen = TypeVar("Seen")


def each_seen(
    processes: Iterable[psutil.Process], look: Callable[[psutil.Process], Seen]
) -> list[Seen]:
    """Return what `look` finds of each, those left out that ended or that we may not look at."""
    found = []
    for process in processes:
        try:
            found.append(look(process))
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def that(
    processes: Iterable[psutil.Process], is_so: Callable[[psutil.Process], bool]
) -> list[psutil.Process]:
    """Return those of which `is_so` is true; one that has ended, or is a zombie, is not told."""
    seen = each_seen(
        processes, lambda each: (each, each.status() != psutil.STATUS_ZOMBIE and is_so(each))
    )
    return [each for each, so in seen if so]


def listening(processes: Iterable[psutil.Process]) -> set[str]:
    """Return the addresses at which they listen for TCP connections."""
    connections = each_seen(processes, lambda each: each.net_connections("tcp"))
    return {
        connection.laddr.ip
        for of_one in connections
        for connection in of_one
        if connection.status == psutil.CONN_LISTEN
    }
