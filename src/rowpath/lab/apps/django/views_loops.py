"""The experiment `loops`: section 5 of the talk."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import F, Func, Min, OuterRef, QuerySet, Subquery
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rowpath.lab.apps.django.models import Benchmark, Character, Fight, PlayerFight
from rowpath.lab.apps.django.sizes import rows_asked
from rowpath.lab.apps.django.tasks import Task

# 5.1. The talk shows that a task counts in its loop, and nothing of what t1 does besides. Something
# there takes half of its time before and all of it after, even with no new data: four minutes
# became two. Our reading is a statement for each benchmark that asks who was best, whether or not
# a fight is new. It is alike before and after: only the count moves.


def fights_over(benchmark: Mapping[str, Any], since: datetime | F) -> QuerySet[PlayerFight]:
    """Return the player fights that beat a benchmark, of those that ended after `since`."""
    return PlayerFight.objects.filter(
        fight__report__time_end__gt=since,
        fight__report__is_cm=benchmark["is_cm"],
        fight__boss=benchmark["boss_id"],
        specialization=benchmark["specialization_id"],
        role=benchmark["role"],
        dps__gt=benchmark["dps"],
    )


def players_by_dps(fights: QuerySet[PlayerFight]) -> QuerySet[PlayerFight, str]:
    """Return the characters' names, the best first."""
    return fights.order_by("-dps", "id").values_list("character__name", flat=True)


def each_benchmark() -> dict[str, OuterRef]:
    """Return what stands for the benchmark in a subquery that PostgreSQL runs for each."""
    names = ("is_cm", "boss_id", "specialization_id", "role", "dps")
    return {name: OuterRef(name) for name in names}


def count_of(fights: QuerySet[PlayerFight]) -> Subquery:
    """Return the number of fights to annotate with; Count() would group, and find no zero."""
    return Subquery(fights.annotate(number=Func("id", function="COUNT")).values("number"))


class FirstTaskLoop(Task):
    """How many fights are new, and who was best: two statements for each benchmark (5.1, t1)."""

    def run(self, rows: int) -> object:
        found = []
        for benchmark in Benchmark.objects.order_by("id").values()[:rows]:
            fights = fights_over(benchmark, since=benchmark["fights_checked_until"])
            found.append(
                {
                    "id": benchmark["id"],
                    "new": fights.count(),
                    "best_player": players_by_dps(fights).first(),
                }
            )
        return found


class FirstTaskAnnotated(Task):
    """All counts by one statement; who was best takes one for each benchmark as before.

    PostgreSQL plans a subquery once, for times that it does not know yet, and then expects that a
    third of all fights are new. The oldest of these times as a plain value tells it how few.
    """

    def run(self, rows: int) -> object:
        benchmarks = Benchmark.objects.order_by("id")
        oldest = benchmarks[:rows].aggregate(oldest=Min("fights_checked_until"))["oldest"]
        new_fights = fights_over(each_benchmark(), since=OuterRef("fights_checked_until")).filter(
            fight__report__time_end__gt=oldest
        )
        found = []
        for benchmark in benchmarks.annotate(new=count_of(new_fights)).values()[:rows]:
            fights = fights_over(benchmark, since=benchmark["fights_checked_until"])
            found.append(
                {
                    "id": benchmark["id"],
                    "new": benchmark["new"],
                    "best_player": players_by_dps(fights).first(),
                }
            )
        return found


class FirstTaskAnnotatedUnbounded(Task):
    """All counts by one statement, without the plain value: the plan is made for many fights."""

    def run(self, rows: int) -> object:
        new_fights = fights_over(each_benchmark(), since=OuterRef("fights_checked_until"))
        benchmarks = Benchmark.objects.order_by("id").annotate(new=count_of(new_fights))
        found = []
        for benchmark in benchmarks.values()[:rows]:
            fights = fights_over(benchmark, since=benchmark["fights_checked_until"])
            found.append(
                {
                    "id": benchmark["id"],
                    "new": benchmark["new"],
                    "best_player": players_by_dps(fights).first(),
                }
            )
        return found


class FirstTaskWithoutLoop(Task):
    """Counts and best players by one statement: no loop is left."""

    def run(self, rows: int) -> object:
        benchmarks = Benchmark.objects.order_by("id")
        oldest = benchmarks[:rows].aggregate(oldest=Min("fights_checked_until"))["oldest"]
        new_fights = fights_over(each_benchmark(), since=OuterRef("fights_checked_until")).filter(
            fight__report__time_end__gt=oldest
        )
        return list(
            benchmarks.annotate(
                new=count_of(new_fights),
                best_player=Subquery(players_by_dps(new_fights)[:1]),
            ).values("id", "new", "best_player")[:rows]
        )


