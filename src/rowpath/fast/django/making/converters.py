"""How the values of a row are converted: by what Django calls, or by what does the same in C.

SQLite has no type for moments, decimals and truths, so each of their values is converted.
"""

import datetime
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_EVEN, Context, FloatOperation, Inexact, Rounded
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import DecimalField
from django.db.models.expressions import Col
from django.db.models.sql.compiler import SQLCompiler

from rowpath.fast.django.making.grounds import check_also

if TYPE_CHECKING:
    # At run time it is imported where it may be missing.
    from rowpath.fast._making import Converter

_Call = Callable[[Any, Any, Any], Any]

_MOMENT, _DECIMAL, _TRUTH = (
    "convert_datetimefield_value",
    "get_decimalfield_converter",
    "convert_booleanfield_value",
)
# The class that datetime.datetime was from the start: tests put others in its place.
_DATETIME = datetime.datetime


def converters_of(compiler: SQLCompiler) -> "list[Converter]":
    """Return what converts the values of the rows of `compiler`, in the order of Django."""
    from rowpath.fast._making import Converter  # noqa: PLC0415 - not built everywhere

    connection = compiler.connection
    selected = [column[0] for column in compiler.select[: compiler.col_count]]
    return [
        Converter(position, call, expression, connection, **_quicker(call, expression, connection))
        for position, (calls, expression) in compiler.get_converters(selected).items()
        for call in calls
    ]


def _quicker(call: _Call, expression: Any, connection: BaseDatabaseWrapper) -> dict[str, Any]:
    """Return what tells compiled code how to do without `call` for usual values."""
    if connection.vendor != "sqlite":
        return {}
    from django.db.backends.sqlite3.operations import DatabaseOperations  # noqa: PLC0415
    from rowpath.fast._making import KINDS  # noqa: PLC0415

    if check_also(DatabaseOperations, _MOMENT, _DECIMAL, _TRUTH) is not None:
        return {}
    function = getattr(call, "__func__", None)
    if function is DatabaseOperations.convert_booleanfield_value:
        return {"kind": KINDS["TRUTH"]}
    if function is DatabaseOperations.convert_datetimefield_value:
        if datetime.datetime is not _DATETIME:
            return {}
        zone = call.__self__.connection.timezone if settings.USE_TZ else None  # type: ignore[attr-defined]
        return {"kind": KINDS["MOMENT"], "zone": zone}
    return next(_decimal(call, expression, DatabaseOperations), {})


def _decimal(call: Any, expression: Any, operations: type) -> Iterator[dict[str, Any]]:
    """Yield how many places and digits the column has, if `call` rounds to them."""
    from rowpath.fast._making import KINDS  # noqa: PLC0415

    code = getattr(call, "__code__", None)
    made_by = operations.get_decimalfield_converter.__code__  # type: ignore[attr-defined]
    if code not in made_by.co_consts or not isinstance(expression, Col):
        return
    field = expression.output_field
    if type(field).context is not DecimalField.context:
        return
    if _is_usual(Context()) and _is_usual(field.context) and 0 <= field.decimal_places < 10:
        places, digits = field.decimal_places, field.max_digits
        yield {"kind": KINDS["DECIMAL"], "places": places, "digits": digits}


def _is_usual(context: Context) -> bool:
    """Whether numbers are rounded to the nearest in silence."""
    raising = (FloatOperation, Inexact, Rounded)
    is_silent = not any(context.traps[signal] for signal in raising)
    return context.rounding == ROUND_HALF_EVEN and is_silent
