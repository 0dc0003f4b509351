"""The requests that a project's routes, or a log, come to, and the routes that are left out."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from rowpath.errors import AnswerError, ServerError, UsageError
from rowpath.explain.asking.access_log import Log
from rowpath.explain.asking.look import Look, look
from rowpath.explain.asking.process import ProjectProcess
from rowpath.explain.messages import FoldPaths, ListRoutes
from rowpath.explain.values import Explained, LeftOut, Request, saved

MOST_LOGGED = 50
"""Routes of a log that are asked, those with most requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutesWanted:
    """Patterns of routes, and logs; a request whose user and headers are those of all."""

    like: Request
    patterns: tuple[str, ...] = ()
    log: Log | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Routed:
    """A request of a route's."""

    route: str
    request: Request


def looks_at_routes(
    process: ProjectProcess, wanted: RoutesWanted, tell: Callable[[str], None]
) -> tuple[list[Look], tuple[LeftOut, ...]]:
    """Return what the routes that are wanted come to, each asked as a request, and those left out.

    UsageError where no route fits; an error of rowpath's where the project dies of one.
    """
    logged, left_out = _logged(process, wanted)
    listed, not_listed = _listed(process, wanted)
    left_out += not_listed
    known = {routed.route for routed in logged}
    found = [*logged, *(routed for routed in listed if routed.route not in known)]
    looks: list[Look] = []
    for routed in found:
        tell(f"asking {routed.request.path}")
        try:
            looks.append(look(process, routed.request))
        except (AnswerError, ServerError) as error:
            if process.is_over:
                raise
            left_out.append(LeftOut(route=routed.route, reason=_reason(error)))
    return looks, tuple(left_out)


def _listed(process: ProjectProcess, wanted: RoutesWanted) -> tuple[list[_Routed], list[LeftOut]]:
    """Return the routes that fit a pattern."""
    patterns, like = wanted.patterns, wanted.like
    if not patterns:
        return [], []
    routes = process.routes(ListRoutes(patterns=patterns, user=like.user))
    if not routes:
        raise UsageError(
            f"Cannot explain routes: none that answers GET fits {' or '.join(patterns)}. Name "
            "another pattern, like 'api/*'; '*' is every route."
        )
    left_out = [
        LeftOut(route=each.route, reason=each.reason or "") for each in routes if each.path is None
    ]
    found = [
        _Routed(route=each.route, request=replace(like, path=each.path))
        for each in routes
        if each.path is not None
    ]
    return found, left_out


def _logged(process: ProjectProcess, wanted: RoutesWanted) -> tuple[list[_Routed], list[LeftOut]]:
    """Return the routes of a log, each by the path that was asked for most."""
    log = wanted.log
    if log is None:
        return [], []
    by_route, unknown = folded(process, log)
    if not by_route:
        raise UsageError(
            f"Cannot explain the log {log.name}: no route of the project answers any of its "
            f"{len(log.paths):,} paths, like {next(iter(log.paths))}. Name a log of this project."
        )
    asked = sorted(by_route, key=lambda route: -by_route[route].total())
    found = [
        _Routed(route=route, request=_most_frequent(by_route[route], wanted.like))
        for route in asked[:MOST_LOGGED]
    ]
    rare = f"{MOST_LOGGED} routes of the log have more requests"
    left_out = [LeftOut(route=route, reason=rare) for route in asked[MOST_LOGGED:]]
    left_out += [LeftOut(route=path.lstrip("/"), reason="no route answers it") for path in unknown]
    return found, left_out


def _most_frequent(paths: Counter[str], like: Request) -> Request:
    path, _ = paths.most_common(1)[0]
    return replace(like, path=path, logged=paths.total())


def folded(process: ProjectProcess, log: Log) -> tuple[dict[str, Counter[str]], tuple[str, ...]]:
    """Return the paths of a log by the route that answers them, and those that none answers."""
    bare = dict.fromkeys(path.partition("?")[0] for path in log.paths)
    routes = dict(zip(bare, process.folded(FoldPaths(paths=tuple(bare))), strict=True))
    by_route: dict[str, Counter[str]] = {}
    for path, times in log.paths.items():
        route = routes[path.partition("?")[0]]
        if route is not None:
            by_route.setdefault(route, Counter())[path] += times
    return by_route, tuple(path for path, route in routes.items() if route is None)


def _reason(error: Exception) -> str:
    """Return the middle of a message that reads `Cannot explain PATH: REASON. WHAT TO DO`."""
    return str(error).splitlines()[0].partition(": ")[2].partition(". ")[0]


def ranked(explained: Iterable[Explained]) -> tuple[Explained, ...]:
    """Return requests in the order of what can be saved, then of what was found, then of time.

    Each counts as often as a log has it.
    """

    def rank(each: Explained) -> tuple[float, float, int, float]:
        time_s, statements = saved(each)
        times = each.request.logged or 1
        found = -len(each.findings)
        return -time_s * times, -statements * times, found, -each.duration_s * times

    return tuple(sorted(explained, key=rank))
