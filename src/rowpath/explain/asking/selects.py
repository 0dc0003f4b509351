"""The SELECTs of all requests, with what each costs by itself, and where it comes from."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from rowpath.explain.asking.look import Look
from rowpath.explain.asking.process import ProjectProcess
from rowpath.explain.changes.insertion_points import points
from rowpath.explain.messages import Watch
from rowpath.explain.selected import Index, Selected
from rowpath.explain.values import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Of:
    """A SELECT of a request's."""

    look: Look
    select: Selected

    @property
    def place(self) -> Place | None:
        """The line that its queryset comes from, else the one that sends it."""
        look, trail = self.look, self.select.trail
        found = points(trail, None if trail.parent else look.view) if trail is not None else ()
        if not found:
            return self.select.place
        return Place(file=found[0].file, line=found[0].line, function=found[0].function)

    @property
    def count(self) -> int:
        """How often the request sends it."""
        return sum(seen.text == self.select.text for seen in self.look.observed.statements)

    @property
    def model(self) -> str:
        """The name of its model's class."""
        return self.select.model.rpartition(".")[2]


def selects(
    process: ProjectProcess, looks: Sequence[Look], tell: Callable[[str], None]
) -> tuple[Of, ...]:
    """Return the SELECTs of each request."""
    tell("asking each SELECT by itself")
    return tuple(
        Of(look=look, select=select) for look in looks for select in selects_of(process, look)
    )


def selects_of(
    process: ProjectProcess, look: Look, supposed: tuple[Index, ...] = ()
) -> Iterator[Selected]:
    """Yield the SELECTs of one request, as a process of the project's asks it."""
    ask = replace(look.ask, watch=Watch.SELECTS, supposed=supposed)
    yield from process.ask(ask).observed.selects


def ms(duration_s: float) -> str:
    """Return a time in words."""
    return f"{duration_s * 1000:.1f} ms"
