"""All findings that the SELECTs themselves show, asked one by one."""

from collections.abc import Sequence

from rowpath.explain.asking.look import Look
from rowpath.explain.asking.selects import selects
from rowpath.explain.findings import deep_offset, missing_index, needless_distinct, page_count
from rowpath.explain.proving.trials import Trials, with_finding
from rowpath.explain.values import Explained


def told(
    trials: Trials,
    explained: Sequence[Explained],
    looks: Sequence[Look],
    *,
    may_build_indexes: bool,
) -> tuple[Explained, ...]:
    """Return the requests with what their SELECTs cost that a change, or another page, spares."""
    asked = selects(trials.unchanged, looks, trials.tell)
    found = [
        *missing_index.findings(trials, asked, may_build=may_build_indexes),
        *needless_distinct.findings(trials, looks, asked),
        *deep_offset.findings(asked),
        *page_count.findings(asked),
    ]
    for of, finding in found:
        explained = with_finding(explained, looks, of.look, finding)
    return tuple(explained)
