"""The experiment `relations`: sections 4 to 4.2 of the talk."""

from collections.abc import Iterable

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import OuterRef, Prefetch, Q, Value
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rowpath.lab.apps.django.models import Fight, PlayerFight, Tag
from rowpath.lab.apps.django.sizes import rows_asked


def player_line(player_fight: PlayerFight) -> dict[str, object]:
    """What is shown of a player in a fight: fields across four foreign keys."""
    character = player_fight.character
    report = player_fight.fight.report
    return {
        "id": player_fight.id,
        "fight_id": player_fight.fight_id,
        "dps": player_fight.dps,
        "character_name": character.name,
        "profession": character.profession.description,
        "report_name": report.report_name,
        "time_end": report.time_end,
        "is_cm": report.is_cm,
    }


class ForeignKeysLazy(APIView):
    """Each foreign key is followed when it is read: four statements more for each row (4.1)."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        player_fights = PlayerFight.objects.order_by("id")[: rows_asked(request)]
        return Response(data=[player_line(player_fight) for player_fight in player_fights])


class ForeignKeysSelected(APIView):
    """All foreign keys in one statement with joins (4.1)."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        player_fights = PlayerFight.objects.select_related(
            "character__profession", "fight__report"
        ).order_by("id")[: rows_asked(request)]
        return Response(data=[player_line(player_fight) for player_fight in player_fights])


class ForeignKeysSelectedOnly(APIView):
    """The same joins, and of each table only the fields that are read (4)."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        player_fights = (
            PlayerFight.objects.select_related("character__profession", "fight__report")
            .only(
                "dps",
                "character__name",
                "character__profession__description",
                "fight__report__report_name",
                "fight__report__time_end",
                "fight__report__is_cm",
            )
            .order_by("id")[: rows_asked(request)]
        )
        return Response(data=[player_line(player_fight) for player_fight in player_fights])


class ForeignKeysPrefetched(APIView):
    """One statement more for each foreign key, joined in Python."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        player_fights = PlayerFight.objects.prefetch_related(
            "character__profession", "fight__report"
        ).order_by("id")[: rows_asked(request)]
        return Response(data=[player_line(player_fight) for player_fight in player_fights])


class ForeignKeysValues(APIView):
    """Dictionaries of fields across the foreign keys, without model objects (4.2)."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        player_fights = PlayerFight.objects.order_by("id").values(
            "id",
            "fight_id",
            "dps",
            "character__name",
            "character__profession__description",
            "fight__report__report_name",
            "fight__report__time_end",
            "fight__report__is_cm",
        )[: rows_asked(request)]
        return Response(data=player_fights)


class ForeignKeysFetchPeers(APIView):
    """The first object that lacks a relation fetches it for all of its peers."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        player_fights = PlayerFight.objects.fetch_mode(models.FETCH_PEERS).order_by("id")[
            : rows_asked(request)
        ]
        return Response(data=[player_line(player_fight) for player_fight in player_fights])


class ForeignKeysFetchRaise(APIView):
    """A relation that was forgotten is an error, no statement: here the fight's report."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        player_fights = (
            PlayerFight.objects.fetch_mode(models.FETCH_RAISE)
            .select_related("character__profession", "fight")
            .order_by("id")[: rows_asked(request)]
        )
        return Response(data=[player_line(player_fight) for player_fight in player_fights])


class SelectRelatedOnlyId(APIView):
    """The talk's error: a foreign key that is both followed and left out (4.1)."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        player_fight = PlayerFight.objects.select_related("fight").only("id").first()
        return Response(data=player_fight and player_fight.id)


class TagsLazy(APIView):
    """The tags of each fight are fetched when they are read: a statement more for each row (4)."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        fights = Fight.objects.order_by("id")[: rows_asked(request)]
        return Response(
            data=[
                {"id": fight.id, "tag_names": sorted(tag.name for tag in fight.tags.all())}
                for fight in fights
            ]
        )


class TagsPrefetched(APIView):
    """The tags of all fights in a second statement (4)."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        fights = Fight.objects.prefetch_related("tags").order_by("id")[: rows_asked(request)]
        return Response(
            data=[
                {"id": fight.id, "tag_names": sorted(tag.name for tag in fight.tags.all())}
                for fight in fights
            ]
        )


class TagsPrefetchedOnly(APIView):
    """The same, and of each fight only its id."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        fights = Fight.objects.only("id").prefetch_related("tags").order_by("id")
        return Response(
            data=[
                {"id": fight.id, "tag_names": sorted(tag.name for tag in fight.tags.all())}
                for fight in fights[: rows_asked(request)]
            ]
        )


class TagsPrefetchedToAttr(APIView):
    """The tags of all fights, as a plain list on each."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        tags = Prefetch("tags", queryset=Tag.objects.only("name"), to_attr="named_tags")
        fights = Fight.objects.prefetch_related(tags).order_by("id")[: rows_asked(request)]
        return Response(
            data=[
                {"id": fight.id, "tag_names": sorted(tag.name for tag in fight.named_tags)}
                for fight in fights
            ]
        )


class TagsArray(APIView):
    """An array of names for each fight, aggregated by PostgreSQL over a join.

    A fight without tags has one row in the join, whose name is NULL and must not be counted in.
    """

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        names = ArrayAgg("tags__name", filter=Q(tags__isnull=False), default=Value([]))
        fights = (
            Fight.objects.values("id")
            .annotate(tag_names=names)
            .order_by("id")[: rows_asked(request)]
        )
        return Response(
            data=[{"id": fight["id"], "tag_names": sorted(fight["tag_names"])} for fight in fights]
        )


class TagsArraySubquery(APIView):
    """An array of names for each fight, gathered by PostgreSQL in a subquery."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        names = Tag.objects.filter(fight=OuterRef("id")).values("name")
        fights = Fight.objects.order_by("id").values("id", tag_names=ArraySubquery(names))
        return Response(
            data=[
                {"id": fight["id"], "tag_names": sorted(fight["tag_names"])}
                for fight in fights[: rows_asked(request)]
            ]
        )


def fight_line(fight: Fight, player_fights: Iterable[PlayerFight]) -> dict[str, object]:
    """What is shown of a fight: the damage of its players, the most first."""
    return {"id": fight.id, "dps": sorted((each.dps for each in player_fights), reverse=True)}


class PlayersLazy(APIView):
    """The players of each fight are fetched when they are read: a statement more for each row."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        fights = Fight.objects.order_by("id")[: rows_asked(request)]
        return Response(data=[fight_line(fight, fight.player_fights.all()) for fight in fights])


class PlayersPrefetched(APIView):
    """The players of all fights in a second statement."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        fights = Fight.objects.prefetch_related("player_fights").order_by("id")
        return Response(
            data=[
                fight_line(fight, fight.player_fights.all())
                for fight in fights[: rows_asked(request)]
            ]
        )


class PlayersPrefetchedToAttr(APIView):
    """The same with only the fields that are read, as a plain list on each fight."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        players = Prefetch(
            "player_fights",
            queryset=PlayerFight.objects.only("fight_id", "dps"),
            to_attr="players",
        )
        fights = Fight.objects.prefetch_related(players).order_by("id")
        return Response(
            data=[fight_line(fight, fight.players) for fight in fights[: rows_asked(request)]]
        )


class PlayersArray(APIView):
    """An array of numbers for each fight, gathered and sorted by PostgreSQL in a subquery."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        dps = PlayerFight.objects.filter(fight=OuterRef("id")).order_by("-dps").values("dps")
        fights = Fight.objects.order_by("id").values("id", dps=ArraySubquery(dps))
        return Response(data=fights[: rows_asked(request)])
