"""The experiment `serializers`: section 4.3 of the talk."""

from django.db.models import F, QuerySet
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rowpath.lab.apps.django.models import Fight
from rowpath.lab.apps.django.serializers import FightDetailSerializer, FightsListSerializer
from rowpath.lab.apps.django.sizes import rows_asked


class DetailObjects(ListAPIView):
    """The detail serializer over model objects, their relations joined (4.3)."""

    permission_classes = (AllowAny,)
    serializer_class = FightDetailSerializer

    def get_queryset(self) -> QuerySet[Fight]:
        fights = Fight.objects.select_related("boss", "report").order_by("id")
        return fights[: rows_asked(self.request)]


class DetailObjectsOnly(ListAPIView):
    """The same, and of each table only the fields that are shown."""

    permission_classes = (AllowAny,)
    serializer_class = FightDetailSerializer

    def get_queryset(self) -> QuerySet[Fight]:
        fights = Fight.objects.select_related("boss", "report").only(
            "boss__title",
            "report__report_name",
            "report__time_end",
            "report__is_success",
            "report__is_cm",
            "report__duration_ms",
            "report__left_health_percent",
        )
        return fights.order_by("id")[: rows_asked(self.request)]


class DetailObjectsLazy(ListAPIView):
    """The detail serializer over plain model objects: two statements more for each row."""

    permission_classes = (AllowAny,)
    serializer_class = FightDetailSerializer

    def get_queryset(self) -> QuerySet[Fight]:
        return Fight.objects.order_by("id")[: rows_asked(self.request)]


class ListValues(ListAPIView):
    """The list serializer over dictionaries (4.3)."""

    permission_classes = (AllowAny,)
    serializer_class = FightsListSerializer

    def get_queryset(self) -> QuerySet[Fight, dict[str, object]]:
        fights = Fight.objects.values(
            "id",
            "boss__title",
            "report__time_end",
            "report__is_success",
            "report__is_cm",
            "report__duration_ms",
            "report__left_health_percent",
        )
        return fights.order_by("id")[: rows_asked(self.request)]


class ValuesAlone(APIView):
    """The same dictionaries as they come, renamed by the query, without a serializer."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        fights = Fight.objects.values(
            "id",
            boss_title=F("boss__title"),
            fight_end_time=F("report__time_end"),
            is_success=F("report__is_success"),
            is_cm=F("report__is_cm"),
            fight_duration=F("report__duration_ms"),
            boss_left_health_percent=F("report__left_health_percent"),
        )
        return Response(data=fights.order_by("id")[: rows_asked(request)])
