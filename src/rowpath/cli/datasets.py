"""Which datasets a command needs, and of what size."""

from collections.abc import Mapping, Sequence

from rowpath.cli.counts import parse_count
from rowpath.lab.dataset import Dataset, dataset_named
from rowpath.lab.experiment import Experiment


def wanted_datasets(experiments: Sequence[Experiment], rows: str | None) -> dict[Dataset, int]:
    """Return the datasets of the experiments, each with the rows that it is sized by.

    `rows` is what the option says, for all of them; without it each has its own default.
    """
    asked = None if rows is None else parse_count(rows, "--rows")
    names = dict.fromkeys(each.data for each in experiments if each.data is not None)
    return {each: asked or each.default_rows for each in map(dataset_named, names)}


def table_sizes(datasets: Mapping[Dataset, int]) -> dict[str, int]:
    """Return the number of rows of each table in datasets of these sizes."""
    return {
        table: count
        for dataset, rows in datasets.items()
        for table, count in dataset.sizes(rows).items()
    }
