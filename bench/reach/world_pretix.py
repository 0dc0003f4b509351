"""An organizer with an event, whose lists the user may see."""
# mypy: ignore-errors
# ruff: noqa: ANN401, PLC0415 - pretix's types are not there here; Django is set up first

from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

from django.test import RequestFactory


def make(user: Any) -> tuple[AbstractContextManager[Any], dict[str, str]]:
    """Return the scope that pretix's middleware opens, and what stands in the URLs."""
    from django_scopes import scope, scopes_disabled
    from pretix.base.models import Event, Organizer, Team

    with scopes_disabled():
        organizer, _ = Organizer.objects.get_or_create(slug="o", defaults={"name": "o"})
        event = {"name": "e", "currency": "EUR", "date_from": datetime(2030, 1, 1, tzinfo=UTC)}
        Event.objects.get_or_create(organizer=organizer, slug="e", defaults=event)
        rights = {
            "all_events": True,
            "all_event_permissions": True,
            "all_organizer_permissions": True,
        }
        team, _ = Team.objects.get_or_create(organizer=organizer, name="all", defaults=rights)
        team.members.add(user)
    _with_organizer(organizer)
    return scope(organizer=organizer), {"organizer": "o", "event": "e"}


def _with_organizer(organizer: Any) -> None:
    """Have requests say the organizer, as pretix's middleware does, which rowpath_plan leaves out.

    A request that rowpath_plan makes comes from Django's RequestFactory.
    """
    made = RequestFactory.generic

    def generic(*args: Any, **kwargs: Any) -> Any:
        request = made(*args, **kwargs)
        if "/organizers/o/" in request.path:
            request.organizer = organizer
        return request

    RequestFactory.generic = generic
