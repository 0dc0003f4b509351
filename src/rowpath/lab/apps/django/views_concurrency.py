"""The experiment `concurrency`: section 6 of the talk, the page of a player, a dude.

The nine statistics have the names that the talk gives them. The tables know no consumables and no
downed players, so the tags of fights and fights with a death stand in for them.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import wraps
from threading import Lock
from typing import Any, ParamSpec, TypeVar

from asgiref.sync import async_to_sync, sync_to_async
from django.db import connection
from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.http import HttpRequest, JsonResponse
from django.views import View
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rowpath.lab.apps.django.models import Dude, PlayerFight
from rowpath.lab.apps.django.sizes import plain_rows_asked, rows_asked

P = ParamSpec("P")
R = TypeVar("R")
Rows = list[dict[str, Any]]

DUDE_ID = 1
FROM_6M = datetime(2023, 9, 1, tzinfo=UTC) - timedelta(days=182)
"""Half a year before a day that is fixed, since the tables are."""
WON = Q(fight__report__is_success=True)
ONE_CONNECTION = Lock()
"""Whoever holds it may use the database: no two at once, in whichever threads they run."""


def fights_of(dude: Dude, rows: int | None) -> QuerySet[PlayerFight]:
    """The fights of a dude's characters, among the first `rows` of the table."""
    account = dude.gw2_account_name
    return PlayerFight.objects.filter(character__account__name=account, id__lte=rows)


def nine_statistics(dude: Dude, rows: int | None) -> dict[str, QuerySet[Any, Any]]:
    """What the page shows, each a statement that is not sent yet."""
    fights = fights_of(dude, rows)
    return {
        "most_played_classes": most_played_classes(fights),
        "last_ten_logs": last_ten_logs(fights),
        "stats_per_role": stats_per_role(fights),
        "stats_per_encounter_type": stats_per_encounter_type(fights),
        "stats_deaths": stats_deaths(fights),
        "stats_downed": stats_downed(fights),
        "stats_consumables": stats_consumables(fights),
        "stats_mechanics_fails": stats_mechanics_fails(fights),
        "stats_success_fail_per_day": stats_success_fail_per_day(fights),
    }


def most_played_classes(fights: QuerySet[PlayerFight]) -> QuerySet[Any, Any]:
    """How often each profession was played."""
    classes = fights.values(profession=F("specialization__profession__name"))
    return classes.annotate(fights=Count("id")).order_by("-fights", "profession")


def last_ten_logs(fights: QuerySet[PlayerFight]) -> QuerySet[Any, Any]:
    """The last fights."""
    return fights.order_by("-fight_id").values(
        "fight_id",
        boss=F("fight__boss__title"),
        is_success=F("fight__report__is_success"),
        duration_ms=F("fight__report__duration_ms"),
    )[:10]


def stats_per_role(fights: QuerySet[PlayerFight]) -> QuerySet[Any, Any]:
    """How often each role was played, and how well at the best."""
    roles = fights.values("role")
    return roles.annotate(fights=Count("id"), best_dps=Max("dps")).order_by("role")


def stats_per_encounter_type(fights: QuerySet[PlayerFight]) -> QuerySet[Any, Any]:
    """How many fights there were of each type, and how many were won."""
    types = fights.values(encounter_type=F("fight__boss__encounter_type"))
    counted = types.annotate(fights=Count("id"), won=Count("id", filter=WON))
    return counted.order_by("encounter_type")


def stats_deaths(fights: QuerySet[PlayerFight]) -> QuerySet[Any, Any]:
    """The deaths, in all and of half a year."""
    recent = Q(fight__report__time_end__gte=FROM_6M)
    of_account = fights.values(account=F("character__account__name"))
    return of_account.annotate(all=Sum("deaths"), recent=Sum("deaths", filter=recent, default=0))


