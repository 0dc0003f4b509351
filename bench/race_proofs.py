"""What races of a known outcome say: identical endpoints, slower ones, and other ways to compare.

    python bench/race_proofs.py identical --rounds 100 --into FILE
    python bench/race_proofs.py ways --percent 10 --rounds 20 --into FILE
    python bench/race_proofs.py slower --profile quick --rounds 10 --into FILE
    python bench/race_proofs.py tables FILE
    python bench/race_proofs.py figure FILE docs/interleaving.png

The endpoint is one of `race_proofs_app.py`; `?more=5` does 5% more work for the same answer. What
is measured is added to FILE, a line of JSON for each comparison, so that a proof can be made in
parts. `identical` and `ways` compare by three ways in random order, each with about the same time
for the two endpoints: `rowpath race` by its profile quick, hyperfine with curl (which has to be
installed), and one endpoint's requests after the other's. Meanwhile one process keeps a core busy
all the time, and, unless `--steady`, another comes and goes. `slower` races on the machine as it
is.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from math import exp, log, sqrt
from multiprocessing import Process
from pathlib import Path
from socket import create_server
from statistics import NormalDist, fmean, variance

import urllib3

from race_proofs_tables import print_tables, save_figure

SLOWDOWNS = (2, 5, 10, 20)
PLAIN_S = 2.5
"""How long each of the two is asked, one after the other: as long as a quick race asks it."""
SIGNIFICANCE = 0.05
SPELL_S = 4.0
"""The mean length of what comes and goes, and of the pauses between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One comparison of B with A: what the way said, and how long it took."""

    way: str
    others: str
    """What else was at work."""
    percent: int
    says: str
    """`faster`, `slower`, or what else the way said."""
    ratio: tuple[float, float, float] | None
    """Estimate, low and high."""
    took_s: float


def main() -> None:
    """Measure, or show what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    for kind in ("identical", "ways", "slower"):
        measured = kinds.add_parser(kind)
        measured.add_argument("--rounds", type=int, default=1)
        measured.add_argument("--seed", type=int, default=time.time_ns() % 2**31)
        measured.add_argument("--into", type=Path, required=True)
        measured.add_argument("--profile", default="quick")
        measured.add_argument("--percent", type=int, default=0)
        measured.add_argument("--only", help="one way")
        measured.add_argument("--steady", action="store_true")
    for kind in ("tables", "figure"):
        kinds.add_parser(kind).add_argument("file", type=Path)
    kinds.choices["figure"].add_argument("picture", type=Path)
    options = parser.parse_args()
    if options.kind == "tables":
        print_tables(options.file)
    elif options.kind == "figure":
        save_figure(options.file, options.picture)
    else:
        measure(options)


def measure(options: argparse.Namespace) -> None:
    """Compare as often as asked, and add each comparison to the file at once."""
    dice = random.Random(options.seed)
    slowdowns = SLOWDOWNS if options.kind == "slower" else (options.percent,)
    ways = ["race"] if options.kind == "slower" else ["race", "hyperfine", "A, then B"]
    busy = options.kind != "slower"
    others = "none" if not busy else "one core" if options.steady else "one core, then both"
    with ExitStack() as stack:
        url = stack.enter_context(serving())
        if busy:
            stack.enter_context(company(dice.randrange(2**31), steady=options.steady))
        for _ in range(options.rounds):
            for percent in dice.sample(slowdowns, len(slowdowns)):
                for way in dice.sample(ways, len(ways)):
                    if options.only in (None, way):
                        seed = dice.randrange(2**31)
                        found = compare(way, url, percent, options.profile, seed, others=others)
                        with options.into.open("a", encoding="utf-8") as into:
                            into.write(json.dumps(asdict(found)) + "\n")


def compare(  # noqa: PLR0913 - what a comparison is made of
    way: str, url: str, percent: int, profile: str, seed: int, *, others: str
) -> Compared:
    """Compare the endpoint with itself, or with `percent` more work, in one way."""
    first, second = url, f"{url}?more={percent}"
    began = time.monotonic()
    if way == "race":
        says, ratio = raced(first, second, profile, seed)
        way = f"race, {profile}"
    elif way == "hyperfine":
        says, ratio = by_welch(*by_hyperfine(first, second))
    else:
        says, ratio = by_welch(one_after_another(first), one_after_another(second))
    took = time.monotonic() - began
    return Compared(way=way, others=others, percent=percent, says=says, ratio=ratio, took_s=took)


