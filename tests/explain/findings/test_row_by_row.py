"""Relations and columns that are loaded row by row, in the forms that applications write them."""

import pytest

from explain.conftest import Shop
from rowpath.explain.changes.edits import diff
from rowpath.explain.values import Confidence, Kind

SILENT = ("/repaired/", "/detail/", "/few/")
CHANGES = {
    "/api/books/": (
        "author, author__publisher, reviews, tags",
        (
            '+            .order_by("id").select_related("author__publisher")'
            '.prefetch_related("reviews", "tags")'
        ),
    ),
    "/api/authors/": (
        "profile, publisher",
        '+    queryset = Author.objects.order_by("name").select_related("profile", "publisher")',
    ),
    "/api/strings/": (
        "author",
        '+    queryset = Book.objects.order_by("id").select_related("author")',
    ),
    "/api/page/": (
        "author",
        '+    queryset = Book.objects.order_by("id").select_related("author")',
    ),
    "/template/": (
        "author, tags",
        (
            '+    return render(request, "shop/books.html", {"books": '
            'Book.objects.order_by("title").select_related("author").prefetch_related("tags")})'
        ),
    ),
    "/list-or-404/": (
        "author",
        (
            "+    return answer(book.author.name for book in "
            'get_list_or_404(Book.objects.select_related("author")))'
        ),
    ),
    "/object-or-404/": (
        "author",
        (
            '+    return render(request, "shop/tag.html", {"tag": get_object_or_404('
            'Tag.objects.prefetch_related(Prefetch("books", '
            'queryset=Book.objects.select_related("author"))), name="tag 1")})'
        ),
    ),
    "/managed-or-404/": (
        "author",
        '+    books = get_list_or_404(Book.objects.select_related("author"), is_published=True)',
    ),
    "/generic/": (
        "author, author__publisher",
        '+    queryset = Book.objects.select_related("author__publisher")',
    ),
    "/helper/": (
        "author",
        '+    books = titled(books_in_stock()).select_related("author")',
    ),
    "/manager/": (
        "author",
        '+    books = Book.objects.published().select_related("author")',
    ),
    "/property/": (
        "author, author__publisher",
        (
            '+    return answer(book.imprint for book in Book.objects.order_by("id")'
            '.select_related("author__publisher"))'
        ),
    ),
    "/only/": (
        "blurb",
        '+    books = Book.objects.only("id", "title", "blurb").order_by("id")',
    ),
    "/defer/": (
        "blurb",
        '+    books = Book.objects.order_by("id")',
    ),
    "/iterator/": (
        "author",
        '+    books = Book.objects.order_by("id").select_related("author")',
    ),
    "/generic-key/": (
        "about",
        (
            '+    return answer(note.about.name for note in Note.objects.order_by("id")'
            '.prefetch_related("about"))'
        ),
    ),
    "/behind/": (
        "books__tags",
        (
            '+    authors = Author.objects.select_related("publisher").prefetch_related("books")'
            '.order_by("id").prefetch_related("books__tags")'
        ),
    ),
    "/tag/": (
        "author",
        '+    books = tag.books.order_by("id").select_related("author")',
    ),
    "/api/tags/1/": (
        "author",
        "+from django.db.models import Prefetch",
        (
            '+    queryset = Tag.objects.all().prefetch_related(Prefetch("books", '
            'queryset=Book.objects.select_related("author")))'
        ),
    ),
    "/tree/": (
        "books, books__author, books__author__publisher, books__reviews",
        (
            '+    tags = Tag.objects.order_by("id").prefetch_related(Prefetch("books", '
            'queryset=Book.objects.select_related("author__publisher")), "books__reviews")'
        ),
    ),
    "/behind-join/": (
        "books__author",
        (
            '+    tags = Tag.objects.prefetch_related(Prefetch("books", '
            'queryset=Book.objects.select_related("author")), "books__reviews").order_by("id")'
        ),
    ),
    "/dropped/": (
        "author, tags",
        '+    books = books.select_related("author")',
        '+    books = books.prefetch_related("tags")',
    ),
    "/dropped-in-part/": (
        "author, tags",
        (
            '+    books = Book.objects.order_by("id").select_related("author")'
            '.prefetch_related("tags")'
        ),
    ),
    "/own-prefetch/": (
        "author",
        (
            '+    books = Prefetch("books", queryset=Book.objects.filter(id__gt=1).order_by("id")'
            '.select_related("author"))'
        ),
    ),
    "/own-list/": (
        "author",
        (
            '+    books = Prefetch("books", queryset=Book.objects.published()'
            '.select_related("author"), to_attr="listed")'
        ),
    ),
    "/loop/": (
        "author, author__publisher",
        '+    for book in books.select_related("author__publisher")[:20]:',
    ),
    "/unordered/": (
        "author",
        (
            "+    return answer(book.author.name for book in Book.objects.all()"
            '.select_related("author"))'
        ),
    ),
    "/now/": (
        "author",
        (
            '+    rows = [book.author.name for book in Book.objects.order_by("id")'
            '.select_related("author")]'
        ),
    ),
    "/durable/": (
        "author",
        (
            '+        return answer(book.author.name for book in Book.objects.order_by("id")'
            '.select_related("author"))'
        ),
    ),
}
PATHS = (*CHANGES, *SILENT)


