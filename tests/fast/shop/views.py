"""The project's lists by name: those of the shop, notes with their rights, and very long ones."""

from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.permissions import IsAdminUser, IsAuthenticated

from fast.shop.lists import LISTS, Pages
from fast.shop.models import Note, Number, Topic

NOTES = Note.objects.order_by("id")


class TopicFields(serializers.ModelSerializer):
    class Meta:
        model = Topic
        fields = ("id", "name")


class NoteFields(serializers.ModelSerializer):
    topic = TopicFields()
    topic_key = serializers.PrimaryKeyRelatedField(source="topic", read_only=True)
    topic_name = serializers.CharField(source="topic.name", allow_null=True)
    home_name = serializers.CharField(source="home.name")

    class Meta:
        model = Note
        fields = ("id", "text", "topic", "topic_key", "topic_name", "home", "home_name")


class FlatFields(serializers.ModelSerializer):
    class Meta:
        model = Note
        fields = ("id", "owner", "text", "topic")


class NumberFields(serializers.ModelSerializer):
    class Meta:
        model = Number
        fields = ("id", "name", "ratio", "moment")


class NumberByMethods(NumberFields):
    """Rows that Django reads, one key of which is told by the middleware around the request."""

    told = serializers.SerializerMethodField()
    share = serializers.SerializerMethodField()

    class Meta:
        model = Number
        fields = (*NumberFields.Meta.fields, "told", "share")

    def get_told(self, number: Number) -> str:
        return f"{number.name} in {timezone.get_current_timezone_name()}"

    def get_share(self, number: Number) -> Decimal:
        return Decimal(number.pk) / 8


class NumberRounded(serializers.ModelSerializer):
    whole = serializers.SerializerMethodField()

    class Meta:
        model = Number
        fields = ("id", "whole")

    def get_whole(self, number: Number) -> int:
        return round(number.ratio)


class Notes(ListAPIView):
    queryset = NOTES
    serializer_class = NoteFields


class Flat(ListAPIView):
    queryset = NOTES
    serializer_class = FlatFields


class Selected(Notes):
    queryset = NOTES.select_related("topic", "home")


class Here(Flat):
    queryset = NOTES.using("default")


class Own(Notes):
    permission_classes = (IsAuthenticated,)

    def get_queryset(self) -> Any:
        return NOTES.filter(owner=self.request.user)


class OwnByName(Own):
    def get_queryset(self) -> Any:
        return NOTES.filter(owner__username=self.request.user.get_username())


class OwnBySubquery(Own):
    def get_queryset(self) -> Any:
        return NOTES.filter(owner__in=User.objects.filter(pk=self.request.user.pk))


class OwnPages(Own):
    pagination_class = Pages


class ForStaff(Flat):
    permission_classes = (IsAdminUser,)


class Numbers(ListAPIView):
    queryset = Number.objects.all()
    serializer_class = NumberFields
    stream_above_rows = 2_000


class NumbersOfTheImpatient(Numbers):
    slow_client_timeout_s = 1.0


class NumbersByMethods(Numbers):
    serializer_class = NumberByMethods
    stream_instances = True


class NumbersRounded(ListAPIView):
    queryset = Number.objects.all()
    serializer_class = NumberRounded
    stream_above_rows = 2_000
    stream_instances = True


VIEWS: dict[str, Any] = {
    **{name: view for name, (view, _) in LISTS.items()},
    "notes": Notes,
    "notes-flat": Flat,
    "notes-selected": Selected,
    "notes-here": Here,
    "own": Own,
    "own-by-name": OwnByName,
    "own-by-subquery": OwnBySubquery,
    "own-pages": OwnPages,
    "for-staff": ForStaff,
    "numbers": Numbers,
    "numbers-of-the-impatient": NumbersOfTheImpatient,
    "numbers-by-methods": NumbersByMethods,
    "numbers-rounded": NumbersRounded,
}
