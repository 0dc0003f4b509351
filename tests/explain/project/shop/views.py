import random
import time
from datetime import datetime, timezone

from django.contrib.auth.decorators import login_required
from django.db import connection, transaction
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.generic import ListView

from shop.models import Author, Book, Note, Publisher, Tag, Visit
from shop.selectors import books_in_stock, titled


def answer(rows):
    return JsonResponse({"rows": list(rows)})


def template(request):
    return render(request, "shop/books.html", {"books": Book.objects.order_by("title")})


class BookList(ListView):
    model = Book
    ordering = "id"
    paginate_by = 8


def helper(request):
    books = titled(books_in_stock())
    return answer(f"{book.title} {book.author.name}" for book in books)


def manager(request):
    books = Book.objects.published()
    return answer(f"{book.title} {book.author.name}" for book in books)


def of_property(request):
    return answer(book.imprint for book in Book.objects.order_by("id"))


def only(request):
    books = Book.objects.only("id", "title").order_by("id")
    return answer({"title": book.title, "blurb": book.blurb} for book in books)


def defer(request):
    books = Book.objects.order_by("id").defer("blurb")
    return answer({"title": book.title, "blurb": book.blurb} for book in books)


def by_iterator(request):
    books = Book.objects.order_by("id")
    return answer(book.author.name for book in books.iterator(chunk_size=100))


def lookup(request):
    rows = []
    for book in Book.objects.order_by("id"):
        author = Author.objects.get(pk=book.author_id)
        rows.append(author.name)
    return answer(rows)


def filtered(request):
    books = Book.objects.order_by("id")
    return answer(book.reviews.filter(stars__gt=2).count() for book in books)


def counted(request):
    return answer(book.tags.count() for book in Book.objects.order_by("id"))


def filtered_and_counted(request):
    rows = []
    for book in Book.objects.order_by("id"):
        good = book.reviews.filter(stars__gt=2).count()
        rows.append((good, book.tags.count()))
    return answer(rows)


def generic_key(request):
    return answer(note.about.name for note in Note.objects.order_by("id"))


def behind_many(request):
    """Reads what is behind a prefetch, and behind a join."""
    authors = Author.objects.select_related("publisher").prefetch_related("books").order_by("id")
    return answer(
        [
            author.publisher.name,
            [[tag.name for tag in book.tags.all()] for book in author.books.all()],
        ]
        for author in authors
    )


def tag(request):
    tag = Tag.objects.get(name="tag 1")
    books = tag.books.order_by("id")
    return answer([tag.name, *(book.author.name for book in books)])


def loop(request):
    titles = []
    books = Book.objects.filter(is_published=True)
    if request.GET.get("all"):
        books = Book.objects.all()
    books = books.order_by("id")
    for book in books[:20]:
        titles.append(f"{book.title}, {book.author.publisher}")
    return answer(titles)


def repaired(request):
    books = (
        Book.objects.order_by("id")
        .select_related("author__publisher")
        .prefetch_related("tags", "reviews")
    )
    return answer(
        {
            "title": book.title,
            "imprint": book.imprint,
            "tags": [tag.name for tag in book.tags.all()],
            "stars": sum(review.stars for review in book.reviews.all()),
        }
        for book in books
    )


def detail(request):
    book = Book.objects.get(title="book 3")
    return answer([book.imprint, *(tag.name for tag in book.tags.all())])


def again(request):
    """Asks the same twice, in two functions."""
    return answer([how_many(), how_many(), Tag.objects.count(), Author.objects.count()])


def how_many():
    return Author.objects.count()


def once(request):
    """Asks again after a write, and with other values."""
    before = Visit.objects.count()
    Visit.objects.create(path=request.path)
    names = [Author.objects.get(name=f"author {i}").name for i in (1, 2)]
    return answer([Visit.objects.count() - before, *names])


def unread_join(request):
    books = Book.objects.select_related("author").order_by("id")
    return answer([book.title, book.author_id] for book in books)


def unread_prefetch(request):
    books = Book.objects.order_by("id").prefetch_related("tags", "reviews")
    return answer([book.title, len(book.tags.all())] for book in books)


def unread_behind(request):
    books = Book.objects.select_related("author__publisher").order_by("id")
    return answer([book.title, book.author.name] for book in books)


def is_cached(request):
    books = Book.objects.select_related("author").order_by("id")
    return answer([book.title, Book.author.is_cached(book)] for book in books)


def empty(request):
    """Asks for relations that have no rows."""
    notes = Visit.objects.none()
    authors = Author.objects.prefetch_related("books").filter(books=None).order_by("id")
    return answer([author.name, len(author.books.all()), len(notes)] for author in authors)


def numbered(request, number):
    return answer(book.title for book in Book.objects.filter(pk=number))


def few(request):
    return answer(book.author.name for book in Book.objects.order_by("id")[:3])


def unordered(request):
    return answer(book.author.name for book in Book.objects.all())


def now(request):
    rows = [book.author.name for book in Book.objects.order_by("id")]
    return JsonResponse({"at": datetime.now(timezone.utc).isoformat(), "rows": rows})


def at_random(request):
    rows = [book.author.name for book in Book.objects.order_by("id")]
    return JsonResponse({"noise": "a " * random.randint(1, 10_000), "rows": rows})


def union(request):
    books = Book.objects.filter(id__lt=9).union(Book.objects.filter(id__gt=20)).order_by("id")
    return answer(book.author.name for book in books)


def altered(request):
    """Answers otherwise where the authors are there already."""
    rows = []
    for book in Book.objects.order_by("id"):
        was_there = Book.author.is_cached(book)
        rows.append(f"{book.author.name} {was_there}")
    return answer(rows)


def dearer(request):
    """Asks for all the more where the authors are there already."""
    rows = []
    for book in Book.objects.order_by("id"):
        if Book.author.is_cached(book):
            Publisher.objects.filter(authors=book.author_id).exists()
            Publisher.objects.filter(authors=book.author_id).exists()
        rows.append(book.author.name)
    return answer(rows)


def writes(request):
    Visit.objects.create(path=request.path)
    return answer([Visit.objects.count()])


def commits(request):
    """Ends the transaction by a statement, of which Django knows nothing."""
    Visit.objects.create(path=request.path)
    with connection.cursor() as cursor:
        cursor.execute("COMMIT")
    return answer([])


def locks(request):
    with transaction.atomic():
        return answer(book.title for book in Book.objects.select_for_update().order_by("id"))


def durable(request):
    with transaction.atomic(durable=True):
        return answer(book.author.name for book in Book.objects.order_by("id"))


@login_required
def private(request):
    return answer([request.user.username, *(book.title for book in Book.objects.order_by("id"))])


def fails(request):
    return HttpResponse(1 / 0)


def stream(request):
    def endless():
        while True:
            yield b"x" * 1_000_000
            time.sleep(0)

    return StreamingHttpResponse(endless())
