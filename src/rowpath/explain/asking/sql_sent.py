"""The statements of requests, today and with all changes of the diff, with the plans of each."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from rowpath.errors import RowpathError
from rowpath.explain.asking.look import Look
from rowpath.explain.asking.process import ProjectProcess
from rowpath.explain.changes.edits import Edit
from rowpath.explain.messages import Watch
from rowpath.explain.project_of import ProjectOf
from rowpath.explain.values import Sent, Sql


def sql(
    today: ProjectProcess,
    looks: Sequence[Look],
    project: ProjectOf,
    edits: Sequence[Edit],
    tell: Callable[[str], None],
) -> tuple[Sql, ...]:
    """Return what each request sends; each is asked once more in both forms of the project."""
    tell("asking the database for its plans")
    now = [_sent(today, seen) for seen in looks]
    changed: list[tuple[Sent, ...] | None] = [None] * len(looks)
    if edits:
        try:
            with ProjectProcess(project, tuple(edits)) as process:
                changed = [_sent(process, seen) for seen in looks]
        except RowpathError:  # it answered when the changes were proved; what failed now is no more
            changed = [None] * len(looks)
    return tuple(
        Sql(unchanged=before, changed=after) for before, after in zip(now, changed, strict=True)
    )


def _sent(process: ProjectProcess, seen: Look) -> tuple[Sent, ...]:
    process.ask(seen.ask)  # what is loaded once, as content types are, is loaded by now
    return process.ask(replace(seen.ask, watch=Watch.PLANS)).observed.sent
