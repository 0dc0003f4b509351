"""How the values of a row are converted: by what Django calls, or by what does the same in C.

SQLite has no type for moments, decimals and truths, so each of their values is converted: of what
its driver makes of it, by the type that the table declares.
"""

import datetime as dt
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Context, FloatOperation, Inexact, Rounded
from typing import TYPE_CHECKING, Any

from django.conf import settings
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
# More are left to Django.
_PLACES = 9
# The class that datetime.datetime was from the start: tests put others in its place.
DATETIME = dt.datetime


def converters_of(compiler: SQLCompiler) -> "list[Converter]":
    """Return what converts the values of the rows of `compiler`, in the order of Django."""
    from rowpath.fast._making import Converter  # noqa: PLC0415 - not built everywhere

    connection = compiler.connection
    selected = [column[0] for column in compiler.select[: compiler.col_count]]
    found = compiler.get_converters(selected)
    quicker = _quicker_on_sqlite() if found and connection.vendor == "sqlite" else _never_quicker
    return [
        Converter(position, call, expression, connection, **quicker(call, expression))
        for position, (calls, expression) in found.items()
        for call in calls
    ]


def _never_quicker(_call: _Call, _expression: Any) -> dict[str, Any]:
    return {}


def _quicker_on_sqlite() -> Callable[[_Call, Any], dict[str, Any]]:
    """Return what tells compiled code how to do without a function for usual values."""
    from django.db.backends.sqlite3.operations import DatabaseOperations  # noqa: PLC0415

    from rowpath.fast._making import KINDS  # noqa: PLC0415 - not built everywhere

    if check_also(DatabaseOperations, _MOMENT, _DECIMAL, _TRUTH) is not None:
        return _never_quicker
    codes = DatabaseOperations.get_decimalfield_converter.__code__.co_consts
    decimals = _is_usual(Context()) and DecimalField.context

    def quicker(call: Any, expression: Any) -> dict[str, Any]:
        function = getattr(call, "__func__", None)
        if function is DatabaseOperations.convert_booleanfield_value:
            return {"kind": KINDS["TRUTH"]}
        if function is DatabaseOperations.convert_datetimefield_value:
            if dt.datetime is not DATETIME:
                return {}
            zone = call.__self__.connection.timezone if settings.USE_TZ else None
            return {"kind": KINDS["MOMENT"], "zone": zone}
        if not (decimals and isinstance(expression, Col)):
            return {}
        field = expression.output_field
        is_usual = getattr(call, "__code__", None) in codes and type(field).context is decimals
        if not (is_usual and _is_usual(field.context) and 0 <= field.decimal_places <= _PLACES):
            return {}
        places, digits = field.decimal_places, field.max_digits
        return {"kind": KINDS["DECIMAL"], "places": places, "digits": digits}

    return quicker


def _is_usual(context: Context) -> bool:
    """Whether numbers are rounded to the nearest in silence."""
    raising = (FloatOperation, Inexact, Rounded)
    is_silent = not any(context.traps[signal] for signal in raising)
    return context.rounding == ROUND_HALF_EVEN and is_silent
