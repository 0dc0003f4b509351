"""Two runs compared, as JSON: in rowpath's own form, and in the one that benchmark actions read."""

import json
from functools import cache

from pydantic import TypeAdapter

from rowpath.lab.comparing.comparison import Comparison, Kind


@cache  # not when it is imported: most commands read and write none, and it takes a while
def _adapter() -> TypeAdapter[Comparison]:
    return TypeAdapter(Comparison)


def to_json(comparison: Comparison) -> bytes:
    """Return the comparison as UTF-8 JSON."""
    return _adapter().dump_json(comparison, indent=1) + b"\n"


def to_bench_json(comparison: Comparison) -> bytes:
    """Return each change as `{name, unit, value, range}`, a smaller value being better.

    The value is new / old, turned over where more is better. It is the form of
    github-action-benchmark's customSmallerIsBetter. What has no interval is left out.
    """
    entries = []
    for each in comparison.changes:
        if each.change is None:
            continue
        interval = each.change
        low, middle, high = interval.low, interval.estimate, interval.high
        if each.better == "more":
            low, middle, high = 1 / high, 1 / middle, 1 / low
        about = "" if each.kind is Kind.ITSELF else f" over {each.baseline}"
        entries.append(
            {
                "name": f"{each.family}: {each.name}{about} ({each.quantity})",
                "unit": "new / old",
                "value": round(middle, 6),
                "range": f"{low:.4f} to {high:.4f}",
                "extra": each.verdict.value,
            }
        )
    return (json.dumps(entries, indent=1, ensure_ascii=False) + "\n").encode()
