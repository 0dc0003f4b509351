from report_runs import whole_run

from rowpath.report.verdicts import SYMBOLS, judged, symbol, tally
from rowpath.stats.verdict import Verdict


def test_every_verdict_has_a_sign_of_its_own() -> None:
    """No verdict is told by its colour alone."""
    signs = [symbol(verdict) for verdict in Verdict]

    assert len(set(signs)) == len(Verdict) == len(SYMBOLS)


def test_a_verdict_of_a_later_version_has_a_sign_too() -> None:
    """A file with a word that is not known here can still be shown."""
    assert symbol("withdrawn") not in SYMBOLS.values()


def test_a_claim_stands_once_with_all_its_set_ups() -> None:
    """Outcomes of the same claim are put together, in their order."""
    claims = whole_run().experiments[0].claims

    together = judged(claims)

    assert len(together) == 4
    assert [each.setup for each in together[0].outcomes] == ["as-told", "controlled"]


def test_the_tally_counts_by_set_up() -> None:
    """For each set-up, how many claims got which verdict, the good news first."""
    counts = dict(tally(whole_run().experiments[0].claims))

    assert counts["as told"] == (("confirmed", 2), ("refuted", 1), ("inconclusive", 1))
    assert counts["controlled"] == (("direction only", 2), ("refuted", 1), ("inconclusive", 1))
