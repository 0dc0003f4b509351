"""What `rowpath lab run` was asked for: by its options, or by the run that it goes on with."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from click.core import ParameterSource

from rowpath.cli.counts import parse_count, parse_sizes
from rowpath.cli.datasets import table_sizes, wanted_datasets
from rowpath.errors import ResumeError, UsageError
from rowpath.lab.circumstances import ApartRecord, AskedRecord
from rowpath.lab.dataset import Dataset, dataset_named
from rowpath.lab.experiment import Experiment
from rowpath.lab.experiments import EXPERIMENTS
from rowpath.lab.own_file import is_own_file, own_experiments
from rowpath.lab.plan import Stage, Stock, chosen, stages
from rowpath.lab.profile import Profile, profile_named
from rowpath.lab.record import Run
from rowpath.lab.resume import interrupted, other, refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line says; each is None or empty where it says nothing.

    `of_the_lab` names the options that only the lab's own servers and database follow.
    """

    experiments: tuple[str, ...]
    rows: str | None
    sizes: str | None
    profile: str | None
    seed: int | None
    workers: int | None
    of_the_lab: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a run measures, with what, and how long; `asked` is what its file keeps of that."""

    experiments: tuple[Experiment, ...]
    datasets: Mapping[Dataset, int]
    sizes: Sequence[int]
    profile: Profile
    seed: int
    workers: int
    asked: AskedRecord

    def stages(self, versions: Mapping[str, str]) -> tuple[Stage, ...]:
        """Return the stages of the run with these packages; UsageError where sizes do not fit."""
        stock = Stock(tables=table_sizes(self.datasets), versions=versions)
        return stages(self.experiments, self.profile, stock=stock, sizes=self.sizes)


def said(parameter: str) -> bool:
    """Return whether the user gave the option, so that its value is no default."""
    source = click.get_current_context().get_parameter_source(parameter)
    return source not in (ParameterSource.DEFAULT, None)


def on_command_line(*parameters: str) -> tuple[str, ...]:
    """Return those of the options, as they are written, that stand on the command line itself."""
    context = click.get_current_context()
    return tuple(
        "--" + each.replace("_", "-")
        for each in parameters
        if context.get_parameter_source(each) is ParameterSource.COMMANDLINE
    )


def fresh(options: Options, *, seed: int, workers: int) -> Choices:
    """Return the choices of a new run, with `seed` and `workers` where nothing is said of them."""
    experiments = asked_for(options.experiments)
    datasets = wanted_datasets(experiments, options.rows)
    if not datasets:
        _refuse_of_the_lab(options)
    sizes = parse_sizes(options.sizes)
    whole_talk = not options.experiments
    return Choices(
        experiments=experiments,
        datasets=datasets,
        sizes=sizes,
        profile=profile_named(options.profile or ("talk" if whole_talk else "default")),
        asked=AskedRecord(
            experiments=tuple(each.name for each in experiments),
            sizes=tuple(sizes),
            apart=tuple(
                ApartRecord(experiment=each.name, how=each.apart)
                for each in EXPERIMENTS
                if whole_talk and each.apart
            ),
        ),
        seed=options.seed if options.seed is not None else seed,
        workers=options.workers or workers,
    )


def asked_for(names: Sequence[str]) -> tuple[Experiment, ...]:
    """Return the experiments that the arguments name: built-in ones, or those of one's own files.

    UsageError for one that there is not, and for both at once.
    """
    files = [name for name in dict.fromkeys(names) if is_own_file(name)]
    if not files:
        return chosen(names, EXPERIMENTS)
    built_in = [name for name in names if name not in files]
    if built_in or len(files) > 1:
        raise UsageError(
            f"Cannot run {files[0]} together with {', '.join([*built_in, *files[1:]])}: a file of "
            "own experiments is run alone. Give that file only."
        )
    return own_experiments(Path(files[0]))


def _refuse_of_the_lab(options: Options) -> None:
    """UsageError for what own applications would not follow: the lab's table, servers, database."""
    if options.rows is not None:
        raise UsageError(
            f"Cannot use --rows {options.rows}: own experiments have no dataset of the lab's. "
            "Leave it out; the rows of an answer stand in the file, or in --sizes."
        )
    if options.of_the_lab:
        raise UsageError(
            f"Cannot use {' and '.join(options.of_the_lab)}: own experiments ask servers of their "
            "own, which it would not reach. Leave it out; what a server needs stands in the file, "
            "in its command or its environment."
        )


def taken_up(options: Options, run: Run, path: Path) -> Choices:
    """Return the choices of the run in the file at `path`, which goes on.

    ResumeError where it is whole, where its experiments are the user's own, and where an option
    says something else.
    """
    asked = interrupted(run, path)
    if any(map(is_own_file, options.experiments)) or not run.datasets:
        raise ResumeError(
            f"Cannot resume {path}: own experiments are not gone on with, since nothing tells "
            "whether their servers are still what they were. Measure anew without --resume."
        )
    refuse(tuple(_contradictions(options, run, asked)))
    return Choices(
        experiments=chosen(asked.experiments, EXPERIMENTS),
        datasets={dataset_named(each.name): each.rows for each in run.datasets},
        sizes=asked.sizes,
        profile=profile_named(run.profile),
        seed=run.seed,
        workers=run.workers,
        asked=asked,
    )


def _contradictions(options: Options, run: Run, asked: AskedRecord) -> Iterator[str]:
    rows = None if options.rows is None else parse_count(options.rows, "--rows")
    pairs: list[tuple[str, object, object]] = [
        ("--profile", run.profile, options.profile),
        ("--seed", run.seed, options.seed),
        ("--workers", run.workers, options.workers),
        ("--sizes", _listed(asked.sizes), _listed(parse_sizes(options.sizes)) or None),
        ("the experiments", _listed(asked.experiments), _listed(options.experiments) or None),
        *((f"--rows of {each.name}", each.rows, rows) for each in run.datasets),
    ]
    for what, then, now in pairs:
        if now is not None and now != then:
            yield other(what, f"{then}" or "each group's own", f"{now}")


def _listed(values: Sequence[object]) -> str:
    return ",".join(map(str, dict.fromkeys(values)))
