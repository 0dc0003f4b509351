"""Forecasts in words for a terminal, and as values for a program."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rowpath.fast.drf.forecasting.forecast import Forecast, Verdict
from rowpath.fast.drf.forecasting.routes import LookAlike
from rowpath.fast.drf.forecasting.tally import Count
from rowpath.fast.fallback import FallBack

# Names that one line has at most.
_NAMES = 8
# Kinds of blockers that are told: those for which alone lists wait, and others.
_ALONE = 12
_OTHERS = 10


def state(one: Forecast) -> str:
    """Return what becomes of the list, in a word or two."""
    if one.verdict is Verdict.FAST and one.planned is not None:
        return one.planned.path if one.is_fast else f"would be {one.planned.path}"
    if one.verdict is Verdict.FALLS_BACK and not one.is_fast:
        return "would fall back"
    if one.verdict is Verdict.VALUES and not one.is_fast:
        return "would fall back for its values"
    return str(one.verdict)


def paragraph(one: Forecast) -> Iterator[str]:
    """Yield the lines below the route's own."""
    yield from _reasons([blocker.fall_back for blocker in one.blockers])
    if one.falls_back is not None and not one.blockers:
        yield from _reasons([one.falls_back])
    if one.missing:
        yield f"Not given: {'; '.join(one.missing)}."
    yield from _way(one)
    yield from _unloaded(one)
    if one.data_by_drf is not None:
        makes = "adrf makes the list" if one.route.is_asynchronous else "DRF makes the data, too"
        yield f"{makes}: {_one_line(str(one.data_by_drf))}."
    if one.planned is not None:
        yield from _plan(one)
    if one.behind is not None and one.verdict in (Verdict.FAST, Verdict.VALUES):
        yield f"{one.mixin} belongs in the bases of {one.behind}, whose list() ends in it then."
    if one.refused is not None and one.verdict is not Verdict.FALLS_BACK:
        yield f"Before its list() the view raises {_one_line(one.refused)}."
    if one.rendered_otherwise is not None:
        yield f"That is with Accept: application/json. Otherwise {one.rendered_otherwise} answers."


def _way(one: Forecast) -> Iterator[str]:
    if one.way == "instances":
        writes = "writes" if one.is_fast else "would write"
        yield f"The instances that Django makes rowpath {writes} as they are."
    if one.way == "data":
        makes = "makes" if one.is_fast else "would make"
        yield f"Of the rows that Django reads rowpath {makes} the data."
    if one.one_piece is not None:
        yield f"It is never streamed: {_one_line(one.one_piece.reason)}."


def _unloaded(one: Forecast) -> Iterator[str]:
    at_once = [each.path for each in one.unloaded if each.row_by_row is None]
    if at_once:
        loads = "loads" if one.is_fast else "would load"
        yield (
            f"It {loads} {', '.join(at_once)} at once: {len(at_once)} statements a list, "
            f"where DRF sends up to {len(at_once)} a row."
        )
    for each in one.unloaded:
        if (why := each.row_by_row) is not None:
            yield f"A statement a row asks for {each.path}: {_one_line(str(why))}"


def _reasons(reasons: Sequence[FallBack]) -> Iterator[str]:
    """Yield each reason, and what to do about several of them once."""
    for change in dict.fromkeys(reason.change for reason in reasons):
        for reason in reasons:
            if reason.change == change:
                field = f"{reason.field}: " if reason.field else ""
                yield f"{field}{_one_line(reason.reason)}."
        if change:
            yield change


def _plan(one: Forecast) -> Iterator[str]:
    planned, came = one.planned, one.measured
    if planned is None:
        return
    yield planned.sql or "No statement: the queryset is empty."
    lean, own = planned.columns
    yield f"Reads {lean} columns where DRF's own statement reads {own}."
    if (saving := came.saving) is not None:
        yield (
            f"{saving.rows:,} rows here and now: DRF {saving.drf_s * 1e3:.1f} ms, "
            f"fast {saving.fast_s * 1e3:.1f} ms ({saving.drf_s / saving.fast_s:.1f} times)."
        )
    if came.unwritten is not None:
        yield f"DRF answers lists with a value like this one: {_one_line(came.unwritten)}."
    if came.raised is not None:
        yield f"Not measured: {_one_line(came.raised)}."


def _one_line(text: str) -> str:
    return next(iter(text.splitlines()), "").rstrip(".")


def summary(
    told: Sequence[Forecast], counts: Sequence[Count], look_alikes: Sequence[LookAlike]
) -> Iterator[str]:
    """Yield the lines below all routes: what one change would bring, and the numbers of lists."""
    yield from _in_the_way(counts)
    if no_json := [str(one.route) for one in told if one.verdict is Verdict.NO_JSON]:
        yield f"{len(no_json)} more have no JSON: {_some(no_json)}."
    if look_alikes:
        names = [f"{one} ({one.view_class.__name__}.{one.method})" for one in look_alikes]
        yield f"{len(names)} more look like lists but are not seen: {_some(names)}."
    yield _numbers([one for one in told if one.verdict is not Verdict.NO_JSON])


