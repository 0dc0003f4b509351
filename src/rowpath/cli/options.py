"""The options that several commands share."""

import click

from rowpath.cli.counts import MOST_WORKERS
from rowpath.lab.dataset import DATASETS

DEFAULT_SEED = 1

database_url = click.option(
    "--database-url",
    metavar="DSN",
    envvar="ROWPATH_DATABASE_URL",
    help="A PostgreSQL 15 or later instead of the embedded one, also from the environment as "
    "ROWPATH_DATABASE_URL; only its schema rowpath_lab is written.",
)
redis_url = click.option(
    "--redis-url",
    metavar="URL",
    envvar="ROWPATH_REDIS_URL",
    help="A Redis or Valkey for the experiment cache, also from the environment as "
    "ROWPATH_REDIS_URL. [default: redis-server or valkey-server on PATH, run for the command]",
)
rows = click.option(
    "--rows",
    metavar="N",
    help="Rows in the table that the dataset is sized by. "
    f"[default: {', '.join(f'{each.default_rows:,} {each.counted}' for each in DATASETS)}]",
)
seed = click.option(
    "--seed",
    type=click.IntRange(min=0, max=2**63 - 1),
    default=DEFAULT_SEED,
    show_default=True,
    help="Decides the rows, and in a run the order of the slots.",
)
workers = click.option(
    "--workers",
    type=click.IntRange(min=1, max=MOST_WORKERS),
    default=1,
    show_default=True,
    help="Worker processes of each measured application.",
)
