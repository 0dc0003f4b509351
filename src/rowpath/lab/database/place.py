"""A database as a value, and the one way to connect to it."""

import re
from dataclasses import dataclass, field

import psycopg
from psycopg.abc import ConnDict
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from rowpath.errors import DatabaseError

CONNECT_TIMEOUT_S = 10
SCHEMES = ("postgresql", "postgres")
HOW = "Give it as postgresql://user@host:5432/name or as host=... dbname=..."


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """A PostgreSQL database that the lab may work on.

    `dsn` is a connection string of libpq, which may hold a password; `embedded` says that the
    server is ours, so that what is in it may be built again unasked; `description` is for people
    and holds no password.
    """

    dsn: str = field(repr=False)
    embedded: bool
    description: str


def connect(dsn: str, *, application: str = "rowpath") -> psycopg.Connection:
    """Return a connection in autocommit mode; DatabaseError says on one line why there is none."""
    parameters: ConnDict = {"connect_timeout": CONNECT_TIMEOUT_S}
    parameters |= _parameters(dsn)
    parameters["application_name"] = application
    parameters["client_encoding"] = "UTF8"  # psycopg returns bytes for the text of SQL_ASCII
    try:
        return psycopg.connect(make_conninfo("", **parameters), autocommit=True)
    except psycopg.Error as error:
        # An "@" in a password that is not written %40 makes the rest of it a part of the host.
        hidden = "'...' (write an @ in a password as %40)"
        reason = re.sub(r"'[^']*@[^']*'", hidden, one_line(error))
        raise DatabaseError(
            f"Cannot connect to the database: {reason}. "
            "Check the connection string, and that the server runs and lets you in."
        ) from None  # the cause would show the parameters, and with them the password


def one_line(error: Exception) -> str:
    """Return the error's text on one line, without a full stop."""
    return " ".join(str(error).split()).rstrip(".?")


def refused(error: psycopg.Error) -> DatabaseError:
    """Return what to tell of a statement that the database refused."""
    return DatabaseError(
        f"Cannot go on: the database refused a statement of the lab's own ({one_line(error)}). "
        "See its log, then run again: the dataset is kept."
    )


def _parameters(dsn: str) -> ConnDict:
    if not dsn.strip():
        raise DatabaseError(f"Cannot read the connection string: it is empty. {HOW}.")
    scheme = re.match(r"\s*(\w[\w+.:-]*)://", dsn)
    if scheme and scheme[1] not in SCHEMES:
        form = ", as SQLAlchemy has it," if "+" in scheme[1] else ""
        raise DatabaseError(
            f"Cannot read the connection string: it begins with {scheme[1]}://{form} "
            f"and libpq's with postgresql://. {HOW}."
        )
    try:
        return conninfo_to_dict(dsn)
    except UnicodeError:
        reason = "it is not UTF-8"
    except psycopg.ProgrammingError as error:
        reason = _without_secrets(one_line(error), dsn)
    raise DatabaseError(f"Cannot read the connection string: {reason}. {HOW}.")


def _without_secrets(reason: str, dsn: str) -> str:
    """Hide what libpq quotes of a string that it cannot read: any piece may be of the password.

    What it quotes may hold quotes itself, so all to the last one goes. A sign alone, "=", stays.
    """
    if "password" not in dsn and "@" not in dsn:
        return reason
    return re.sub(r'"(?!.").*"', '"..."', reason)