@pytest.mark.parametrize("path", CHANGES)
def test_what_is_loaded_row_by_row_is_found_with_the_exact_change(shop: Shop, path: str) -> None:
    """A path that loads relations or columns row by row has one finding, whose change is proved."""
    finding = shop.only(path)
    added = [
        line
        for line in diff(finding.edits, shop.explanation.root, context=0).splitlines()
        if line.startswith("+") and not line.startswith("+++")
    ]

    assert finding.confidence is Confidence.PROVED
    assert (", ".join(finding.paths), *added) == CHANGES[path]


@pytest.mark.parametrize("path", CHANGES)
def test_the_repaired_form_is_silent(repaired: Shop, path: str) -> None:
    """Nothing is found of a path any more once git has applied the diff."""
    assert repaired.of(path).findings == ()


@pytest.mark.parametrize("path", SILENT)
def test_what_does_not_grow_is_silent(shop: Shop, path: str) -> None:
    """Eager loading, a single row's relations, and a list of three rows are no finding."""
    assert shop.of(path).findings == ()


def test_a_list_too_short_to_be_measured_is_told(shop: Shop) -> None:
    """Of a relation that three rows load it is said that they are too few."""
    (note,) = shop.of("/few/").notes

    assert note == (
        "author of shop.Book: loaded more than once for 3 rows, too few to measure growth; "
        "4 are needed"
    )


def test_readers_are_the_fields_of_the_serializer(shop: Shop) -> None:
    """Where DRF itself reads, the reader is the field, with the line that declares it."""
    readers = [(reader.text, reader.line) for reader in shop.only("/api/books/").readers]

    assert readers == [
        ("BookSerializer.author", 28),
        ("BookSerializer.publisher", 29),
        ("BookSerializer.tags", 30),
        ("BookSerializer.reviews", 31),
        ("BookSerializer.get_best", 39),
    ]


def test_readers_are_the_tags_of_the_template(shop: Shop) -> None:
    """Where a template reads, the reader is its tag, with file and line."""
    readers = [
        (reader.text, str(reader.file).rpartition("/")[2], reader.line)
        for reader in shop.only("/template/").readers
    ]

    assert readers == [
        ("{{ book.author.name }}", "books.html", 3),
        ("{% for tag in book.tags.all %}", "books.html", 4),
    ]


def test_a_deferred_column_is_a_finding_of_its_own_kind(shop: Shop) -> None:
    """A column is told from a relation."""
    kinds = [shop.only(path).kind for path in ("/only/", "/defer/", "/api/books/")]

    assert kinds == [Kind.COLUMN, Kind.COLUMN, Kind.RELATION]


def test_growth_is_measured_by_pages_of_several_sizes(shop: Shop) -> None:
    """A page of DRF's is doubled as far as there are rows, and grows by five statements a row."""
    growth = shop.only("/api/books/").growth

    assert growth is not None
    assert (growth.rows, growth.per_row, growth.after) == ((8, 16, 24), 5.0, 0.0)


def test_growth_is_measured_by_shorter_lists_elsewhere(shop: Shop) -> None:
    """A list that no paginator of DRF's cuts is halved twice."""
    growth = shop.only("/template/").growth

    assert growth is not None
    assert growth.rows == (6, 12, 24)