def raced(
    first: str, second: str, profile: str, seed: int
) -> tuple[str, tuple[float, float, float] | None]:
    """Return the verdict and the ratio of `rowpath race`."""
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "race.json"
        asked = ["race", first, second, "--profile", profile, "--seed", str(seed)]
        command = [sys.executable, "-m", "rowpath", *asked, "--json", str(written)]
        # A race that is not valid ends with 14, and has a file all the same.
        subprocess.run(command, check=False, capture_output=True)
        comparison = json.loads(written.read_bytes())["comparisons"][0]
    ratio = comparison["ratio"]
    return comparison["verdict"], ratio and (ratio["estimate"], ratio["low"], ratio["high"])


def by_hyperfine(first: str, second: str) -> tuple[list[float], list[float]]:
    """Return the times of runs of curl, as hyperfine measures two commands by default."""
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "times.json"
        commands = [f"curl --silent --output /dev/null {url}" for url in (first, second)]
        command = ["hyperfine", "-N", "--warmup", "3", "--export-json", str(written), *commands]
        subprocess.run(command, check=True, capture_output=True)
        results = json.loads(written.read_bytes())["results"]
    return results[0]["times"], results[1]["times"]


def one_after_another(url: str) -> list[float]:
    """Return the times of requests over a kept connection, one at a time."""
    times = []
    with urllib3.PoolManager(maxsize=1) as pool:
        for _ in range(10):
            pool.request("GET", url)
        end = time.perf_counter() + PLAIN_S
        while time.perf_counter() < end:
            began = time.perf_counter()
            pool.request("GET", url)
            times.append(time.perf_counter() - began)
    return times


def by_welch(
    first: list[float], second: list[float]
) -> tuple[str, tuple[float, float, float] | None]:
    """Return what Welch's test of two means says at 5%, and the ratio with its interval.

    There are hundreds of times, so the normal distribution stands for Student's. The interval is
    the delta method's, on the logarithm.
    """
    error = sqrt(
        variance(first) / len(first) / fmean(first) ** 2
        + variance(second) / len(second) / fmean(second) ** 2
    )
    estimate = log(fmean(second) / fmean(first))
    half = NormalDist().inv_cdf(1 - SIGNIFICANCE / 2) * error
    ratio = (exp(estimate), exp(estimate - half), exp(estimate + half))
    if ratio[1] <= 1 <= ratio[2]:
        return "no significant difference", ratio
    return "faster" if estimate < 0 else "slower", ratio


@contextmanager
def serving() -> Iterator[str]:
    """Serve the endpoint by one process of uvicorn, and yield its URL."""
    with create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    app = ["race_proofs_app:app", "--app-dir", str(Path(__file__).parent)]
    command = [sys.executable, "-m", "uvicorn", *app, "--port", str(port), "--log-level", "error"]
    with subprocess.Popen(command) as server:
        try:
            url = f"http://127.0.0.1:{port}/"
            urllib3.PoolManager().request("GET", url, retries=urllib3.Retry(50, backoff_factor=0.1))
            yield url
        finally:
            server.terminate()


@contextmanager
def company(seed: int, *, steady: bool) -> Iterator[None]:
    """Keep a core busy, and unless it is `steady` another now and then."""
    others = [Process(target=stay_busy)]
    if not steady:
        others.append(Process(target=come_and_go, args=(seed,)))
    for other in others:
        other.start()
    try:
        yield
    finally:
        for other in others:
            other.terminate()
            other.join()


def stay_busy() -> None:
    """Use a core for ever."""
    while True:
        pass


def come_and_go(seed: int) -> None:
    """Use a core for spells of random length, with pauses of random length between them."""
    dice = random.Random(seed)
    while True:
        time.sleep(dice.expovariate(1 / SPELL_S))
        end = time.monotonic() + dice.expovariate(1 / SPELL_S)
        while time.monotonic() < end:
            pass


if __name__ == "__main__":
    main()
