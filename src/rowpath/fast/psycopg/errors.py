"""What PostgreSQL says of a statement of ours that it would not say of the framework's own."""

import psycopg

# Of a prepared statement whose columns were altered, that was forgotten, or that another client of
# a pooler has prepared.
_STALE = (
    psycopg.errors.FeatureNotSupported,
    psycopg.errors.InvalidSqlStatementName,
    psycopg.errors.DuplicatePreparedStatement,
)
# Of a statement that means nothing to it: made by a compiler of a later version, say.
_NOT_RUN = (
    psycopg.errors.SyntaxError,
    psycopg.errors.UndefinedColumn,
    psycopg.errors.DatatypeMismatch,
)


def is_stale(error: BaseException | None) -> bool:
    """Whether `error` may say that a prepared statement was out of date."""
    return isinstance(error, _STALE)


def ours_alone(error: BaseException | None) -> str | None:
    """Return why the framework's statements may not have raised `error`; None if they would."""
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        # They may ask for less: for no relation that no row has.
        return "its user may not read all of it at once"
    if isinstance(error, _NOT_RUN):
        return f"the database did not take its statement: {error}"
    if is_stale(error):
        return "its prepared statement was out of date"
    return None
