"""What holding a test's requests costs: `python bench/growth_cost.py [--instructions]`.

The project of the tests of `rowpath explain`, on SQLite: the time of a request that is watched for
growth, over that of one that is not, asked in turn in one process; of the processor's time, so that
other work on the machine is in neither. Whether anything was loaded row by row is asked as well;
what the fixture then says of it, as a test fails, is not in it.

With --instructions it is the ratio of the instructions that a request takes, counted by valgrind's
callgrind, without those of Python's garbage collection of what was there before: no noise, though
an instruction is no constant time. It needs valgrind, its headers and a C compiler.
"""

import argparse
import ctypes
import gc
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from time import thread_time
from typing import Any

from rowpath.stats.ratio import ratio_interval

PROJECT = Path(__file__).parents[1] / "tests/explain/project"
PATHS = ("/repaired/", "/api/books/?size=100", "/template/", "/detail/")
BLOCKS = 60
WARM_UPS = 3
WARM_UP_S = 0.1
TIMED = 3
BOOKS = 100
COUNTED = 2
_REQUESTS = """
#include <valgrind/callgrind.h>
void start(void) { CALLGRIND_START_INSTRUMENTATION; }
void stop(void) { CALLGRIND_STOP_INSTRUMENTATION; }
void zero(void) { CALLGRIND_ZERO_STATS; }
void dump(void) { CALLGRIND_DUMP_STATS; }
"""
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


def count_requests(*, path: str, library: str) -> None:
    """Have callgrind count the requests of a path, unwatched and watched, each apart."""
    callgrind = ctypes.CDLL(library)
    with shop() as client:
        for is_watched in (False, True):
            with held(is_watched=is_watched) as judge:
                for _ in range(WARM_UPS):
                    asked(client, path, judge)
                gc.collect()
                gc.freeze()
                callgrind.start()
                asked(client, path, judge)  # valgrind translates what runs for the first time
                callgrind.zero()
                for _ in range(COUNTED):
                    asked(client, path, judge)
                callgrind.dump()
                callgrind.stop()


def print_instructions(path: str) -> None:
    """Print how many instructions a request takes, watched and not, and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        source, library = Path(folder) / "callgrind.c", Path(folder) / "callgrind.so"
        source.write_text(_REQUESTS)
        compiler = shutil.which("cc") or sys.exit("Cannot count: there is no C compiler cc.")
        subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source], check=True)
        code = "import growth_cost as g, json, sys; g.count_requests(**json.loads(sys.argv[1]))"
        order = json.dumps({"path": path, "library": str(library)})
        done = subprocess.run(
            [
                *("valgrind", "--tool=callgrind", "--instr-atstart=no"),
                *(f"--callgrind-out-file={folder}/out", sys.executable, "-c", code, order),
            ],
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parent), "PYTHONHASHSEED": "0"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"Cannot count {path}: {done.stderr[-2000:]}")
        dumps = (Path(folder) / f"out.{number}" for number in (1, 2))
        alone, watched = (
            int(re.findall(r"^totals: (\d+)", dump.read_text(), re.MULTILINE)[0]) / COUNTED
            for dump in dumps
        )
    print(f"{path}: {watched / alone:.3f} ({alone:,.0f} to {watched:,.0f})", flush=True)


def print_times() -> None:
    """Print the ratio of each path's times, with its interval."""
    random = Random(1)
    with shop() as client:
        for path in PATHS:
            times: dict[bool, list[float]] = {False: [], True: []}
            for _ in range(BLOCKS):
                for is_watched in random.sample((False, True), 2):
                    with held(is_watched=is_watched) as judge:
                        warmed_s, warm_ups = 0.0, 0
                        while warmed_s < WARM_UP_S or warm_ups < WARM_UPS:
                            warmed_s += asked(client, path, judge)
                            warm_ups += 1
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
