"""How many rows a request asks for, where no framework parses it."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest

from rowpath.lab.apps.django.sizes import DEFAULT_ROWS, LARGEST


def rows_asked(request: HttpRequest) -> int:
    """Return `?rows=`; BadRequest, which is answered with 400, where it is no number of rows."""
    asked = request.GET.get("rows", str(DEFAULT_ROWS))
    if not asked.isdecimal() or int(asked) > LARGEST:
        msg = f"rows is {asked!r} and must be a whole number from 0 to {LARGEST}"
        raise BadRequest(msg)
    return int(asked)
