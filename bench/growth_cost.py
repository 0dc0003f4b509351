"""What holding a test's requests costs: `python bench/growth_cost.py`.

The project of the tests of `rowpath explain`, on SQLite: the time of a request that is watched for
growth, over that of one that is not, asked in turn in one process; of the processor's time, so that
other work on the machine is in neither.
"""

import json
import os
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from random import Random
from time import thread_time
from typing import Any

from rowpath.stats.ratio import ratio_interval

PROJECT = Path(__file__).parents[1] / "tests/explain/project"
PATHS = ("/repaired/", "/api/books/?size=100", "/template/", "/detail/")
BLOCKS = 12
WARM_UPS = 3
TIMED = 3
BOOKS = 100
IN_MEMORY = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}


def asked(client: Any, path: str) -> float:
    """Return how long a request keeps the processor."""
    started = thread_time()
    client.get(path)
    return thread_time() - started


def main() -> None:
    """Print the ratio of each path, with its interval."""
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

    from rowpath.explain.django.client_handler import ClientWatch

    settings.ALLOWED_HOSTS = ["testserver"]
    fill(BOOKS)
    client, random = Client(), Random(1)
    for path in PATHS:
        times: dict[bool, list[float]] = {False: [], True: []}
        for _ in range(BLOCKS):
            for is_watched in random.sample((False, True), 2):
                with ExitStack() as stack:
                    if is_watched:
                        watch = stack.enter_context(ClientWatch())
                        stack.enter_context(watch.requests())
                    for _ in range(WARM_UPS):
                        asked(client, path)
                    times[is_watched].append(min(asked(client, path) for _ in range(TIMED)))
        ratio = ratio_interval(times[True], times[False])
        if ratio is not None:
            print(f"{path}: {ratio.estimate:.3f} ({ratio.low:.3f} to {ratio.high:.3f})")
    shutil.rmtree(folder.parent)


if __name__ == "__main__":
    main()
