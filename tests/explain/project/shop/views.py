import json
import random
import time
from collections import Counter
from contextlib import suppress
from datetime import datetime, timezone

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.core.mail import send_mail
from django.db import connection, transaction
from django.db.models import Prefetch
from django.db.models.functions import Repeat
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_list_or_404, get_object_or_404, redirect, render
from django.views.generic import DetailView, ListView

from shop.models import Author, Book, Note, Publisher, Review, Sale, Tag, Visit, Visitor
from shop.selectors import books_in_stock, titled


def answer(rows):
    return JsonResponse({"rows": list(rows)})


def template(request):
    return render(request, "shop/books.html", {"books": Book.objects.order_by("title")})


def list_or_404(request):
    return answer(book.author.name for book in get_list_or_404(Book))


def object_or_404(request):
    """Shows one object by a template, which goes through its relation."""
    return render(request, "shop/tag.html", {"tag": get_object_or_404(Tag, name="tag 1")})


def managed_or_404(request):
    books = get_list_or_404(Book.objects, is_published=True)
    return answer(book.author.name for book in books)


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


def two_on_a_line(request):
    books, authors = Book.objects.order_by("id"), Author.objects.order_by("id")
    return answer(
        [*(book.author.name for book in books), *(author.publisher.name for author in authors)]
    )


def counted_by_name(request):
    books = Book.objects.order_by("id")
    return answer([getattr(book, name).count() for name in NAMES] for book in books)


NAMES = ("tags", "reviews")


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


def tree(request):
    """Reads a whole tree: one row and many rows behind many."""
    tags = Tag.objects.order_by("id")
    return answer(
        [
            [book.author.publisher.name, [review.stars for review in book.reviews.all()]]
            for book in tag.books.all()
        ]
        for tag in tags
    )


def behind_join(request):
    """Reads one row behind a relation that is prefetched, and passed by another lookup."""
    tags = Tag.objects.prefetch_related("books__reviews").order_by("id")
    return answer(
        [[book.author.name, len(book.reviews.all())] for book in tag.books.all()] for tag in tags
    )


def dropped(request):
    """Calls what loads the relations, and drops what it returns."""
    books = Book.objects.order_by("id")
    books.select_related("author")
    books.prefetch_related("tags")
    return answer([book.author.name, [tag.name for tag in book.tags.all()]] for book in books)


def dropped_in_part(request):
    """Drops what loads one of two relations."""
    books = Book.objects.order_by("id")
    books.prefetch_related("tags")
    return answer([book.author.name, [tag.name for tag in book.tags.all()]] for book in books)


def own_prefetch(request):
    """Reads one row behind a Prefetch with a queryset of its own."""
    books = Prefetch("books", queryset=Book.objects.filter(id__gt=1).order_by("id"))
    tags = Tag.objects.prefetch_related(books).order_by("id")
    return answer([book.author.name for book in tag.books.all()] for tag in tags)


def anew(request):
    """Filters and counts what is prefetched, and reads it as well."""
    rows = []
    for book in Book.objects.prefetch_related("reviews").order_by("id"):
        good = book.reviews.filter(stars__gt=1, text="-").count()
        rows.append([good, len(book.reviews.all())])
    return answer(rows)


def anew_in_order(request):
    """Orders what is prefetched, and cuts it."""
    books = Book.objects.prefetch_related("reviews").order_by("id")
    return answer(
        [review.stars for review in book.reviews.order_by("-stars")[:2]] for book in books
    )


def anew_first(request):
    books = Book.objects.prefetch_related("tags").order_by("id")
    return answer(book.tags.first().name for book in books)


def anew_columns(request):
    books = Book.objects.prefetch_related("tags").order_by("id")
    return answer(list(book.tags.values_list("name", flat=True)) for book in books)


def anew_there(request):
    books = Book.objects.prefetch_related("reviews").order_by("id")
    return answer(
        book.reviews.all().exclude(stars=2).filter(pk__in=[1, 2]).exists() for book in books
    )


def anew_altered(request):
    """Answers otherwise where it is no queryset that is filtered."""
    rows = []
    for book in Book.objects.prefetch_related("reviews").order_by("id"):
        rows.append(
            type(book.reviews.filter(stars=2)).__name__ + str(len(book.reviews.filter(stars=2)))
        )
    return answer(rows)


def anew_by_variable(request):
    """Compares with what comes from elsewhere, of which Django may make another value."""
    least = request.GET.get("least", "2")
    books = Book.objects.prefetch_related("reviews").order_by("id")
    return answer(book.reviews.filter(stars__gte=least).count() for book in books)


def anew_in_template(request):
    books = Book.objects.prefetch_related("tags").order_by("title")
    return render(request, "shop/first.html", {"books": books})


def summed(request):
    return answer([sum(review.stars for review in Review.objects.filter(text="-"))])


