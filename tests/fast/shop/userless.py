"""The URLs of a project that has no users."""

from django.db import models
from django.urls import path
from rest_framework import serializers
from rest_framework.generics import ListAPIView


class Thing(models.Model):
    name = models.CharField(max_length=9)

    class Meta:
        app_label = "things"
        managed = False


class ThingFields(serializers.ModelSerializer):
    class Meta:
        model = Thing
        fields = ("id", "name")


class Things(ListAPIView):
    queryset = Thing.objects.all()
    serializer_class = ThingFields


urlpatterns = [path("things/", Things.as_view())]
