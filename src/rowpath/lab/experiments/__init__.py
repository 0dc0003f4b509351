"""All experiments, one file for each section of the talk that measures something."""

from rowpath.lab.experiment import Experiment
from rowpath.lab.experiments.aggregates import AGGREGATES
from rowpath.lab.experiments.cached_queryset import CACHED_QUERYSET
from rowpath.lab.experiments.fields import FIELDS
from rowpath.lab.experiments.lazy import LAZY
from rowpath.lab.experiments.lists import LISTS
from rowpath.lab.experiments.loops import LOOPS
from rowpath.lab.experiments.relations import RELATIONS
from rowpath.lab.experiments.serializers import SERIALIZERS
from rowpath.lab.experiments.writes import WRITES

EXPERIMENTS: tuple[Experiment, ...] = (
    LISTS,
    FIELDS,
    LAZY,
    RELATIONS,
    SERIALIZERS,
    LOOPS,
    WRITES,
    CACHED_QUERYSET,
    AGGREGATES,
)
