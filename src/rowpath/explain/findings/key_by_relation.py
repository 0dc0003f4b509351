"""Finding: a row that is loaded for its key alone, which the row that leads to it has already."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from rowpath.explain.changes.key_edits import Line, edits
from rowpath.explain.findings.row_by_row import Attempt, Prove, Told, about, growing_paths, told
from rowpath.explain.messages import Observed, Reads
from rowpath.explain.proving.proof import Before
from rowpath.explain.trails import Path, text_of
from rowpath.explain.values import Confidence, Kind, Place, Reader, is_framework


def findings(before: Before, prove: Prove, known: Collection[str]) -> Iterator[Told]:
    """Yield each relation of which nothing but the key is read, with the change that is proved.

    `known` are paths that were told already. Without such a change it is no finding of this kind:
    the relation can still be loaded with the rows.
    """
    reads = _reads(before)
    for path in growing_paths(before):
        attempt = _attempt(path, reads) if text_of(path) not in known else None
        if attempt is None:
            continue
        found = told(about(Kind.KEY, before, [path]), before, [attempt], prove)
        if found.finding.confidence is Confidence.PROVED:
            title = f"{found.finding.title}, for a key that it has"
            yield replace(found, finding=replace(found.finding, title=title))


def _reads(before: Before) -> Sequence[Reads]:
    columns: Observed = before.look.columns
    return [
        reads for each in columns.evaluated if each.trail == before.trail for reads in each.reads
    ]


def _attempt(path: Path, reads: Sequence[Reads]) -> Attempt | None:
    """Return the change of all lines that read a relation, None where one reads more of it."""
    key = path[-1].key
    own = [each for each in reads if each.path == path]
    is_led_on = any(each.path[: len(path)] == path and each not in own for each in reads)
    if key is None or not own or is_led_on:
        return None
    if any(each.columns - {key.target} for each in own):
        return None
    lines = dict.fromkeys(_line(*reader) for each in own for reader in each.readers)
    changes = [edits(line, path[-1].name, key) if line else () for line in lines]
    if not all(changes):
        return None
    return Attempt(point=None, edits=tuple(dict.fromkeys(sum(changes, ()))))


def _line(place: Place | None, reader: Reader | None) -> Line | None:
    """Return the line that reads, None where it is in no module."""
    if place is not None and not is_framework(place, reader):
        return Line(file=place.file, line=place.line, is_field=False)
    if reader is None or reader.line is None or not str(reader.file).endswith(".py"):
        return None
    return Line(file=str(reader.file), line=reader.line, is_field=True)
