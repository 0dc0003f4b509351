from shop.models import Book


def books_in_stock():
    return Book.objects.filter(is_published=True).order_by("id")


def titled(books):
    return books.exclude(title="")
