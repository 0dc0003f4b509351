"""What a run measures where the command line leaves it open."""

from rowpath.cli.choices import Options, fresh
from rowpath.lab.experiments import EXPERIMENTS
from rowpath.lab.sections import place

NOTHING = Options(experiments=(), rows=None, sizes=None, profile=None, seed=None, workers=None)


def test_without_names_it_is_the_whole_talk_by_its_own_profile() -> None:
    """All experiments of the talk in its order; the file tells what is none, and how to run it."""
    choices = fresh(NOTHING, seed=1, workers=1)

    assert choices.profile.name == "talk"
    places = [place(experiment.section) for experiment in choices.experiments]
    assert places == sorted(places)
    apart = {each.name: each.apart for each in EXPERIMENTS if each.apart}
    assert {each.experiment: each.how for each in choices.asked.apart} == apart
    assert "make ladder" in apart["ladder"]
    assert set(choices.asked.experiments) == {each.name for each in EXPERIMENTS} - set(apart)


def test_named_experiments_are_measured_by_the_default_profile() -> None:
    """Whoever asks for one experiment has time for it."""
    choices = fresh(
        Options(
            experiments=("ladder",), rows=None, sizes=None, profile=None, seed=None, workers=None
        ),
        seed=1,
        workers=1,
    )

    assert choices.profile.name == "default"
    assert choices.asked.apart == ()
