"""Run as a program: `rowpath` itself, but what it times takes no longer than it must.

No test asserts a time, so a slot of one request is as good as one of two hundred, and the servers
of one block are as good as the next one's. Of each group some variants are measured: a few, and
of one under load, where a slot takes its time however short it is, two in one set-up. That each
can be asked is for other tests.
"""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace

from forking import the_command
from lasting import Lasting
from rowpath.lab import experiments, gates, profile
from rowpath.lab.database import embedded
from rowpath.lab.database.settings import settings_for
from rowpath.lab.experiment import Experiment, Group
from rowpath.lab.load import engine
from rowpath.lab.measures import AtRate, Load, ManyUsers
from rowpath.lab.measuring import warming
from rowpath.lab.servers import fleet

# Of so short slots, beside other tests, no gate can hold: that each fails is for tests of its own.
ANY = 1e9
gates.BOUNDS = gates.Bounds(clone=ANY, clones=ANY, other_cpu=ANY, steal=ANY, disturbed=ANY)
# Nor is a hit rate for them: tests/lab/test_cache.py looks at it.
warming.REQUESTS, warming.LASTS_S = 1, 0.0
profile.PROFILES = tuple(replace(each, slot_s=0.01, load_s=0.1) for each in profile.PROFILES)


def small_settings(_: int, *, statements: bool) -> Mapping[str, str]:
    """Return the settings of a machine with little memory, which waits for no disk."""
    return {**settings_for(0, statements=statements), "fsync": "off"}


vars(embedded)["settings_for"] = small_settings

LASTING = Lasting(fleet.fleet, engine.driver)
fleet.fleet, engine.driver = LASTING.fleet, LASTING.driver

# Of a group that is not under load.
FEW = 2
# What tests look at, by name.
LOOKED_AT = {
    *("bulk-update", "copy", "fk-select-related-only-id", "only-one", "read-iterator"),
    *("save-atomic", "sqlalchemy-load-only", "update", "update-all", "values"),
}


def shortened(group: Group) -> Group:
    """Return a group with few of its variants."""
    if isinstance(group.measure, Load):
        return under_load(group, group.measure)
    names = {group.baseline, *LOOKED_AT, *(each.name for each in group.variants[:FEW])}
    names |= {each.name for each in group.variants if each.needs}
    if group.explanation is not None:
        names |= {each.variant for each in group.explanation.corners}
    kept = tuple(each for each in group.variants if each.name in names)
    steps = tuple(each for each in group.steps if {each.variant, each.baseline} <= names)
    return replace(group, variants=kept, steps=steps)


def under_load(group: Group, load: Load) -> Group:
    """Return a group of this load with its baseline, what is missing somewhere, and one more."""
    others = [each for each in group.variants if each.name != group.baseline and not each.needs]
    baseline = next(each for each in group.variants if each.name == group.baseline)
    setup = baseline.conditions[0]
    kept = [baseline, next(each for each in others if setup in each.conditions)]
    kept += [each for each in group.variants if each.needs]  # as a test of what is missing wants
    variants = tuple(replace(each, conditions=(setup,)) for each in kept)
    return replace(group, measure=lighter(load), variants=variants)


def lighter(load: Load) -> Load:
    """Return a load of the same kind that is over soon."""
    if isinstance(load, AtRate):
        return AtRate(rate=20, users=50, least_s=0.5)
    return ManyUsers(users=2)


def with_short_groups(experiment: Experiment) -> Experiment:
    """Return an experiment whose groups are shortened."""
    return replace(experiment, groups=tuple(map(shortened, experiment.groups)))


experiments.EXPERIMENTS = tuple(map(with_short_groups, experiments.EXPERIMENTS))


def imported() -> Callable[[], None]:
    """Import all commands, for what is forked from this process, and return what runs one."""
    the_command()
    return run


def run() -> None:
    """Run the command line: what it reads of the above it reads when it is imported."""
    from rowpath.cli import main  # noqa: PLC0415

    with closing(LASTING):
        main()


if __name__ == "__main__":
    run()