class SecondTaskLoop(Task):
    """Whether anything is new, and nothing is: a statement for each benchmark (5.1, t2)."""

    def run(self, rows: int) -> object:
        found = []
        for benchmark in Benchmark.objects.order_by("id").values()[:rows]:
            fights = fights_over(benchmark, since=benchmark["dps_checked_until"])
            found.append({"id": benchmark["id"], "new": fights.count()})
        return found


class SecondTaskAnnotated(Task):
    """The same by one statement."""

    def run(self, rows: int) -> object:
        new_fights = fights_over(each_benchmark(), since=OuterRef("dps_checked_until"))
        benchmarks = Benchmark.objects.order_by("id").annotate(new=count_of(new_fights))
        return list(benchmarks.values("id", "new")[:rows])


# 5.2


def fights_with_report(request: Request) -> QuerySet[Fight]:
    """Return the first fights as model objects with their reports."""
    return Fight.objects.select_related("report").order_by("id")[: rows_asked(request)]


def fight_values(request: Request) -> QuerySet[Fight, dict[str, int]]:
    """Return three values of each of the first fights (5.2)."""
    return Fight.objects.order_by("id").values(
        "boss_id", "report__duration_ms", "squad_damage_data__0__0__0"
    )[: rows_asked(request)]


def totals_of_fights(fights: Iterable[Fight]) -> dict[str, int]:
    """Add up what is read of model objects."""
    totals = {"rows": 0, "duration_ms": 0, "damage": 0}
    for fight in fights:
        totals["rows"] += 1
        totals["duration_ms"] += fight.report.duration_ms
        totals["damage"] += fight.squad_damage_data[0][0][0]
    return totals


def totals_of_values(fights: Iterable[dict[str, int]]) -> dict[str, int]:
    """Add up the same of dictionaries."""
    totals = {"rows": 0, "duration_ms": 0, "damage": 0}
    for fight in fights:
        totals["rows"] += 1
        totals["duration_ms"] += fight["report__duration_ms"]
        totals["damage"] += fight["squad_damage_data__0__0__0"]
    return totals


class FightsAsList(APIView):
    """Model objects as a list: all of them are in memory at once."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        fights = list(fights_with_report(request))
        return Response(data=totals_of_fights(fights))


class FightsByHundreds(APIView):
    """Model objects through a server-side cursor, 100 at a time."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        fights = fights_with_report(request).iterator(chunk_size=100)
        return Response(data=totals_of_fights(fights))


class FightsByThousands(APIView):
    """Model objects through a server-side cursor, 2,000 at a time, as is Django's default."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        fights = fights_with_report(request).iterator(chunk_size=2_000)
        return Response(data=totals_of_fights(fights))


class FightsByTenThousands(APIView):
    """Model objects through a server-side cursor, 10,000 at a time."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        fights = fights_with_report(request).iterator(chunk_size=10_000)
        return Response(data=totals_of_fights(fights))


class FightValuesAsList(APIView):
    """Dictionaries of what is read, as a list."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        fights = list(fight_values(request))
        return Response(data=totals_of_values(fights))


class FightValuesByIterator(APIView):
    """Dictionaries of what is read through a server-side cursor, 2,000 at a time (5.2)."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        fights = fight_values(request).iterator(chunk_size=2_000)
        return Response(data=totals_of_values(fights))


# 5.3


class NamesOfValues(APIView):
    """One field by values(): a dictionary for each name."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        characters = Character.objects.order_by("id").values("name")
        names = [character["name"] for character in characters[: rows_asked(request)]]
        return Response(data={"name": names})


class NamesOfValuesList(APIView):
    """One field by values_list(): a tuple for each name (5.3)."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        characters = Character.objects.order_by("id").values_list("name")
        names = [name for (name,) in characters[: rows_asked(request)]]
        return Response(data={"name": names})


class NamesOfFlatValuesList(APIView):
    """One field by values_list(flat=True): the names (5.3)."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        names = Character.objects.order_by("id").values_list("name", flat=True)
        return Response(data={"name": list(names[: rows_asked(request)])})


class NamesOfNamedValuesList(APIView):
    """One field by values_list(named=True): a named tuple for each name."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        characters = Character.objects.order_by("id").values_list("name", named=True)
        names = [character.name for character in characters[: rows_asked(request)]]
        return Response(data={"name": names})


class NamesOfObjects(APIView):
    """One field of model objects that have no other: only()."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        characters = Character.objects.order_by("id").only("name")
        names = [character.name for character in characters[: rows_asked(request)]]
        return Response(data={"name": names})
