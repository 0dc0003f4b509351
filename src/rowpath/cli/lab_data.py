"""`rowpath lab data`: build, check or remove the rows."""

import click

from rowpath.cli import options
from rowpath.cli.counts import parse_count
from rowpath.lab.database import open_database
from rowpath.lab.dataset import drop, ensure


@click.command("data")
@options.rows
@options.database_url
@options.seed
@click.option("--drop", "remove", is_flag=True, help="Remove the rows that rowpath made.")
def data(rows: str, database_url: str | None, seed: int, *, remove: bool) -> None:
    """Build the dataset, or check that it is there."""
    count = parse_count(rows, "--rows")
    with open_database(database_url) as database:
        if remove:
            kept = drop(database)
            click.echo("Removed what rowpath made.")
            if kept:
                click.echo(f"Kept the schema: it holds {', '.join(kept)}, not rowpath's.")
            return
        dataset = ensure(database, rows=count, seed=seed, report=click.echo, replace=True)
        state = "is there already" if dataset.reused else f"built in {dataset.built_s:.1f} s"
        click.echo(
            f"{dataset.name}: {dataset.rows:,} rows from seed {dataset.seed}, "
            f"{dataset.size_bytes / 1e6:,.0f} MB, {state}, in {database.description}"
        )
