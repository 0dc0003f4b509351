"""What holding a test's requests costs: `python bench/growth_cost.py [--instructions]`.

The project of the tests of `rowpath explain`, on SQLite: the time of a request that is watched for
growth, over that of one that is not, asked in turn in one process; of the processor's time, so that
other work on the machine is in neither. Whether anything was loaded row by row is asked as well;
what the fixture then says of it, as a test fails, is not in it.

With --instructions it is the ratio of the instructions that a process takes, counted by valgrind's
callgrind as in instructions.py: no noise, though an instruction is no constant time.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from time import thread_time
from typing import Any

from instructions import counted
from rowpath.stats.ratio import ratio_interval

PROJECT = Path(__file__).parents[1] / "tests/explain/project"
PATHS = ("/repaired/", "/api/books/?size=100", "/template/", "/detail/")
BLOCKS = 12
WARM_UPS = 3
TIMED = 3
BOOKS = 100
FEWER, MORE = 4, 10
IN_MEMORY = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}


def asked(client: Any, path: str, judge: Callable[[], object]) -> float:
    """Return how long a request keeps the processor, and what judges it."""
    started = thread_time()
    client.get(path)
    judge()
    return thread_time() - started


@contextmanager
def shop() -> Iterator[Any]:
    """Yield a client of the project, in whose database are books."""
    folder = Path(tempfile.mkdtemp()) / "shop"
    shutil.copytree(PROJECT, folder)
    sys.path.insert(0, str(folder))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["SHOP_DATABASES"] = json.dumps({"default": IN_MEMORY})
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client
    from fill import fill

    settings.ALLOWED_HOSTS = ["testserver"]
    fill(BOOKS)
    try:
        yield Client()
    finally:
        shutil.rmtree(folder.parent)


@contextmanager
def held(*, is_watched: bool) -> Iterator[Callable[[], object]]:
    """Watch the requests of the block, or do not; yield what judges the last one."""
    from rowpath.explain.django.client_handler import ClientWatch

    if not is_watched:
        yield lambda: None
        return
    with ClientWatch() as watch, watch.requests() as watched:
        yield lambda: watched.pop().facts.most_loads


def make_requests(*, path: str, is_watched: bool, times: int) -> None:
    """Make that many requests, in a process of their own."""
    with shop() as client, held(is_watched=is_watched) as judge:
        for _ in range(times):
            asked(client, path, judge)


def print_instructions(path: str) -> None:
    """Print how many instructions a request takes, watched and not, and their ratio."""
    each = {}
    for is_watched in (False, True):
        few, many = (
            counted(
                Path(sys.prefix).parent,
                {"path": path, "is_watched": is_watched, "times": times},
                module="growth_cost",
            )
            for times in (FEWER, MORE)
        )
        each[is_watched] = (many - few) / (MORE - FEWER)
    ratio = each[True] / each[False]
    print(f"{path}: {ratio:.3f} ({each[False]:,.0f} to {each[True]:,.0f})", flush=True)


def print_times() -> None:
    """Print the ratio of each path's times, with its interval."""
    random = Random(1)
    with shop() as client:
        for path in PATHS:
            times: dict[bool, list[float]] = {False: [], True: []}
            for _ in range(BLOCKS):
                for is_watched in random.sample((False, True), 2):
                    with held(is_watched=is_watched) as judge:
                        for _ in range(WARM_UPS):
                            asked(client, path, judge)
                        timed = [asked(client, path, judge) for _ in range(TIMED)]
                        times[is_watched].append(min(timed))
            ratio = ratio_interval(times[True], times[False])
            if ratio is not None:
                print(f"{path}: {ratio.estimate:.3f} ({ratio.low:.3f} to {ratio.high:.3f})")


def main() -> None:
    """Print what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--instructions", action="store_true")
    if parser.parse_args().instructions:
        for path in PATHS:
            print_instructions(path)
    else:
        print_times()


if __name__ == "__main__":
    main()
