"""Lists of books, each with the mixin at row/ and without at drf/: addresses of one length."""

from typing import Any

from django.db.models import QuerySet
from django.urls import URLPattern, path
from rest_framework.generics import ListAPIView
from rest_framework.pagination import CursorPagination, PageNumberPagination
from rest_framework.serializers import ModelSerializer

from peer_shelf.models import Author, Book
from rowpath.fast.drf import FastListMixin


class AuthorSerializer(ModelSerializer[Author]):
    """All of an author."""

    class Meta:
        """Its fields."""

        model = Author
        fields = ("id", "name", "born")


class NestedSerializer(ModelSerializer[Book]):
    """All of a book, and its author."""

    author = AuthorSerializer()

    class Meta:
        """Its fields."""

        model = Book
        fields = ("id", "title", "author", "price", "pages", "is_out", "at")


class FlatSerializer(ModelSerializer[Book]):
    """A book alone."""

    class Meta:
        """Its fields."""

        model = Book
        fields = ("id", "title", "price", "at")


class Numbered(PageNumberPagination):
    """Short pages by number."""

    page_size = 7


class Cursor(CursorPagination):
    """Short pages by cursor."""

    page_size = 7
    ordering = "id"


class Flat(ListAPIView[Book]):
    """Books alone, of one author if the client asks so."""

    queryset = Book.objects.order_by("id")
    serializer_class: type[ModelSerializer[Book]] = FlatSerializer
    pagination_class: type | None = None

    def get_queryset(self) -> QuerySet[Book]:
        """Filter by author."""
        author = self.request.GET.get("author")
        found = super().get_queryset()
        return found.filter(author__name__startswith=author) if author else found


class Nested(Flat):
    """Books and their authors."""

    queryset = Book.objects.select_related("author").order_by("id")
    serializer_class = NestedSerializer


class Pages(Nested):
    """The same in pages."""

    pagination_class = Numbered


class Cursors(Flat):
    """Books alone in pages by cursor."""

    pagination_class = Cursor


def addresses() -> list[URLPattern]:
    """Return where the lists are."""
    found = []
    for base in (Flat, Nested, Pages, Cursors):
        name = base.__name__
        fast: Any = type(name, (FastListMixin, base), {})
        found.append(path(f"drf/{name}/", base.as_view()))
        found.append(path(f"row/{name}/", fast.as_view()))
    return found