def stats_downed(fights: QuerySet[PlayerFight]) -> QuerySet[Any, Any]:
    """The fights with a death, in all and of half a year."""
    recent = Q(fight__report__time_end__gte=FROM_6M)
    of_account = fights.filter(deaths__gt=0).values(account=F("character__account__name"))
    return of_account.annotate(all=Count("id"), recent=Count("id", filter=recent))


def stats_consumables(fights: QuerySet[PlayerFight]) -> QuerySet[Any, Any]:
    """The tags of the fights."""
    tags = fights.filter(fight__tags__isnull=False).values(tag=F("fight__tags__name"))
    return tags.annotate(fights=Count("id")).order_by("-fights", "tag")


def stats_mechanics_fails(fights: QuerySet[PlayerFight]) -> QuerySet[Any, Any]:
    """How many fights were lost against each boss, and how many deaths it cost."""
    lost = fights.exclude(WON).values(boss=F("fight__boss__title"))
    return lost.annotate(fails=Count("id"), deaths=Sum("deaths")).order_by("-fails", "boss")


def stats_success_fail_per_day(fights: QuerySet[PlayerFight]) -> QuerySet[Any, Any]:
    """How many fights of each day were won and lost."""
    days = fights.values(day=TruncDate("fight__report__time_end"))
    return days.annotate(success=Count("id", filter=WON), fail=Count("id", filter=~WON)).order_by(
        "day"
    )


def page_of(rows: int | None) -> dict[str, object]:
    """The whole page, one statement after another."""
    dude = Dude.objects.get(pk=DUDE_ID)
    total = fights_of(dude, rows).count()
    return page(total, {name: list(each) for name, each in nine_statistics(dude, rows).items()})


def page(total: int, statistics: Mapping[str, Rows]) -> dict[str, object]:
    """What is answered."""
    return {"total_player_fights": total, **statistics}


class SyncPage(View):
    """A sync view: nothing async, and no thread of its own."""

    def get(self, request: HttpRequest) -> JsonResponse:
        return JsonResponse(page_of(plain_rows_asked(request)))


class SyncPageOneConnection(View):
    """A sync view, while no other one of the process uses the database."""

    def get(self, request: HttpRequest) -> JsonResponse:
        with ONE_CONNECTION:
            return JsonResponse(released(page_of)(plain_rows_asked(request)))


class DummyAsyncPage(APIView):
    """6.2 as told: an async function in a sync view, which awaits sync functions in their turn."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        return Response(data=dude_retrieve(rows_asked(request)))


@async_to_sync
async def dude_retrieve(rows: int | None) -> dict[str, object]:
    """Make the page in an event loop of its own, which has the request's thread do everything."""
    dude = await sync_to_async(Dude.objects.get)(pk=DUDE_ID)
    total = await sync_to_async(fights_of(dude, rows).count)()
    statistics = nine_statistics(dude, rows).items()
    return page(total, {name: await sync_to_async(rows_of)(each) for name, each in statistics})


class AsyncOrmPage(View):
    """Django's async ORM, each statement awaited before the next."""

    async def get(self, request: HttpRequest) -> JsonResponse:
        rows = plain_rows_asked(request)
        dude = await Dude.objects.aget(pk=DUDE_ID)
        total = await fights_of(dude, rows).acount()
        statistics = nine_statistics(dude, rows).items()
        return JsonResponse(
            page(total, {name: await rows_async(each) for name, each in statistics})
        )


class AsyncOrmGatheredPage(View):
    """Django's async ORM, all nine awaited at once: it has one thread for them all."""

    async def get(self, request: HttpRequest) -> JsonResponse:
        rows = plain_rows_asked(request)
        dude = await Dude.objects.aget(pk=DUDE_ID)
        total = await fights_of(dude, rows).acount()
        statistics = nine_statistics(dude, rows)
        gathered = await asyncio.gather(*map(rows_async, statistics.values()))
        return JsonResponse(page(total, dict(zip(statistics, gathered, strict=True))))


