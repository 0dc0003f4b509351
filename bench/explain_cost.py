"""What it costs to explain one endpoint: `python bench/explain_cost.py [--rounds N] [--steps]`.

The project of the tests of `rowpath explain`, on SQLite, with so many books that its endpoints
take about 50 ms: a list of DRF's with relations that are loaded row by row, a view with several
findings of different kinds, and one with none. Each round is one whole run of the command, by the
time on the wall and by the processor's time of all its processes.

With --steps it is one run of each, in this process, with the time from each step to the next.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter

from rowpath.cli.explain import TELLER
from rowpath.explain.project_of import ProjectOf
from rowpath.explain.proving.timing import Timing
from rowpath.explain.session import Wanted, explain
from rowpath.explain.values import Explanation, Request

PROJECT = Path(__file__).parents[1] / "tests/explain/project"
SETTINGS = "config.settings"
BOOKS = 400
PATHS = ("/api/books/?size=20", "/several/", "/repaired/")
SEVERAL = '''

def several(request):
    """Has a finding of each of five kinds."""
    books = Book.objects.filter(id__lte=60).prefetch_related("reviews").order_by("id")
    if not books.exists():
        return answer([])
    titles = [f"{book.title} by {book.author.name}" for book in books]
    stars = sum(review.stars for review in Review.objects.order_by("id"))
    names = [author.name for author in Author.objects.order_by("id")]
    return answer([*titles, *names, stars])
'''
ROUTE = 'urlpatterns.append(path("several/", views.several))\n'


@contextmanager
def shop(books: int) -> Iterator[ProjectOf]:
    """Yield a copy of the project with the view of several findings, and so many books."""
    with tempfile.TemporaryDirectory() as made:
        folder = shutil.copytree(PROJECT, Path(made) / "shop")
        for name, text in (("shop/views.py", SEVERAL), ("config/urls.py", ROUTE)):
            with (folder / name).open("a") as file:
                file.write(text)
        fill = f"import django; django.setup(); from fill import fill; fill({books}, width=500)"
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": SETTINGS}
        subprocess.run([sys.executable, "-c", fill], cwd=folder, env=environment, check=True)
        yield ProjectOf(folder=folder, settings=SETTINGS)


def print_rounds(project: ProjectOf, rounds: int) -> None:
    """Print what whole runs of the command take for each path."""
    for path in PATHS:
        walls, processors = [], []
        for _ in range(rounds):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            started = perf_counter()
            done = subprocess.run(
                [sys.executable, "-m", "rowpath", "explain", path, "--json"],
                cwd=project.folder,
                check=True,
                capture_output=True,
            )
            walls.append(perf_counter() - started)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            processors.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        (request,) = json.loads(done.stdout)["requests"]
        proved = sum(each["confidence"] == "proved" for each in json.loads(done.stdout)["findings"])
        print(
            f"{path}: {request['statements']} statements, {request['duration_ms']:.0f} ms, "
            f"{proved} proved: {median(walls):.1f} s ({min(walls):.1f} to {max(walls):.1f}), "
            f"of the processors {median(processors):.1f} s",
            flush=True,
        )


def print_steps(project: ProjectOf) -> None:
    """Print how long each step of one run takes."""
    for path in PATHS:
        steps: list[tuple[float, str]] = []
        started = perf_counter()
        explanation = explained(project, path, steps)
        ends = [*(at for at, _ in steps[1:]), perf_counter()]
        print(f"{path}: {ends[-1] - started:.1f} s")
        for (at, step), end in zip(steps, ends, strict=True):
            print(f"   {end - at:6.2f} s  {step}")
        for each in explanation.requests:
            for finding in each.findings:
                print(f"   {finding.confidence}: {finding.title}")


def explained(project: ProjectOf, path: str, steps: list[tuple[float, str]]) -> Explanation:
    """Return what the command finds of a path, and fill in when each step began."""
    wanted = Wanted(requests=(Request(path=path),), teller=TELLER)
    return explain(wanted, project, Timing(), lambda step: steps.append((perf_counter(), step)))


def main() -> None:
    """Print what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--books", type=int, default=BOOKS)
    parser.add_argument("--steps", action="store_true")
    options = parser.parse_args()
    with shop(options.books) as project:
        if options.steps:
            print_steps(project)
        else:
            print_rounds(project, options.rounds)


if __name__ == "__main__":
    main()
