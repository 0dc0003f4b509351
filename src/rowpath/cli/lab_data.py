"""`rowpath lab data`: build, check or remove the rows."""

from collections.abc import Sequence

import click
from click.core import ParameterSource

from rowpath.cli import options
from rowpath.cli.counts import parse_count
from rowpath.cli.standard_streams import say
from rowpath.lab.circumstances import DatasetRecord
from rowpath.lab.database import Database, open_database
from rowpath.lab.dataset import DATASETS, Dataset, dataset_named, drop, ensure, sizes_on_disk


@click.command("data")
@click.argument("names", metavar="[DATASET]...", nargs=-1)
@options.rows
@options.database_url
@options.seed
@click.option("--drop", "remove", is_flag=True, help="Remove the rows that rowpath made.")
def data(
    names: Sequence[str], rows: str | None, database_url: str | None, seed: int, *, remove: bool
) -> None:
    """Build the datasets products and logs, or those named, or check that they are there."""
    chosen = [dataset_named(name) for name in dict.fromkeys(names)]
    count = parse_count(rows, "--rows") if rows else None
    # On a server of the user's own, other rows are replaced only where others are asked for.
    seed_given = (
        click.get_current_context().get_parameter_source("seed") is not ParameterSource.DEFAULT
    )
    asked_for_others = count is not None or seed_given
    with open_database(database_url) as database:
        if remove:
            _remove(database, chosen)
            return
        for dataset in chosen or DATASETS:
            record = ensure(
                database,
                dataset,
                rows=count or dataset.default_rows,
                seed=seed,
                report=say,
                replace=asked_for_others,
            )
            _tell(database, dataset, record)


def _remove(database: Database, datasets: Sequence[Dataset]) -> None:
    """Drop the datasets, or all when there are none, and say what is left."""
    kept: Sequence[str] = ()
    for dataset in datasets or (None,):
        kept = drop(database, dataset)
    names = " and ".join(dataset.name for dataset in datasets)
    say(f"Removed {names or 'what rowpath made'}.")
    if kept:
        say(f"Kept the schema: it holds {', '.join(kept)}, not rowpath's.")


def _tell(database: Database, dataset: Dataset, record: DatasetRecord) -> None:
    """Say what there is now, with the rows and the size of each table."""
    state = "is there already" if record.reused else f"built in {record.built_s:.1f} s"
    say(
        f"{record.name}: {record.rows:,} {dataset.counted} from seed {record.seed}, "
        f"{_megabytes(record.size_bytes)}, {state}, in {database.description}"
    )
    sizes = sizes_on_disk(database, dataset)
    width = max(map(len, sizes))
    for table in dataset.tables:
        rows = "made empty" if table.working else f"{record.tables[table.name]:,} rows"
        say(f"  {table.name:{width}} {rows:>16} {_megabytes(sizes[table.name]):>11}")


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:,.1f} MB"
