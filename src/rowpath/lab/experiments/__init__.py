"""All experiments, one file for each section of the talk that measures something."""

from rowpath.lab.experiment import Experiment
from rowpath.lab.experiments.fields import FIELDS
from rowpath.lab.experiments.lazy import LAZY
from rowpath.lab.experiments.lists import LISTS

EXPERIMENTS: tuple[Experiment, ...] = (LISTS, FIELDS, LAZY)