def largest(request):
    reviews = Review.objects.order_by("id")
    return answer([max((review.stars for review in reviews), default=None)])


def listed_for_a_number(request):
    books = Book.objects.order_by("id")
    return answer([len([book for book in books if book.is_published])])


def any_of(request):
    return answer([any(review.stars > 2 for review in Review.objects.all())])


def starred(request):
    """Reads nothing but columns of its rows."""
    return answer(
        {"stars": review.stars, "of": review.book_id} for review in Review.objects.order_by("id")
    )


def starred_by_loop(request):
    reviews = Review.objects.order_by("id")
    rows = []
    for review in reviews:
        if review.text:
            rows.append([review.pk, review.stars])
    return answer(rows)


def starred_at_will(request):
    """Answers otherwise where its rows are not kept."""
    reviews = Review.objects.order_by("id")
    rows = [review.stars + 1 for review in reviews]
    return answer([*rows, vars(reviews)["_result_cache"] is None])


def starred_and_handed_on(request):
    return answer(stars_of(review) + review.pk for review in Review.objects.order_by("id"))


def stars_of(review):
    return review.stars


def summed_twice(request):
    """Adds up rows that are read as well."""
    reviews = Review.objects.order_by("id")
    return answer([sum(review.stars for review in reviews), *(each.text for each in reviews)])


def summed_at_will(request):
    """Answers otherwise where the rows are not loaded."""
    reviews = Review.objects.order_by("id")
    return answer([sum(review.stars for review in reviews), vars(reviews)["_result_cache"] is None])


def counted_by_kind(request):
    return answer(sorted(Counter(review.stars for review in Review.objects.all()).items()))


def largest_of_none(request):
    """Fails where there are no rows."""
    return answer([max(review.stars for review in Review.objects.all())])


def few_summed(request):
    return answer([sum(review.stars for review in Review.objects.order_by("id")[:9])])


def count_then_list(request):
    books = Book.objects.order_by("id")
    number = books.count()
    return answer([number, *(book.title for book in books)])


def exists_then_list(request):
    books = Book.objects.order_by("id")
    if not books.exists():
        return answer([])
    return answer(book.title for book in books)


def exists_in_answer(request):
    books = Book.objects.order_by("id")
    return answer([books.exists(), *(book.title for book in books)])


def length(request):
    books = Book.objects.filter(is_published=True)
    return answer([len(books)])


def truth(request):
    books = Book.objects.filter(is_published=True)
    if books:
        return answer(["some"])
    return answer(["none"])


def untruth(request):
    books = Book.objects.filter(is_published=True)
    return answer([not books, bool(Tag.objects.all())])


def length_then_list(request):
    """Loads rows for their number, and reads them."""
    books = Book.objects.order_by("id")
    return answer([len(books), *(book.title for book in books)])


def length_twice(request):
    """Asks loaded rows twice, which two statements would count."""
    books = Book.objects.order_by("id")
    return answer([len(books), bool(books)])


def list_then_count(request):
    """Counts what is loaded already, without a statement."""
    books = Book.objects.order_by("id")
    titles = [book.title for book in books]
    return answer([*titles, books.count(), books.exists()])


def count_then_page(request):
    """Counts all rows, and loads the first."""
    books = Book.objects.order_by("id")
    return answer([books.count(), *(book.title for book in books[:5])])


def by_length_at_will(request):
    """Answers otherwise where the rows are not loaded."""
    books = Book.objects.filter(is_published=True)
    return answer([len(books), vars(books)["_result_cache"] is None])


def count_in_template(request):
    return render(request, "shop/counted.html", {"books": Book.objects.order_by("title")})


def titles(request):
    """Reads one short column of wide rows."""
    return answer(book.title for book in Book.objects.order_by("id"))


def joined_titles(request):
    """Reads one column of each of two wide rows, which are joined."""
    books = Book.objects.select_related("author").order_by("id")
    return answer([book.title, book.author.name] for book in books)


def inner_titles(request):
    """Reads one column of the wide rows of a Prefetch, of a number of them that has a rule."""
    books = Prefetch("books", queryset=Book.objects.order_by("id"))
    tags = Tag.objects.prefetch_related(books).order_by("id")
    return answer([book.title for book in tag.books.all()] for tag in tags)


def whole(request):
    """Takes the rows whole, past their attributes, and so reads all columns."""
    return answer(vars(book)["blurb"][:9] + book.title for book in Book.objects.order_by("id"))


def unread_inner(request):
    books = Prefetch("books", queryset=Book.objects.select_related("author").order_by("id"))
    tags = Tag.objects.prefetch_related(books).order_by("id")
    return answer([book.title for book in tag.books.all()] for tag in tags)


