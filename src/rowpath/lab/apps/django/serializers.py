from datetime import UTC

from rest_framework import serializers

from rowpath.lab.apps.django.models import Fight, Product

DATE_TIME_FORMAT = "%Y-%m-%d %H:%M:%S"


class ProductSerializer(serializers.ModelSerializer):
    """The talk's serializer (1.2)."""

    class Meta:
        model = Product
        fields = (
            "low_price",
            "high_price",
            "demand_qty",
            "offers_qty",
            "bought_qty",
            "sold_qty",
            "time_created",
        )


class FightsListSerializer(serializers.ModelSerializer):
    """The talk's serializer over dictionaries (4.3)."""

    boss_title = serializers.CharField(source="boss__title")
    fight_end_time = serializers.DateTimeField(
        source="report__time_end", format=DATE_TIME_FORMAT, default_timezone=UTC
    )
    is_success = serializers.BooleanField(source="report__is_success")
    is_cm = serializers.BooleanField(source="report__is_cm")
    fight_duration = serializers.CharField(source="report__duration_ms")
    boss_left_health_percent = serializers.CharField(source="report__left_health_percent")

    class Meta:
        model = Fight
        fields = (
            "id",
            "boss_title",
            "fight_end_time",
            "is_success",
            "is_cm",
            "fight_duration",
            "boss_left_health_percent",
        )


class FightDetailSerializer(serializers.ModelSerializer):
    """The talk's serializer over model objects (4.3)."""

    boss_title = serializers.CharField(source="boss.title")
    report_name = serializers.CharField(source="report.report_name")
    fight_end_time = serializers.DateTimeField(
        source="report.time_end", format=DATE_TIME_FORMAT, default_timezone=UTC
    )
    is_success = serializers.BooleanField(source="report.is_success")
    is_cm = serializers.BooleanField(source="report.is_cm")
    fight_duration = serializers.CharField(source="report.duration_ms")
    boss_left_health_percent = serializers.CharField(source="report.left_health_percent")

    class Meta:
        model = Fight
        fields = (
            "id",
            "boss_title",
            "report_name",
            "fight_end_time",
            "is_success",
            "is_cm",
            "fight_duration",
            "boss_left_health_percent",
        )
