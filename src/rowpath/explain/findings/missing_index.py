"""Finding: an index that would spare a scan or a sort.

It is built for real where that is allowed, else supposed where the database has hypopg.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

from rowpath.errors import RowpathError
from rowpath.explain.asking.process import ProjectProcess
from rowpath.explain.asking.selects import Of, ms, selects_of
from rowpath.explain.findings import meta_edits
from rowpath.explain.findings.index_candidates import MOST, candidates
from rowpath.explain.messages import Answer
from rowpath.explain.proving.trials import Trials
from rowpath.explain.selected import Built, Index, Scan, Supposed, Table
from rowpath.explain.values import Confidence, Finding, Kind, Proof

LEAST_SHARE = 0.1
"""Of the request's time, that the SELECTs take which get advice; what is built is measured."""
MOST_LEFT = 0.5
"""Of the SELECTs' time, or expected cost, with an index that is worth it."""
FEWEST_ROUNDS, MOST_ROUNDS = 3, 8
"""In which the SELECTs are asked with an index and without: more, where it does not show at once.

What stops a machine for a moment only ever adds, so that the least time of each is its own.
"""
MOST_TABLES = 8
"""Of a run, for which indexes are built: those that take most time first."""
_NAMES = {"Index": "models.Index", "Q": "models.Q"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scanned:
    """A table that SELECTs of one request read to keep little of it."""

    table: Table
    of: tuple[Of, ...]
    scan: Scan
    indexes: tuple[Index, ...]

    @property
    def duration_s(self) -> float:
        return _sum_s({each.select.text: each.select.duration_s for each in self.of}, self.of)


def findings(
    trials: Trials, selects: Sequence[Of], *, may_build: bool
) -> Iterator[tuple[Of, Finding]]:
    """Yield the tables that want an index: proved where one may be built, else as an estimate.

    What may be neither built nor supposed is advice. An index that does not halve the time of its
    SELECTs, or what the planner expects them to cost, is not told.
    """
    told: set[Index] = set()
    found = sorted(_scanned(selects), key=lambda each: -each.duration_s)[:MOST_TABLES]
    for each in found:
        is_much = each.duration_s >= LEAST_SHARE * each.of[0].look.duration_s
        if each.indexes[0] in told or not (is_much or may_build):
            continue
        finding = _tried(trials, each) if may_build else _supposed(trials, each, None)
        if finding is not None:
            told.add(each.indexes[0])
            yield each.of[0], finding


def _scanned(selects: Sequence[Of]) -> Iterator[_Scanned]:
    by_table: dict[tuple[int, str], list[tuple[Of, Scan]]] = {}
    for each in selects:
        for scan in each.select.scans:
            by_table.setdefault((id(each.look), scan.table.model), []).append((each, scan))
    for pairs in by_table.values():
        ranked = sorted(pairs, key=lambda pair: -pair[0].select.duration_s)
        _, scan = ranked[0]
        # The order of a page serves its count as well, whose own columns are fewer.
        ordered = sorted((scan for _, scan in ranked), key=lambda scan: not scan.order)
        indexes = tuple(dict.fromkeys(index for each in ordered for index in candidates(each)))
        scanned = _Scanned(
            table=scan.table,
            of=tuple(each for each, _ in ranked),
            scan=scan,
            indexes=indexes[:MOST],
        )
        if indexes:
            yield scanned


def _sum_s(durations_s: Mapping[str, float], of: Sequence[Of]) -> float:
    # What was not sent is no gain: it may come again with the next request.
    return sum(each.count * durations_s.get(each.select.text, inf) for each in of)


def _tried(trials: Trials, each: _Scanned) -> Finding | None:
    """Return what the first index shows that is worth it, once built; None where none is."""
    look = each.of[0].look
    if look.ask.may_write:
        reason = "a request that writes, or locks, would wait for that index itself"
        return _supposed(trials, each, reason)
    for index in each.indexes:
        edits = meta_edits.edits(each.table, index)
        if not edits:
            return _advice(each, each.table.reason or f"{each.table.name} has no plain Meta")
        trials.tell(f"building an index of {each.table.table}, which is locked for writes")
        gain = _Gain(unchanged=trials.unchanged, scanned=each)
        try:
            with ProjectProcess(trials.project, edits, index) as changed:
                proof = trials.proof_by(changed, (look,), gain.is_one)
                built = changed.started.built
        except RowpathError as error:
            return _supposed(trials, each, " ".join(str(error).split()).rstrip("."))
        if proof is not None and built is not None:
            if is_shown(proof):
                told = _told(each, Confidence.PROVED)
                return replace(told, edits=edits, proof=proof, advice=gain.told(built))
            found = _advice(each, "it was built, and the whole request shows no difference")
            return replace(found, proof=proof)
    return None


def is_shown(proof: Proof) -> bool:
    """Return whether the whole request takes less time, by its interval, where it is timed."""
    return proof.ratio is None or proof.ratio.high < 1


def _supposed(trials: Trials, each: _Scanned, reason: str | None) -> Finding | None:
    """Return what the planner expects of the first index that is worth it; None where none is.

    Where it cannot be asked the likeliest index is advice. `reason` says why none was built, None
    where that was not wanted.
    """
    trials.tell(f"asking for what an index of {each.table.table} may spare")
    asked = {one.text: one for one in selects_of(trials.unchanged, each.of[0].look, each.indexes)}
    selects = [(one.count, asked.get(one.select.text)) for one in each.of]
    for number in range(len(each.indexes)):
        expected = [
            (count, select.supposed[number])
            for count, select in selects
            if select is not None and select.supposed
        ]
        if not expected:
            return _advice(each, reason)
        all_of_them = replace(
            expected[0][1],
            cost_before=sum(count * one.cost_before for count, one in expected),
            cost_after=sum(count * one.cost_after for count, one in expected),
        )
        if all_of_them.cost_after <= MOST_LEFT * all_of_them.cost_before:
            return _estimate(each, all_of_them, reason)
    return None


@dataclass(slots=True)
class _Gain:
    """What the SELECTs take today and with an index, asked in turn."""

    unchanged: ProjectProcess
    scanned: _Scanned
    before_s: float = 0.0
    after_s: float = 0.0

    def is_one(self, changed: ProjectProcess, answers: Sequence[Answer]) -> bool:
        """Return whether they take much less, and no more of them are sent."""
        look = self.scanned.of[0].look
        (answer,) = answers
        self.before_s = self.after_s = inf
        for number in range(MOST_ROUNDS):
            self.before_s = min(self.before_s, self._asked_s(self.unchanged))
            self.after_s = min(self.after_s, self._asked_s(changed))
            is_much_less = self.after_s <= MOST_LEFT * self.before_s < inf
            if is_much_less and number + 1 >= FEWEST_ROUNDS:
                break
        is_no_more = len(answer.observed.statements) <= len(look.observed.statements)
        return is_no_more and is_much_less

    def _asked_s(self, process: ProjectProcess) -> float:
        of = self.scanned.of
        asked = selects_of(process, of[0].look)
        return _sum_s({each.text: each.duration_s for each in asked}, of)

    def told(self, built: Built) -> str:
        """Return the gain and its price in words."""
        app, statement = self.scanned.table.app, _this(self.scanned)
        return (
            f"{statement} {ms(self.after_s)} with it instead of {ms(self.before_s)}. It was built "
            f"in {ms(built.duration_s)}, has {built.size_bytes / 1024:,.0f} kB, and was rolled "
            f"back; each write of a row keeps it up. Then: ./manage.py makemigrations {app}"
        )


def _this(each: _Scanned) -> str:
    return "This SELECT takes" if len(each.of) == 1 else f"These {len(each.of)} SELECTs take"


def _estimate(each: _Scanned, supposed: Supposed, reason: str | None) -> Finding:
    """Return what the planner expects of an index that was not built."""
    edits = meta_edits.edits(each.table, supposed.index)
    index = "it" if edits else meta_edits.source_of(each.table, supposed.index, _NAMES)
    advice = (
        f"{_today(each)}. With {index} PostgreSQL's planner, which supposes that index by hypopg, "
        f"expects {supposed.cost_after:,.0f} of its units instead of {supposed.cost_before:,.0f}, "
        f"and about {supposed.size_bytes / 1024:,.0f} kB for the index."
    )
    not_built = f" It was not built: {reason}." if reason else f" {_option(each)}"
    found = _told(each, Confidence.ESTIMATED)
    refused = None if edits else each.table.reason or f"{each.table.name} has no plain Meta"
    return replace(found, edits=edits, reason=refused, advice=advice + not_built)


def _advice(each: _Scanned, reason: str | None) -> Finding:
    """Return what would be built, and why it was not."""
    index = meta_edits.source_of(each.table, each.indexes[0], _NAMES)
    allowed = "" if reason else f" {_option(each)}"
    advice = f"{_today(each)}. What may help is {index} in the Meta of {each.table.name}.{allowed}"
    return replace(_told(each, Confidence.ADVICE), reason=reason, advice=advice)


def _today(each: _Scanned) -> str:
    whole = f"the whole request {ms(each.of[0].look.duration_s)}"
    return f"{_this(each)} {ms(each.duration_s)} asked by itself, {whole}"


def _option(each: _Scanned) -> str:
    return (
        "--try-indexes builds it in a transaction that is rolled back, and measures; whoever "
        f"writes to {each.table.table} waits meanwhile."
    )


def _told(each: _Scanned, confidence: Confidence) -> Finding:
    scan, of = each.scan, each.of
    texts = list(dict.fromkeys(one.select.text for one in of))
    return Finding(
        kind=Kind.INDEX,
        confidence=confidence,
        title=f"{scan.read_rows:,} rows of {each.table.name} are read to keep {scan.kept_rows:,}",
        place=of[0].place,
        statements=sum(one.count for one in of),
        of_statements=len(of[0].look.observed.statements),
        statement=texts[0],
        other_statements=tuple(texts[1:]),
    )
