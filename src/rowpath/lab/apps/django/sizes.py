"""How many rows a request asks for."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.serializers import IntegerField, ValidationError

DEFAULT_ROWS = 100
LARGEST = 2**63 - 1
"""The largest LIMIT of PostgreSQL."""

_ROWS = IntegerField(min_value=0, max_value=LARGEST)


def plain_rows_asked(request: HttpRequest) -> int:
    """Return `?rows=` of a request that no view of DRF sees, DEFAULT_ROWS where it is absent.

    BadRequest, which Django answers with 400, where it is no whole number of at least 0.
    """
    try:
        rows: int = _ROWS.run_validation(request.GET.get("rows", DEFAULT_ROWS))
    except ValidationError as error:
        raise BadRequest(str(error.detail)) from error
    return rows


def rows_asked(request: Request, default: int | None = DEFAULT_ROWS) -> int | None:
    """Return `?rows=` as a number, `default` where it is absent; None asks for the whole table.

    ValidationError, which is answered with 400, where it is no whole number of at least 0.
    """
    asked = request.query_params.get("rows")
    if asked is None:
        return default
    try:
        rows: int = _ROWS.run_validation(asked)
    except ValidationError as error:
        raise ValidationError({"rows": error.detail}) from error
    return rows
