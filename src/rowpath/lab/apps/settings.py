"""What a measured application is told when it starts."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from secrets import token_urlsafe

from psycopg import pq
from psycopg.conninfo import conninfo_to_dict

from rowpath.lab.conditions import Conditions
from rowpath.lab.schema import SCHEMA

VARIABLE = "ROWPATH_APP"

# The last two are for a database or a user of theirs that has others: psycopg reads no time in
# another style than ISO.
_SETTINGS = {
    "search_path": SCHEMA,
    "timezone": "UTC",
    "datestyle": "ISO",
    "statement_timeout": "0",
}
# The talk's table has no index on time_created, ours has. Without these two kinds of scan it is of
# no use for ORDER BY, while a row is still found by its id: bitmap scans stay on.
_WITHOUT_INDEX = {"enable_indexscan": "off", "enable_indexonlyscan": "off"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AppSettings:
    """The database as a libpq connection string, the conditions, and where traces go.

    `redis_url` is that of a Redis or Valkey, where there is one.

    A server traces only where there is a `trace_folder`; without one it carries no instrument. It
    runs a task only for whoever knows the `token`, which is drawn anew for each settings.
    """

    dsn: str
    conditions: Conditions
    trace_folder: Path | None
    token: str = field(default_factory=token_urlsafe, repr=False)
    redis_url: str | None = field(default=None, repr=False)

    def to_environment(self) -> dict[str, str]:
        """Return the environment variable that carries these settings into a server process."""
        fields = {
            "dsn": self.dsn,
            "conditions": asdict(self.conditions),
            "trace_folder": str(self.trace_folder) if self.trace_folder else None,
            "token": self.token,
            "redis_url": self.redis_url,
        }
        return {VARIABLE: json.dumps(fields)}

    def connection_parameters(self) -> dict[str, str]:
        """Return what to connect with, as libpq's keywords, those of the conditions included."""
        parameters = {
            keyword: str(value)
            for keyword, value in conninfo_to_dict(self.dsn).items()
            if value is not None
        }
        settings = _SETTINGS | (_WITHOUT_INDEX if not self.conditions.uses_index else {})
        given = parameters.get("options", "")
        ours = " ".join(f"-c {name}={value}" for name, value in settings.items())
        return parameters | {"options": f"{given} {ours}".strip(), "client_encoding": "UTF8"}

    def database_name(self) -> str:
        """Return the database that libpq would choose, for frameworks that must be told a name."""
        given = self.connection_parameters()
        return given.get("dbname") or given.get("user") or _default_user()


def _default_user() -> str:
    """Return whom libpq connects as where nobody is named: the OS user."""
    names = [
        option.val.decode()
        for option in pq.Conninfo.get_defaults()
        if option.keyword == b"user" and option.val is not None
    ]
    return names[0] if names else ""


def from_environment(environ: Mapping[str, str] = os.environ) -> AppSettings:
    """Return the settings that this process was started with; KeyError where there are none."""
    fields = json.loads(environ[VARIABLE])
    folder = fields["trace_folder"]
    return AppSettings(
        dsn=fields["dsn"],
        conditions=Conditions(**fields["conditions"]),
        trace_folder=Path(folder) if folder else None,
        token=fields["token"],
        redis_url=fields["redis_url"],
    )