def _numbers(lists: Sequence[Forecast]) -> str:
    fast = sum(one.is_fast and one.verdict is Verdict.FAST for one in lists)
    back = sum(one.is_fast and one.verdict in _FALLING for one in lists)
    could = sum(not one.is_fast and one.verdict is Verdict.FAST for one in lists)
    would = sum(not one.is_fast and one.verdict in _FALLING for one in lists)
    unknown = sum(one.verdict is Verdict.UNKNOWN for one in lists)
    would_not = f", {would} would not" if would else ""
    are_unknown = f", {unknown} are unknown" if unknown else ""
    written = sum(one.way == "instances" for one in lists)
    data = sum(one.way == "data" for one in lists)
    are_not_read = (
        f" Of those that are not read fast rowpath writes the instances of {written}, "
        f"and makes the data of {data}, or would."
        if written + data
        else ""
    )
    in_all = "1 list" if len(lists) == 1 else f"{len(lists)} lists"
    return (
        f"{in_all}: {fast} fast, {back} with FastListMixin fall back, "
        f"{could} more would be fast with it{would_not}{are_unknown}.{are_not_read}"
    )


_FALLING = (Verdict.FALLS_BACK, Verdict.VALUES)


def _in_the_way(counts: Sequence[Count]) -> Iterator[str]:
    alone = [one for one in counts if one.unlocks]
    for one in alone[:_ALONE]:
        waits = "1 list waits" if one.unlocks == 1 else f"{one.unlocks} lists wait"
        in_all = "" if one.lists == one.unlocks else f" ({one.lists} in all have it)"
        yield f"{waits} only for this: {_one_line(one.kind)}{in_all}."
    if rest := alone[_ALONE:]:
        lists = sum(one.unlocks for one in rest)
        yield f"{lists} more wait only for one of {len(rest)} other things, which --json has."
    if others := [f"{_one_line(one.kind)} ({one.lists})" for one in counts if not one.unlocks]:
        yield f"In the way of lists with more than one reason: {_some(others, _OTHERS)}."


def _some(names: Sequence[str], at_most: int = _NAMES) -> str:
    rest = len(names) - at_most
    more = f", and {rest} others" if rest > 0 else ""
    return ", ".join(names[:at_most]) + more


def as_json(one: Forecast, counts: Mapping[str, Count]) -> dict[str, Any]:
    """Return a list's values; `counts` are those of the project by kind."""
    planned, saving = one.planned, one.measured.saving
    return {
        "route": str(one.route),
        "view": _dotted(one.route.view_class),
        "has_mixin": one.is_fast,
        "mixin": one.mixin,
        "path": planned and planned.path,
        "way": one.way,
        "falls_back": one.falls_back and _reason(one.falls_back),
        "data_by_drf": one.data_by_drf and _reason(one.data_by_drf),
        "one_piece": one.one_piece and _reason(one.one_piece),
        "unloaded": [
            {"path": each.path, "row_by_row": each.row_by_row and _reason(each.row_by_row)}
            for each in one.unloaded
        ],
        "sql": planned and planned.sql,
        "saving": saving and {"rows": saving.rows, "drf_s": saving.drf_s, "fast_s": saving.fast_s},
        "unmeasured": one.measured.raised,
        "verdict": str(one.verdict),
        "missing": list(one.missing),
        "blockers": [
            {
                **_reason(blocker.fall_back),
                "kind": blocker.kind,
                "lists": counts[blocker.kind].lists,
                "unlocks": counts[blocker.kind].unlocks,
            }
            for blocker in one.blockers
        ],
        "has_all_blockers": one.has_all_blockers,
        "unwritten": one.measured.unwritten,
        "mixin_behind": one.behind,
        "rendered_otherwise": one.rendered_otherwise,
        "refused": one.refused,
    }


def look_alike_as_json(one: LookAlike) -> dict[str, Any]:
    """Return the same keys for what is no list that the fast path answers."""
    reason = f"{one.view_class.__name__}.{one.method}() seems to list by code of its own"
    return {
        "route": str(one),
        "view": _dotted(one.view_class),
        "has_mixin": False,
        "mixin": None,
        "path": None,
        "way": None,
        "falls_back": {"reason": reason, "field": None, "change": None},
        "data_by_drf": None,
        "one_piece": None,
        "unloaded": [],
        "sql": None,
        "saving": None,
        "unmeasured": None,
        "verdict": "not seen",
        "missing": [],
        "blockers": [],
        "has_all_blockers": False,
        "unwritten": None,
        "mixin_behind": None,
        "rendered_otherwise": None,
        "refused": None,
    }


def _dotted(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def _reason(reason: FallBack) -> dict[str, Any]:
    return {"reason": reason.reason, "field": reason.field, "change": reason.change}
