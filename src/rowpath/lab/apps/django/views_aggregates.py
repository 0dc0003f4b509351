"""The experiment `aggregates`: section 7 of the talk."""

from collections import defaultdict

from django.db.models import Count, Sum
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rowpath.lab.apps.django.models import PlayerFight
from rowpath.lab.apps.django.sizes import rows_asked


class CountObjects(APIView):
    """Model objects are fetched to be counted."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        player_fights = PlayerFight.objects.filter(id__lte=rows_asked(request))
        return Response(data={"player_fights": len(player_fights)})


class CountValuesList(APIView):
    """Ids are fetched to be counted."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        player_fights = PlayerFight.objects.filter(id__lte=rows_asked(request))
        return Response(data={"player_fights": len(player_fights.values_list("id", flat=True))})


class CountMethod(APIView):
    """PostgreSQL counts."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        player_fights = PlayerFight.objects.filter(id__lte=rows_asked(request))
        return Response(data={"player_fights": player_fights.count()})


class SumObjects(APIView):
    """Model objects are fetched for the sums of two of their fields."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        totals = {"total_dps": 0, "total_deaths": 0}
        for player_fight in PlayerFight.objects.filter(id__lte=rows_asked(request)):
            totals["total_dps"] += player_fight.dps
            totals["total_deaths"] += player_fight.deaths
        return Response(data=totals)


class SumOnly(APIView):
    """Model objects of the two fields are fetched for their sums."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        totals = {"total_dps": 0, "total_deaths": 0}
        player_fights = PlayerFight.objects.filter(id__lte=rows_asked(request))
        for player_fight in player_fights.only("dps", "deaths"):
            totals["total_dps"] += player_fight.dps
            totals["total_deaths"] += player_fight.deaths
        return Response(data=totals)


class SumValuesList(APIView):
    """Tuples of the two fields are fetched for their sums."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        totals = {"total_dps": 0, "total_deaths": 0}
        player_fights = PlayerFight.objects.filter(id__lte=rows_asked(request))
        for dps, deaths in player_fights.values_list("dps", "deaths"):
            totals["total_dps"] += dps
            totals["total_deaths"] += deaths
        return Response(data=totals)


class SumAggregate(APIView):
    """PostgreSQL sums up, both in one statement."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        player_fights = PlayerFight.objects.filter(id__lte=rows_asked(request))
        return Response(
            data=player_fights.aggregate(
                total_dps=Sum("dps", default=0), total_deaths=Sum("deaths", default=0)
            )
        )


def specialization_lines(counts: dict[int, int], sums: dict[int, int]) -> list[dict[str, int]]:
    """What is shown of each specialization: how often it was played, and its damage."""
    return [
        {"specialization_id": each, "player_fights": counts[each], "total_dps": sums[each]}
        for each in sorted(counts)
    ]


class GroupObjects(APIView):
    """Model objects are fetched to be grouped in a loop."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        counts: dict[int, int] = defaultdict(int)
        sums: dict[int, int] = defaultdict(int)
        for player_fight in PlayerFight.objects.filter(id__lte=rows_asked(request)):
            counts[player_fight.specialization_id] += 1
            sums[player_fight.specialization_id] += player_fight.dps
        return Response(data=specialization_lines(counts, sums))


class GroupValuesList(APIView):
    """Tuples of two fields are fetched to be grouped in a loop."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        counts: dict[int, int] = defaultdict(int)
        sums: dict[int, int] = defaultdict(int)
        player_fights = PlayerFight.objects.filter(id__lte=rows_asked(request))
        for specialization_id, dps in player_fights.values_list("specialization_id", "dps"):
            counts[specialization_id] += 1
            sums[specialization_id] += dps
        return Response(data=specialization_lines(counts, sums))


class GroupAnnotate(APIView):
    """PostgreSQL groups, counts and sums up."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        specializations = (
            PlayerFight.objects.filter(id__lte=rows_asked(request))
            .values("specialization_id")
            .annotate(player_fights=Count("id"), total_dps=Sum("dps"))
            .order_by("specialization_id")
        )
        return Response(data=specializations)
