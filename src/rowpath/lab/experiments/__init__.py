"""All experiments, one file for each section of the talk that measures something, and one more."""

from collections.abc import Mapping

from rowpath.lab.applications import App
from rowpath.lab.experiment import Experiment
from rowpath.lab.experiments.aggregates import AGGREGATES
from rowpath.lab.experiments.cache import CACHE
from rowpath.lab.experiments.cached_queryset import CACHED_QUERYSET
from rowpath.lab.experiments.concurrency import CONCURRENCY
from rowpath.lab.experiments.fields import FIELDS
from rowpath.lab.experiments.fourteen import FOURTEEN
from rowpath.lab.experiments.instruments import INSTRUMENTS
from rowpath.lab.experiments.ladder import LADDER
from rowpath.lab.experiments.lazy import LAZY
from rowpath.lab.experiments.lists import LISTS
from rowpath.lab.experiments.loops import LOOPS
from rowpath.lab.experiments.relations import RELATIONS
from rowpath.lab.experiments.serializers import SERIALIZERS
from rowpath.lab.experiments.users import USERS
from rowpath.lab.experiments.writes import WRITES

EXPERIMENTS: tuple[Experiment, ...] = (
    LISTS,
    USERS,
    FOURTEEN,
    INSTRUMENTS,
    FIELDS,
    LAZY,
    RELATIONS,
    SERIALIZERS,
    LOOPS,
    CONCURRENCY,
    WRITES,
    CACHED_QUERYSET,
    AGGREGATES,
    CACHE,
    LADDER,
)


def needs(experiments: tuple[Experiment, ...], package: str) -> bool:
    """Return whether a variant of `experiments` needs a package, or what stands for one."""
    return any(
        variant.needs is not None and variant.needs.package == package
        for experiment in experiments
        for variant in experiment.variants
    )


def apps_of(experiments: tuple[Experiment, ...], versions: Mapping[str, str]) -> tuple[App, ...]:
    """Return the applications that answer a variant of `experiments` with what is installed."""
    return tuple(
        app
        for app in App
        if any(
            variant.can_run(versions)
            for experiment in experiments
            for variant in experiment.answered_by(app)
        )
    )
