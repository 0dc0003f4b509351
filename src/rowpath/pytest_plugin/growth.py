"""The fixture `rowpath_growth`: no statement of a request grows with its rows."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from rowpath.explain.django.client_handler import ClientWatch, Watched, is_set_up
from rowpath.explain.findings.one_answer import FEWEST_LOADED, findings, grown
from rowpath.explain.growth import Point
from rowpath.explain.messages import Observed
from rowpath.explain.trails import Trail
from rowpath.explain.values import Finding
from rowpath.report.explain.sentences import changed_lines, cut, sentences, where

_INDENT = "   "
ADDED = 2
"""Rows that `measure` adds from one asking to the next."""
NOT_SET_UP = (
    "Cannot hold requests: Django is not set up in this session. Set DJANGO_SETTINGS_MODULE, "
    "with pytest-django say."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What came of requests that were held: how many, and a text for each thing that grows."""

    requests: int
    found: tuple[str, ...]


class Growth:
    """Holds what a test asks: no statement may be sent for each row of a list.

    `allowed` are patterns of what may, like `shop.Book.author` or `shop.Book.*`; "*" is all.
    """

    def __init__(self, watch: ClientWatch, allowed: Iterable[str], root: Path) -> None:
        self._watch = watch
        self._allowed = tuple(allowed)
        self._root = str(root)

    @contextmanager
    def __call__(self, *, allow: str | Iterable[str] = ()) -> Iterator[None]:
        """Fail the test if a request that a client makes in the block loads row by row.

        A list is a proof with two rows or more that have what is loaded.
        """
        __tracebackhide__ = True
        with self._watch.requests() as watched:
            yield
        held = self.held(watched, patterns(allow))
        if held.found:
            pytest.fail(told(held), pytrace=False)

    @contextmanager
    def holding(self) -> Iterator[Callable[[], Held]]:
        """Yield what tells of the requests of the block, once it has ended."""
        with self._watch.requests() as watched:
            yield lambda: self.held(watched, ())

    def measure(
        self,
        ask: Callable[[], object],
        *,
        add: Callable[[], object],
        rows: int = ADDED,
        allow: str | Iterable[str] = (),
    ) -> None:
        """Fail the test if a statement that `ask` sends grows with the rows that `add` makes.

        `ask` is called four times, the first to warm up; `rows` times `add` between the others.
        It fails as well where no list that is asked for got longer: that would show nothing.
        """
        __tracebackhide__ = True
        self._watch.watched(ask)
        measured: list[Point] = []
        for number in range(3):
            if number:
                for _ in range(rows):
                    add()
            watched = self._watch.watched(ask)
            measured.append(Point(rows=number * rows, body=b"", observed=watched.observed()))
        if not _lengthens([point.observed for point in measured]):
            pytest.fail(
                f"Cannot measure growth: no list that was asked for got longer by the {rows} rows "
                "that were added, twice. Let `add` make what `ask` lists, below its page's size.",
                pytrace=False,
            )
        found = grown(measured, watched.view, self._allows(patterns(allow)))
        texts = tuple(self._text(finding) for finding in found)
        if texts:
            pytest.fail(told(Held(requests=1, found=texts)), pytrace=False)

    def held(self, watched: Sequence[Watched], allowed: Sequence[str]) -> Held:
        """Return what grows in these requests; the same of several is told once."""
        allows = self._allows(allowed)
        found: dict[tuple[str, ...], str] = {}
        for each in watched:
            if each.facts.most_loads < FEWEST_LOADED:
                continue
            for finding in findings(each.observed(), each.view, allows):
                key = (str(finding.kind), str(finding.place), *finding.paths)
                found.setdefault(key, self._text(finding, each.method, each.path))
        return Held(requests=len(watched), found=tuple(found.values()))

    def _allows(self, allowed: Sequence[str]) -> Callable[[str], bool]:
        every = (*self._allowed, *allowed)
        return lambda name: any(fnmatchcase(name, pattern) for pattern in every)

    def _text(self, finding: Finding, method: str = "", path: str = "") -> str:
        root = self._root
        asked = f"{method} {path}: " if path else ""
        lines = [f"{asked}{finding.title} (of {finding.of_statements})"]
        lines.extend([where(finding, root)] if where(finding, root) else [])
        lines.extend([cut(finding.statement)] if finding.statement else [])
        lines.extend(changed_lines(finding, root))
        lines.extend(sentences(finding))
        if finding.edits:
            lines.append(f"The change was not run; `rowpath explain {path or 'PATH'}` runs it.")
        return f"\n{_INDENT}".join(lines)


def _lengthens(observed: Sequence[Observed]) -> bool:
    trails: set[Trail] = {each.trail for each in observed[-1].evaluated}
    return any(_increases([_rows(trail, each) for each in observed]) for trail in trails)


def _rows(trail: Trail, observed: Observed) -> int:
    return sum(each.rows for each in observed.evaluated if each.trail == trail)


def _increases(numbers: Sequence[int]) -> bool:
    return list(numbers) == sorted(set(numbers))


def patterns(allow: str | Iterable[str]) -> tuple[str, ...]:
    """Return patterns as a tuple, whether there is one or several."""
    return (allow,) if isinstance(allow, str) else tuple(allow)


def told(held: Held) -> str:
    """Return what a failed test says."""
    return "\n".join(("Statements grow with the rows.", *held.found))


def watch() -> ClientWatch | None:
    """Return what watches the clients of this session; None where Django is not set up."""
    return ClientWatch() if is_set_up() else None