def altered_behind(request):
    """Answers otherwise where what is behind many rows is there already."""
    rows = []
    for tag in Tag.objects.prefetch_related("books").order_by("id"):
        for book in tag.books.all():
            was_there = Book.author.is_cached(book)
            rows.append(f"{book.author.name} {was_there}")
    return answer(rows)


def own_list(request):
    """The same, to an attribute."""
    books = Prefetch("books", queryset=Book.objects.published(), to_attr="listed")
    tags = Tag.objects.prefetch_related(books).order_by("id")
    return answer([book.author.name for book in tag.listed] for tag in tags)


def keys(request):
    """Reads the key of a row, in two lines."""
    rows = []
    for book in Book.objects.order_by("id"):
        rows.append(book.author.pk)
        rows.append(f"by {book.author.id}")
    return answer(rows)


def compared(request):
    """Compares with a row, which reads the key of both."""
    first = Author.objects.order_by("id")[0]
    books = Book.objects.order_by("id")
    return answer([book.title, book.author == first] for book in books)


def compared_otherwise(request):
    """Compares with a row of another model, which none is equal to whatever its key."""
    first = Publisher.objects.order_by("id")[0]
    books = Book.objects.order_by("id")
    return answer([book.title, book.author == first] for book in books)


def named(request):
    """Reads the key in one line, and more in another."""
    books = Book.objects.order_by("id")
    return answer([book.author.pk, book.author.name] for book in books)


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


def unread_commented(request):
    books = Book.objects.order_by("id").prefetch_related(
        "tags",
        # For the stars,
        "reviews",  # of each book
    )
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


class Member(DetailView):
    """Shows the user of a number and a name, which are both in the path."""

    model = get_user_model()
    slug_field = "username"

    def render_to_response(self, context):
        return answer([context["object"].username])


def few(request):
    return answer(book.author.name for book in Book.objects.order_by("id")[:3])


def unordered(request):
    return answer(book.author.name for book in Book.objects.all())


def now(request):
    rows = [book.author.name for book in Book.objects.order_by("id")]
    return JsonResponse({"at": datetime.now(timezone.utc).isoformat(), "rows": rows})


def edition():
    """Return what is new in each edition, as a time of day is: it stands in a file."""
    return (settings.BASE_DIR / "edition.txt").read_text()


def edition_by_row(request):
    rows = [book.author.name for book in Book.objects.order_by("id")]
    return JsonResponse({"edition": edition(), "rows": rows})


def edition_unread(request):
    books = Book.objects.select_related("author").order_by("id")
    return JsonResponse({"edition": edition(), "rows": [book.title for book in books]})


def at_random(request):
    rows = [book.author.name for book in Book.objects.order_by("id")]
    return JsonResponse({"noise": "a " * random.randint(1, 10_000), "rows": rows})


def union(request):
    books = Book.objects.filter(id__lt=9).union(Book.objects.filter(id__gt=20)).order_by("id")
    return answer(book.author.name for book in books)


def union_in_pieces(request):
    books = Book.objects.filter(id__lt=9).union(Book.objects.filter(id__gt=20)).order_by("id")
    return answer(book.author.name for book in books.iterator())


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


def of_buyer(request, number):
    """Asks by a foreign key that has no index."""
    sales = Sale.objects.filter(buyer=number).order_by("number")
    return answer(sale.number for sale in sales)


def latest(request):
    """Sorts all sales of a kind for ten of them."""
    return answer(sale.day for sale in Sale.objects.filter(kind="kind 3").order_by("-day")[:10])


def sorted_whole(request):
    return answer(sale.number for sale in Sale.objects.order_by("-day", "id")[:10])


def unpaid(request):
    return answer(sale.number for sale in Sale.objects.filter(is_paid=False).order_by("number"))


def twelfth(request):
    """Asks for rows that lie everywhere and are wide, so that an index spares little of it."""
    wide = Sale.objects.annotate(said=Repeat("kind", 1000)).order_by("number")
    return answer(sale.number for sale in wide.filter(kind__in=[f"kind {i}" for i in range(42)]))


def by_plan(request):
    """Answers by which plan its rows come, so that an index alters the answer."""
    sales = Sale.objects.filter(note="+")
    return JsonResponse({"rows": [sale.number for sale in sales], "plan": sales.explain()})


def _insert(own):
    own.execute("INSERT INTO shop_visit (path) VALUES ('by the driver')")


def _committed(own):
    _insert(own)
    own.commit()


def _committed_by_text(own):
    _insert(own)
    own.execute("COMMIT")


def _after_rollback(own):
    own.rollback()
    _insert(own)
    own.commit()


def _in_autocommit(own):
    own.rollback()
    own.autocommit = True
    try:
        _insert(own)
    finally:
        own.autocommit = False


def _by_script(own):
    own.executescript("INSERT INTO shop_visit (path) VALUES ('by the driver')")


