"""The requests that a project's routes come to, and the routes that are left out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rowpath.errors import AnswerError, ServerError, UsageError
from rowpath.explain.look import Look, look
from rowpath.explain.messages import ListRoutes
from rowpath.explain.process import ProjectProcess
from rowpath.explain.values import Explained, LeftOut, Request, saved


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutesWanted:
    """Patterns of routes, and a request whose user and headers are those of all."""

    patterns: tuple[str, ...]
    like: Request


def looks_at_routes(
    process: ProjectProcess, wanted: RoutesWanted, tell: Callable[[str], None]
) -> tuple[list[Look], tuple[LeftOut, ...]]:
    """Return what the routes that fit a pattern come to, asked as a request, and those left out.

    UsageError where no route fits; an error of rowpath's where the project dies of one.
    """
    patterns, like = wanted.patterns, wanted.like
    found = process.routes(ListRoutes(patterns=patterns, user=like.user))
    if not found:
        raise UsageError(
            f"Cannot explain routes: none that answers GET fits {' or '.join(patterns)}. Name "
            "another pattern, like 'api/*'; '*' is every route."
        )
    looks: list[Look] = []
    left_out: list[LeftOut] = []
    for route in found:
        if route.path is None:
            left_out.append(LeftOut(route=route.route, reason=route.reason or ""))
            continue
        tell(f"asking {route.path}")
        request = Request(path=route.path, user=like.user, headers=like.headers)
        try:
            looks.append(look(process, request))
        except (AnswerError, ServerError) as error:
            if process.is_over:
                raise
            left_out.append(LeftOut(route=route.route, reason=_reason(error)))
    return looks, tuple(left_out)


def _reason(error: Exception) -> str:
    """Return the middle of a message that reads `Cannot explain PATH: REASON. WHAT TO DO`."""
    return str(error).splitlines()[0].partition(": ")[2].partition(". ")[0]


def ranked(explained: Sequence[Explained]) -> tuple[Explained, ...]:
    """Return requests in the order of what can be saved, then of what was found, then of time."""

    def rank(each: Explained) -> tuple[float, int, int, float]:
        time_s, statements = saved(each)
        return -time_s, -statements, -len(each.findings), -each.duration_s

    return tuple(sorted(explained, key=rank))
