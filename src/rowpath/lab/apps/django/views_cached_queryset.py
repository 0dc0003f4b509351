"""The experiment `cached-queryset`: section 7 of the talk.

The tags of a fight are read here in any case, for their names. What is compared is what one call
more costs, on a queryset that holds them already.
"""

from collections.abc import Iterable

from django.db.models import Count, Prefetch
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rowpath.lab.apps.django.models import Fight, Tag
from rowpath.lab.apps.django.sizes import rows_asked

POPULAR = 5
"""The ids of the popular tags are up to this."""


def names(tags: Iterable[Tag]) -> list[str]:
    """The names of tags, sorted."""
    return sorted(tag.name for tag in tags)


def name_of(tag: Tag | None) -> str | None:
    """The name of a tag, where there is one."""
    return tag.name if tag else None


class CountBefore(APIView):
    """count(), and only then is the queryset read: two statements for each fight."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        lines = []
        for fight in Fight.objects.order_by("id")[: rows_asked(request)]:
            tags = fight.tags.all()
            tag_count = tags.count()
            lines.append({"id": fight.id, "tag_names": names(tags), "tag_count": tag_count})
        return Response(data=lines)


class CountAfter(APIView):
    """count() of a queryset that has been read: it counts what it holds."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        lines = []
        for fight in Fight.objects.order_by("id")[: rows_asked(request)]:
            tags = fight.tags.all()
            tag_names = names(tags)
            lines.append({"id": fight.id, "tag_names": tag_names, "tag_count": tags.count()})
        return Response(data=lines)


class LenAfter(APIView):
    """len() of a queryset that has been read."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        lines = []
        for fight in Fight.objects.order_by("id")[: rows_asked(request)]:
            tags = fight.tags.all()
            lines.append({"id": fight.id, "tag_names": names(tags), "tag_count": len(tags)})
        return Response(data=lines)


class PrefetchedCount(APIView):
    """count() of tags that were prefetched: it counts what is there."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        lines = []
        fights = Fight.objects.prefetch_related("tags").order_by("id")
        for fight in fights[: rows_asked(request)]:
            tag_names = names(fight.tags.all())
            lines.append({"id": fight.id, "tag_names": tag_names, "tag_count": fight.tags.count()})
        return Response(data=lines)


class PrefetchedLen(APIView):
    """len() of tags that were prefetched."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        lines = []
        fights = Fight.objects.prefetch_related("tags").order_by("id")
        for fight in fights[: rows_asked(request)]:
            tags = fight.tags.all()
            lines.append({"id": fight.id, "tag_names": names(tags), "tag_count": len(tags)})
        return Response(data=lines)


class PrefetchedAnnotated(APIView):
    """The talk's advice for what is not cached: the count comes with the fights."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        lines = []
        fights = Fight.objects.annotate(tag_count=Count("tags")).prefetch_related("tags")
        for fight in fights.order_by("id")[: rows_asked(request)]:
            tag_names = names(fight.tags.all())
            lines.append({"id": fight.id, "tag_names": tag_names, "tag_count": fight.tag_count})
        return Response(data=lines)


class ExistsBefore(APIView):
    """exists(), and only then is the queryset read: two statements for each fight."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        lines = []
        for fight in Fight.objects.order_by("id")[: rows_asked(request)]:
            tags = fight.tags.all()
            is_tagged = tags.exists()
            lines.append({"id": fight.id, "tag_names": names(tags), "is_tagged": is_tagged})
        return Response(data=lines)


class ExistsAfter(APIView):
    """exists() of a queryset that has been read: it looks at what it holds."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        lines = []
        for fight in Fight.objects.order_by("id")[: rows_asked(request)]:
            tags = fight.tags.all()
            tag_names = names(tags)
            lines.append({"id": fight.id, "tag_names": tag_names, "is_tagged": tags.exists()})
        return Response(data=lines)


class BoolBefore(APIView):
    """bool() reads the queryset, and what it read is used."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        lines = []
        for fight in Fight.objects.order_by("id")[: rows_asked(request)]:
            tags = fight.tags.all()
            is_tagged = bool(tags)
            lines.append({"id": fight.id, "tag_names": names(tags), "is_tagged": is_tagged})
        return Response(data=lines)


class PrefetchedExists(APIView):
    """exists() of tags that were prefetched: it looks at what is there."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        lines = []
        fights = Fight.objects.prefetch_related("tags").order_by("id")
        for fight in fights[: rows_asked(request)]:
            tag_names = names(fight.tags.all())
            lines.append({"id": fight.id, "tag_names": tag_names, "is_tagged": fight.tags.exists()})
        return Response(data=lines)


class PrefetchedBool(APIView):
    """bool() of tags that were prefetched."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        lines = []
        fights = Fight.objects.prefetch_related("tags").order_by("id")
        for fight in fights[: rows_asked(request)]:
            tags = fight.tags.all()
            lines.append({"id": fight.id, "tag_names": names(tags), "is_tagged": bool(tags)})
        return Response(data=lines)


class FilterAfter(APIView):
    """filter() of a queryset that has been read: a new queryset, so a new statement."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        lines = []
        for fight in Fight.objects.order_by("id")[: rows_asked(request)]:
            tags = fight.tags.all()
            tag_names = names(tags)
            rare = tags.filter(id__gt=POPULAR)
            lines.append({"id": fight.id, "tag_names": tag_names, "rare_names": names(rare)})
        return Response(data=lines)


