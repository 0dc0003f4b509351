"""The options that several commands share."""

import click

DEFAULT_ROWS = "10_000_000"
DEFAULT_SEED = 1

database_url = click.option(
    "--database-url",
    metavar="DSN",
    envvar="ROWPATH_DATABASE_URL",
    help="A PostgreSQL 15 or later to use instead of the embedded one; "
    "only its schema rowpath_lab is written.",
)
rows = click.option(
    "--rows", metavar="N", default=DEFAULT_ROWS, show_default=True, help="Rows in the table."
)
seed = click.option(
    "--seed",
    type=click.IntRange(min=0, max=2**63 - 1),
    default=DEFAULT_SEED,
    show_default=True,
    help="Decides the rows and the order of the slots.",
)
workers = click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Worker processes of each measured application.",
)
