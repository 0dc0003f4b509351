"""What projects do around each request: a time zone, settings of the database session."""

import json
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

Answer = Callable[[HttpRequest], HttpResponseBase]


def answered_by(answer: Answer) -> Answer:
    """Tell in a header how a list was answered, so that a client can see it."""
    from rowpath.fast.drf import outcome_of

    def told(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        if (outcome := outcome_of(response)) is not None:
            response.headers["Answered-By"] = outcome.path or str(outcome.reason)
        response.headers["Answered-In"] = "pieces" if response.streaming else "one"
        return response

    return told


def zone(answer: Answer) -> Answer:
    """Make the zone of the header Zone the current one for as long as the request lasts."""

    def in_zone(request: HttpRequest) -> HttpResponseBase:
        with timezone.override(ZoneInfo(request.headers.get("Zone", "UTC"))):
            return answer(request)

    return in_zone


def session_settings(answer: Answer) -> Answer:
    """Set in the database's session what the header Settings says, as JSON."""

    def with_settings(request: HttpRequest) -> HttpResponseBase:
        given = json.loads(request.headers.get("Settings", "{}"))
        if given:
            with connection.cursor() as cursor:
                for name, value in given.items():
                    cursor.execute("SELECT set_config(%s, %s, false)", [name, value])
        return answer(request)

    return with_settings