class PythonAfter(APIView):
    """A condition in Python over a queryset that has been read."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        lines = []
        for fight in Fight.objects.order_by("id")[: rows_asked(request)]:
            tags = fight.tags.all()
            rare = [tag for tag in tags if tag.id > POPULAR]
            lines.append({"id": fight.id, "tag_names": names(tags), "rare_names": names(rare)})
        return Response(data=lines)


class PrefetchedFilter(APIView):
    """filter() of tags that were prefetched: the prefetched ones are passed over."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        lines = []
        fights = Fight.objects.prefetch_related("tags").order_by("id")
        for fight in fights[: rows_asked(request)]:
            tags = fight.tags.all()
            rare = fight.tags.filter(id__gt=POPULAR)
            lines.append({"id": fight.id, "tag_names": names(tags), "rare_names": names(rare)})
        return Response(data=lines)


class PrefetchedPython(APIView):
    """A condition in Python over tags that were prefetched."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        lines = []
        fights = Fight.objects.prefetch_related("tags").order_by("id")
        for fight in fights[: rows_asked(request)]:
            tags = fight.tags.all()
            rare = [tag for tag in tags if tag.id > POPULAR]
            lines.append({"id": fight.id, "tag_names": names(tags), "rare_names": names(rare)})
        return Response(data=lines)


class PrefetchedTwice(APIView):
    """The filtered tags of all fights are prefetched as well, to a list of their own."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        lines = []
        rare = Prefetch("tags", queryset=Tag.objects.filter(id__gt=POPULAR), to_attr="rare_tags")
        fights = Fight.objects.prefetch_related("tags", rare).order_by("id")
        for fight in fights[: rows_asked(request)]:
            tag_names, rare_names = names(fight.tags.all()), names(fight.rare_tags)
            lines.append({"id": fight.id, "tag_names": tag_names, "rare_names": rare_names})
        return Response(data=lines)


class FirstAfter(APIView):
    """first() of an unordered queryset that has been read: it orders, so it asks again."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        lines = []
        for fight in Fight.objects.order_by("id")[: rows_asked(request)]:
            tags = fight.tags.all()
            tag_names = names(tags)
            lines.append(
                {"id": fight.id, "tag_names": tag_names, "first_tag": name_of(tags.first())}
            )
        return Response(data=lines)


class FirstAfterOrdered(APIView):
    """first() of an ordered queryset that has been read: it takes the first that it holds."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        lines = []
        for fight in Fight.objects.order_by("id")[: rows_asked(request)]:
            tags = fight.tags.order_by("id")
            tag_names = names(tags)
            lines.append(
                {"id": fight.id, "tag_names": tag_names, "first_tag": name_of(tags.first())}
            )
        return Response(data=lines)


class IndexAfter(APIView):
    """The first by its place in an ordered queryset that has been read."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        lines = []
        for fight in Fight.objects.order_by("id")[: rows_asked(request)]:
            tags = fight.tags.order_by("id")
            tag_names, first = names(tags), tags[0] if tags else None
            lines.append({"id": fight.id, "tag_names": tag_names, "first_tag": name_of(first)})
        return Response(data=lines)


class PrefetchedFirst(APIView):
    """first() of unordered tags that were prefetched: it orders, so it asks again."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        lines = []
        fights = Fight.objects.prefetch_related("tags").order_by("id")
        for fight in fights[: rows_asked(request)]:
            tag_names, first = names(fight.tags.all()), fight.tags.first()
            lines.append({"id": fight.id, "tag_names": tag_names, "first_tag": name_of(first)})
        return Response(data=lines)


class PrefetchedFirstOrdered(APIView):
    """first() of tags that were prefetched in their order: it takes the first that is there."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        lines = []
        tags = Prefetch("tags", queryset=Tag.objects.order_by("id"))
        fights = Fight.objects.prefetch_related(tags).order_by("id")
        for fight in fights[: rows_asked(request)]:
            tag_names, first = names(fight.tags.all()), fight.tags.first()
            lines.append({"id": fight.id, "tag_names": tag_names, "first_tag": name_of(first)})
        return Response(data=lines)


class PrefetchedIndex(APIView):
    """The first by its place among tags that were prefetched in their order."""

    permission_classes = (AllowAny,)

    def get(self, request: Request) -> Response:
        lines = []
        in_order = Prefetch("tags", queryset=Tag.objects.order_by("id"))
        fights = Fight.objects.prefetch_related(in_order).order_by("id")
        for fight in fights[: rows_asked(request)]:
            tags = fight.tags.all()
            tag_names, first = names(tags), tags[0] if tags else None
            lines.append({"id": fight.id, "tag_names": tag_names, "first_tag": name_of(first)})
        return Response(data=lines)
