"""Run as a program: `rowpath` itself, but what it times takes no longer than it must.

No test asserts a time, so a slot of one request is as good as one of two hundred. A slot under load
takes its time however short it is, so of such groups two variants are measured, in one set-up; that
each can be asked is for other tests.
"""

from dataclasses import replace

from rowpath.lab import experiments, gates, profile
from rowpath.lab.experiment import Experiment, Group
from rowpath.lab.measures import AtRate, Load, ManyUsers

# Of so short slots, beside other tests, no gate can hold: that each fails is for tests of its own.
ANY = 1e9
gates.BOUNDS = gates.Bounds(clone=ANY, other_cpu=ANY, steal=ANY, disturbed=ANY)
profile.PROFILES = tuple(replace(each, slot_s=0.01, load_s=0.1) for each in profile.PROFILES)


def shortened(group: Group) -> Group:
    """Return a group, with few of its variants if it is measured under load."""
    if not isinstance(group.measure, Load):
        return group
    others = [each for each in group.variants if each.name != group.baseline and not each.needs]
    baseline = next(each for each in group.variants if each.name == group.baseline)
    setup = baseline.conditions[0]
    kept = [baseline, next(each for each in others if setup in each.conditions)]
    kept += [each for each in group.variants if each.needs]  # as a test of what is missing wants
    variants = tuple(replace(each, conditions=(setup,)) for each in kept)
    return replace(group, measure=lighter(group.measure), variants=variants)


def lighter(load: Load) -> Load:
    """Return a load of the same kind that is over soon."""
    if isinstance(load, AtRate):
        return AtRate(rate=20, users=50, least_s=0.5)
    return ManyUsers(users=2)


def with_short_groups(experiment: Experiment) -> Experiment:
    """Return an experiment whose groups are shortened."""
    return replace(experiment, groups=tuple(map(shortened, experiment.groups)))


experiments.EXPERIMENTS = tuple(map(with_short_groups, experiments.EXPERIMENTS))

if __name__ == "__main__":
    from rowpath.cli import main  # it reads both when it is imported

    main()
