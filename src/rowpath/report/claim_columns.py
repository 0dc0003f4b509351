"""The columns of the table of verdicts, which has a row for a claim in each set-up."""

from rowpath.lab.record import ClaimRecord
from rowpath.report import figures, notes
from rowpath.report.columns import RANGE
from rowpath.report.tables import (
    Align,
    Aside,
    Cell,
    ClaimOfTalk,
    Column,
    GivenVerdict,
    Header,
    Measured,
    Room,
    Stacked,
    Verdicts,
)


def _measured(claim: ClaimRecord) -> Cell:
    if claim.measured is None:
        return Aside(text=notes.NOT_MEASURED)
    return Measured(
        value=figures.ratio(claim.measured.estimate), note=figures.ratio_range(claim.measured)
    )


COLUMNS: tuple[Column[ClaimRecord], ...] = (
    Column(
        key="claim",
        header=Header(title="Claim", short="claim"),
        cell=lambda claim: ClaimOfTalk(claim=claim),
        align=Align.TEXT,
    ),
    Column(
        key="verdict",
        header=Header(title="Verdict", short="verdict"),
        cell=lambda claim: Verdicts(given=(GivenVerdict(word=figures.printable(claim.verdict)),)),
        align=Align.TEXT,
        room=Room(narrow=16, wide=16),
    ),
    Column(
        key="set-up",
        header=Header(title="Set-up", short="set-up"),
        cell=lambda claim: Stacked(texts=(figures.words(figures.printable(claim.setup)),)),
        align=Align.TEXT,
        room=Room(narrow=20, wide=20),
    ),
    Column(
        key="claimed",
        header=Header(title="Claimed", short="claimed"),
        cell=lambda claim: Stacked(texts=(figures.ratio(claim.claimed_ratio),)),
        room=Room(narrow=7, wide=7),
    ),
    Column(
        key="measured",
        header=Header(title="Measured", short="measured", detail=RANGE),
        cell=_measured,
        align=Align.RANGED,
    ),
)
"""The first stands once for all set-ups of a claim, the others say what came of it in each."""
