"""How many instructions of this process a whole request takes, which no other work disturbs.

Counted by valgrind's callgrind, in a process for each step and checkout: what 300 requests take
more than 100. The steps are those of small_pages.py, with or without pages. PostgreSQL's work and
the time that is waited are not in it, and an instruction is no constant time: it tells where the
times of two versions are too near each other for a busy machine to tell them apart.

    python bench/instructions.py [CHECKOUT ...] [--sizes 25 100] [--steps fast DRF] [--whole]

Each CHECKOUT is the root of one, with its own .venv; this one, where none is given.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from lists_as_data import PROJECT, postgresql, products_made

FEWER, MORE = 100, 300
STEPS = ("fast", "DRF", "nothing", "statements")
# And a list whose rows Django reads.
ALL_STEPS = (*STEPS, "instances")


def main() -> None:
    """Count what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("checkouts", nargs="*", type=Path, default=[Path(sys.prefix).parent])
    parser.add_argument("--sizes", type=int, nargs="+", default=[25, 100])
    parser.add_argument("--steps", nargs="+", default=STEPS, choices=ALL_STEPS)
    parser.add_argument("--whole", action="store_true", help="the list in one piece, not by pages")
    options = parser.parse_args()
    with postgresql() as databases:
        for size in options.sizes:
            for step in options.steps:
                asked = {"databases": databases, "size": size, "step": step}
                for checkout in options.checkouts:
                    few, many = (
                        counted(checkout, asked | {"paged": not options.whole, "times": times})
                        for times in (FEWER, MORE)
                    )
                    each = (many - few) / (MORE - FEWER)
                    print(f"{size} rows, {step}, {checkout.name}: {each:,.0f}", flush=True)


def counted(checkout: Path, asked: dict[str, object], module: str = "instructions") -> int:
    """Return how many instructions a process takes in which a module makes the requests."""
    code = f"import {module}, json, sys; {module}.make_requests(**json.loads(sys.argv[1]))"
    done = subprocess.run(
        [
            *("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"),
            *(checkout / ".venv/bin/python", "-c", code, json.dumps(asked)),
        ],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parent), "PYTHONHASHSEED": "0"},
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or found is None:
        sys.exit(f"Cannot count {asked}: {done.stderr[-2000:]}")
    return int(found[1])


def make_requests(
    *, databases: dict[str, object], size: int, step: str, paged: bool, times: int
) -> None:
    """Make that many requests, in a process of their own."""
    from django.conf import settings  # noqa: PLC0415 - before what reads it

    settings.configure(**PROJECT | {"DATABASES": databases})
    import django  # noqa: PLC0415

    django.setup()
    from small_pages import steps  # noqa: PLC0415

    with products_made(1_000):
        asked = steps(size, paged=paged)[step]
        for _ in range(times):
            asked()


if __name__ == "__main__":
    main()
