"""An organizer with an event, whose lists the user may see."""
# mypy: ignore-errors
# ruff: noqa: ANN401, PLC0415 - pretix's types are not there here; Django is set up first

from datetime import UTC, datetime
from typing import Any

from django.test import RequestFactory
from world import World

SOME_DAY = datetime(2030, 1, 1, tzinfo=UTC)


def make(user: Any) -> World:
    """Return the scope that pretix's middleware opens, and what stands in the URLs."""
    from django_scopes import scope, scopes_disabled
    from pretix.base.models import Event, Organizer, Team

    with scopes_disabled():
        organizer, _ = Organizer.objects.get_or_create(slug="o", defaults={"name": "o"})
        given = {"name": "e", "currency": "EUR", "date_from": SOME_DAY}
        event, _ = Event.objects.get_or_create(organizer=organizer, slug="e", defaults=given)
        rights = {
            "all_events": True,
            "all_event_permissions": True,
            "all_organizer_permissions": True,
        }
        team, _ = Team.objects.get_or_create(organizer=organizer, name="all", defaults=rights)
        team.members.add(user)
        kwargs = {"organizer": "o", "event": "e", "team": team.pk, **_inside(organizer, event)}
    _with_organizer(organizer)
    return World(around=scope(organizer=organizer), kwargs=kwargs)


def _inside(organizer: Any, event: Any) -> dict[str, object]:
    """Make one of each that has lists below it, and return how URLs name them."""
    from pretix.base.models import CheckinList, GiftCard, Item, Order, Question

    channel = organizer.sales_channels.get(identifier="web")
    item, _ = Item.objects.get_or_create(event=event, name="i", defaults={"default_price": 0})
    question, _ = Question.objects.get_or_create(event=event, question="q", type="N")
    given = {"datetime": SOME_DAY, "expires": SOME_DAY, "total": 0, "sales_channel": channel}
    order, _ = Order.objects.get_or_create(event=event, code="FIRST", defaults=given)
    card, _ = GiftCard.objects.get_or_create(issuer=organizer, currency="EUR")
    checkin_list, _ = CheckinList.objects.get_or_create(event=event, name="c")
    return {
        "item": item.pk,
        "question": question.pk,
        "order": order.code,
        "giftcard": card.pk,
        "list": checkin_list.pk,
    }


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
