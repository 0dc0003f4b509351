"""The indexes that may spare a scan of a table; pure."""

from collections.abc import Iterator

from rowpath.explain.selected import Index, Scan

MOST = 3


def candidates(scan: Scan) -> tuple[Index, ...]:
    """Return the indexes to try, the likeliest first: equal columns, then the order or bounds.

    What the model has an index for already is none: PostgreSQL saw it, or its migration is due.
    """
    model = scan.table.model
    found = (
        Index(model=model, fields=fields, condition=condition)
        for fields, condition in _forms(scan)
        if fields
    )
    new = (index for index in found if index.condition or not _is_there(index.fields, scan))
    return tuple(dict.fromkeys(new))[:MOST]


def _forms(scan: Scan) -> Iterator[tuple[tuple[str, ...], tuple[tuple[str, bool | None], ...]]]:
    plain = dict(scan.plain)
    # What has two values, or is often nothing, leaves out little: it comes last.
    equal = tuple(sorted(scan.equal, key=lambda name: name in plain))
    ranged = scan.ranged[:1]
    selective = tuple(name for name in equal if name not in plain)
    wanted = scan.order or ranged
    yield (*equal, *_behind(equal, wanted)), ()
    if plain:
        fields = (*selective, *_behind(selective, wanted))
        yield fields, scan.plain
    if scan.order and ranged:
        yield (*equal, *_behind(equal, ranged)), ()
    yield equal, ()


def _behind(equal: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each for each in others if each.lstrip("-") not in equal)


def _is_there(fields: tuple[str, ...], scan: Scan) -> bool:
    return any(known[: len(fields)] == fields for known in scan.table.indexed)
