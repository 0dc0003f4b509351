"""What each change of a diff brings beside the others."""

from dataclasses import replace

from explain.conftest import Shop
from rowpath.explain.values import Confidence, Marginal
from rowpath.report.explain.json import to_json
from rowpath.report.explain.sentences import sentences
from rowpath.stats.interval import Interval

PATHS = ("/api/anew/", "/lookup/")
BY_ITSELF = Marginal(statements_before=26, statements_after=2, ratio=None)


def test_every_change_is_left_out_once(shop: Shop) -> None:
    """Of two changes that save 24 statements each, either saves these beside the other."""
    found = [(each.proof, each.marginal) for each in shop.of("/api/anew/").findings]

    assert [marginal for _, marginal in found] == [BY_ITSELF, BY_ITSELF]
    assert [(proof.statements_before, proof.statements_after) for proof, _ in found if proof] == [
        (50, 26),
        (50, 26),
    ]


def test_what_has_no_change_brings_nothing(shop: Shop) -> None:
    """Advice is in no diff."""
    finding = shop.only("/lookup/")

    assert (finding.confidence, finding.marginal) == (Confidence.ADVICE, None)


def test_it_stands_beside_the_proof(shop: Shop) -> None:
    """In words behind it, and in JSON with its ratio."""
    finding = shop.of("/api/anew/").findings[0]
    ratio = Interval(estimate=0.5, low=0.4, high=1.2)
    timed = replace(finding, marginal=replace(BY_ITSELF, ratio=ratio))

    assert list(sentences(timed))[1] == (
        "beside the other changes of the diff: 26 to 2 statements; "
        "0.50 of the time (0.40 to 1.20), which shows no difference"
    )
    assert b'"marginal": {\n        "statements_before": 26,' in to_json(shop.explanation)
