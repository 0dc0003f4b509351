"""The report's chapters follow the talk's sections, and each claim says why."""

from dataclasses import replace

import pytest
from report_runs import whole_run

from rowpath.lab.experiment import Experiment
from rowpath.lab.experiments import EXPERIMENTS
from rowpath.lab.experiments.reasons import why
from rowpath.lab.sections import TITLES, covered, place
from rowpath.report.chapters import chapters
from rowpath.report.html import render
from rowpath.report.views import in_order


@pytest.mark.parametrize(
    ("text", "sections"),
    [
        ("1.2-1.7", ("1.2", "1.3", "1.4", "1.5", "1.6", "1.7")),
        ("1.2 to 1.4, 2.2, 3.1", ("1.2", "1.3", "1.4", "2.2", "3.1")),
        ("4-4.2", ("4.1", "4.2")),
        ("4", ("4.1", "4.2", "4.3")),
        ("6-6.2", ("6", "6.2")),
        ("7", ("7",)),
        ("3.2", ("3.2",)),
        ("an aside", ()),
    ],
)
def test_a_section_names_those_that_it_covers(text: str, sections: tuple[str, ...]) -> None:
    """A span, a list and a section with parts all come to sections of the talk."""
    assert covered(text) == sections


def test_the_titles_stand_in_the_talks_order() -> None:
    """A section is placed by its number and not by its text."""
    assert sorted(TITLES, key=place) == list(TITLES)
    assert place("10.1") > place("9")


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda each: each.name)
def test_every_claim_says_why_in_one_sentence(experiment: Experiment) -> None:
    """A reader learns what the two techniques do, beside how they compare."""
    for claim in experiment.claims:
        reason = why(claim)
        assert reason.endswith("."), f"{claim.section}: {claim.variant} against {claim.baseline}"
        assert ". " not in reason


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda each: each.name)
def test_every_experiment_measures_a_section_of_the_talk(experiment: Experiment) -> None:
    """So each has a chapter that leads to it."""
    assert covered(experiment.section)


def test_each_claim_stands_in_the_chapter_of_its_section() -> None:
    """No claim is lost and none stands twice; chapters have the talk's order."""
    run = whole_run()
    told = chapters(run, in_order(run))

    for chapter in told:
        assert {each.claim.section for each in chapter.claims} <= {chapter.section}
    outcomes = [each for chapter in told for claim in chapter.claims for each in claim.outcomes]
    assert len(outcomes) == sum(len(record.claims) for record in run.experiments)
    known = [chapter.section for chapter in told if chapter.section in TITLES]
    assert known == sorted(known, key=place)


def test_a_chapter_without_a_claim_leads_to_what_was_measured() -> None:
    """What the talk showed without a figure has its place as well."""
    run = whole_run()
    run = replace(run, experiments=tuple(replace(each, claims=()) for each in run.experiments))

    told = chapters(run, in_order(run))

    assert told
    assert all(chapter.experiments for chapter in told)
    assert "No claim of this section was judged in this run." in render(run)


def test_the_experiments_follow_the_talk_whatever_the_order_of_the_run() -> None:
    """A run that was asked for in another order is told in the talk's."""
    run = whole_run()
    turned = replace(run, experiments=run.experiments[::-1])

    places = [place(each.record.section) for each in in_order(turned)]

    assert places == sorted(places)


def test_why_is_in_the_page() -> None:
    """The sentence stands with its claim."""
    run = whole_run()
    first = next(each for each in run.experiments if each.claims)
    claims = tuple(replace(claim, why="It is <why>.") for claim in first.claims)
    run = replace(
        run,
        experiments=tuple(
            replace(each, claims=claims) if each is first else each for each in run.experiments
        ),
    )

    assert '<p class="why">It is &lt;why&gt;.</p>' in render(run)
