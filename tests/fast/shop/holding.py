"""Lists that DRF answers, asked for again and again: how often they are tried, and what is told."""

from typing import Any

from django.test import RequestFactory
from rest_framework import serializers
from rest_framework.generics import ListAPIView

from fast.shop.models import Note
from fast.shop.ways import fast
from rowpath.fast.drf import outcome_of


class WithMethod(serializers.Serializer):
    id = serializers.IntegerField()
    length = serializers.SerializerMethodField()

    def get_length(self, note: Note) -> int:
        return len(note.text)


class Called(serializers.Serializer):
    topic = serializers.CharField(source="topic.name", default=str)


class Notes(ListAPIView):
    """A list of a serializer that is the view's own."""

    queryset = Note.objects.order_by("id")
    serializer_class: Any = WithMethod


class NotesOfRequests(Notes):
    """A list whose serializer is made anew for each request, and how often it was."""

    made = 0

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        type(self).made += 1
        return super().get_serializer(*args, **kwargs)


class CalledNotes(Notes):
    """A list with rows that only DRF writes."""

    serializer_class = Called


def reasons(of: str, requests: int) -> list[str]:
    """Return why DRF answers each of so many requests."""
    view = fast({"method": Notes, "values": CalledNotes}[of])
    return [_reason(view) for _ in range(requests)]


def made_for_requests(requests: int) -> tuple[list[str], int]:
    """Return the different reasons, and how often a serializer was made that DRF did not need."""
    view = fast(NotesOfRequests)
    found = {_reason(view) for _ in range(requests)}
    return sorted(found), view.made - requests


def _reason(view: Any) -> str:
    response = view.as_view()(RequestFactory().get("/")).render()
    outcome = outcome_of(response)
    return "" if outcome is None else str(outcome.reason)