async def rows_async(statistic: QuerySet[Any, Any]) -> Rows:
    """Await the rows of a statement."""
    return [row async for row in statistic]


class TasksAsToldPage(View):
    """6.2 as told: a task and a thread for each, and each awaited before the next is created.

    What these threads open stays open: a request's end closes the connection of its own thread.
    """

    async def get(self, request: HttpRequest) -> JsonResponse:
        rows = plain_rows_asked(request)
        dude = await sync_to_async(Dude.objects.get)(pk=DUDE_ID)
        total = await sync_to_async(fights_of(dude, rows).count)()
        statistics: dict[str, Rows] = {}
        for name, each in nine_statistics(dude, rows).items():
            statistics[name] = await asyncio.create_task(in_separate_thread(each))
        return JsonResponse(page(total, statistics))


@sync_to_async(thread_sensitive=False)
def in_separate_thread(statistic: QuerySet[Any, Any]) -> Rows:
    """Fetch the rows in a thread of the event loop, which keeps its connection."""
    return list(statistic)


class TasksAwaitedPage(View):
    """A task and a thread for each, awaited before the next is created; connections go back."""

    async def get(self, request: HttpRequest) -> JsonResponse:
        rows = plain_rows_asked(request)
        dude, total = await dude_and_total(rows)
        statistics: dict[str, Rows] = {}
        for name, each in nine_statistics(dude, rows).items():
            statistics[name] = await asyncio.create_task(in_thread(each))
        return JsonResponse(page(total, statistics))


class ThreadsGatheredPage(View):
    """A task and a thread for each, all created before the first is awaited: they overlap."""

    async def get(self, request: HttpRequest) -> JsonResponse:
        rows = plain_rows_asked(request)
        dude, total = await dude_and_total(rows)
        statistics = nine_statistics(dude, rows)
        gathered = await asyncio.gather(*map(in_thread, statistics.values()))
        return JsonResponse(page(total, dict(zip(statistics, gathered, strict=True))))


class ThreadsOneConnectionPage(View):
    """The same threads, only one of which may use the database at a time."""

    async def get(self, request: HttpRequest) -> JsonResponse:
        rows = plain_rows_asked(request)
        dude, total = await dude_and_total_alone(rows)
        statistics = nine_statistics(dude, rows)
        gathered = await asyncio.gather(*map(in_thread_alone, statistics.values()))
        return JsonResponse(page(total, dict(zip(statistics, gathered, strict=True))))


def released(work: Callable[P, R]) -> Callable[P, R]:
    """Return `work` that leaves its thread without a connection.

    Django closes a connection, or gives it back to the pool, at the end of a request and in the
    request's own thread. Any other thread has to do so itself, and before it waits for anything:
    where each of many requests keeps one while it waits for another, all wait for ever.
    """

    @wraps(work)
    def released_after(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return work(*args, **kwargs)
        finally:
            connection.close()

    return released_after


def alone(work: Callable[P, R]) -> Callable[P, R]:
    """Return `work` that runs while nothing else uses the database."""

    @wraps(work)
    def alone_meanwhile(*args: P.args, **kwargs: P.kwargs) -> R:
        with ONE_CONNECTION:
            return work(*args, **kwargs)

    return alone_meanwhile


def rows_of(statistic: QuerySet[Any, Any]) -> Rows:
    """Fetch the rows."""
    return list(statistic)


def dude_and_total_of(rows: int) -> tuple[Dude, int]:
    """Look up the dude, and count its fights."""
    dude = Dude.objects.get(pk=DUDE_ID)
    return dude, fights_of(dude, rows).count()


in_thread = sync_to_async(released(rows_of), thread_sensitive=False)
in_thread_alone = sync_to_async(alone(released(rows_of)), thread_sensitive=False)
dude_and_total = sync_to_async(released(dude_and_total_of), thread_sensitive=False)
dude_and_total_alone = sync_to_async(alone(released(dude_and_total_of)), thread_sensitive=False)