def _swallowed(own):
    """Goes on where the commit fails."""
    _insert(own)
    with suppress(Exception):
        own.commit()


BY_DRIVER = {
    "committed": _committed,
    "committed-by-text": _committed_by_text,
    "after-rollback": _after_rollback,
    "in-autocommit": _in_autocommit,
    "by-script": _by_script,
    "swallowed": _swallowed,
}


def by_driver(request, way):
    """Writes by the driver's own connection, behind Django's."""
    BY_DRIVER[way](connection.connection)
    return answer([])


def locked(request):
    with transaction.atomic():
        Author.objects.select_for_update().get(pk=4)
        return answer(sale.number for sale in Sale.objects.filter(day=7919))


def by_number(request):
    """Asks by a column that has an index."""
    return answer(sale.day for sale in Sale.objects.filter(number=77))


def most_of_them(request):
    """Reads most rows of the table, which no index would spare."""
    return answer([len(Sale.objects.filter(is_paid=True).values_list("day"))])


def distinct(request):
    sales = Sale.objects.select_related("buyer").order_by("id").distinct()
    return answer(f"{sale.number} {sale.buyer.name}" for sale in sales[:20])


def distinct_first(request):
    return answer(tag.name for tag in Tag.objects.distinct().order_by("id"))


def distinct_shown(request):
    """Answers whether its rows are distinct, so that the answer alters without it."""
    sales = Sale.objects.order_by("id").distinct()
    return answer([sales.query.distinct, *(sale.number for sale in sales[:20])])


def distinct_by_need(request):
    books = Book.objects.filter(tags__name__startswith="tag").order_by("id").distinct()
    return answer(book.title for book in books)


def distinct_by_request(request):
    """Needs its DISTINCT where a tag is asked for."""
    books = Book.objects.order_by("id")
    if "tag" in request.GET:
        books = books.filter(tags__name=request.GET["tag"])
    return answer(book.title for book in books.distinct())


def distinct_by_filters(request):
    filters = {f"{name}__contains": value for name, value in request.GET.items()}
    books = Book.objects.filter(**filters).order_by("id").distinct()
    return answer(book.title for book in books)


def distinct_values(request):
    return answer(Sale.objects.order_by("kind").values_list("kind", flat=True).distinct())


def writes(request):
    Visit.objects.create(path=request.path)
    return answer([Visit.objects.count()])


def created(request):
    for name in json.loads(request.body):
        Visit.objects.create(path=name)
    return answer(visit.path for visit in Visit.objects.order_by("id"))


def created_at_once(request):
    Visit.objects.bulk_create(Visit(path=name) for name in json.loads(request.body))
    return answer(visit.path for visit in Visit.objects.order_by("id"))


class Turns:
    @property
    def number(self):
        return Visit.objects.count()


def created_by_turns(request):
    """Writes how many rows there are, so that at once other values would be written."""
    turns = Turns()
    for _ in json.loads(request.body):
        Visit.objects.create(path=turns.number)
    return answer([])


def created_outside(request):
    """Writes by a function that a loop calls, and twice without a loop."""
    for name in json.loads(request.body):
        note(name)
    Visit.objects.create(path="-")
    Visit.objects.create(path="+")
    return answer([])


def note(name):
    Visit.objects.create(path=name)


def saved(request):
    for book in Book.objects.order_by("id"):
        book.title = f"{book.title}!"
        book.save()
    return answer([])


def added(request):
    tag = Tag.objects.create(name="new")
    for book in Book.objects.order_by("id"):
        book.tags.add(tag)
    return answer([])


def received(request):
    for name in json.loads(request.body):
        Visitor.objects.create(name=name)
    return answer([])


def visits(request):
    """Writes, in a block that is to be the outermost, and sends mail of it."""
    if request.method != "POST":
        return HttpResponse(status=405)
    try:
        path = json.loads(request.body)["path"]
    except KeyError as error:
        return HttpResponse(f"there is no {error}", status=400)
    with transaction.atomic(durable=True):
        visit = Visit.objects.create(path=path)
    send_mail("A visit", path, None, ["shop@example.com"])
    rows = [book.author.name for book in Book.objects.order_by("id")]
    return JsonResponse({"id": visit.pk, "path": path, "rows": rows}, status=201)


def guestbook(request):
    """Writes, by a form whose success leads elsewhere."""
    visit = Visit.objects.create(path=request.POST["path"])
    titles = [f"{book.title} {book.author.name}" for book in Book.objects.order_by("id")]
    messages = {"path": f"/visits/{visit.pk}/{len(titles)}/", "log-in": "/accounts/login/"}
    return redirect(messages[request.POST["to"]])


async def awaited(request):
    return answer([await Author.objects.filter(pk__gt=number).acount() for number in range(4)])


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
