"""Makes the shop's tables and rows: `python fill.py`."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def fill(books=24, width=1, sales=0):
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.db import connection
    from shop.models import Author, Book, Note, Profile, Publisher, Review, Sale, Tag

    # The shop has no migrations, and its tables refer to those that have.
    call_command("migrate", "contenttypes", verbosity=0)
    call_command("migrate", run_syncdb=True, verbosity=0)
    publishers = Publisher.objects.bulk_create(Publisher(name=f"publisher {i}") for i in range(3))
    authors = Author.objects.bulk_create(
        Author(name=f"author {i}", bio="-" * width, publisher=publishers[i % 3]) for i in range(8)
    )
    Profile.objects.bulk_create(Profile(author=each, site=f"{each.name}.net") for each in authors)
    tags = Tag.objects.bulk_create(Tag(name=f"tag {i}") for i in range(5))
    made = Book.objects.bulk_create(
        Book(title=f"book {i}", blurb=f"about {i}" * width, author=authors[i % 8])
        for i in range(books)
    )
    for i, book in enumerate(made):
        book.tags.add(tags[i % 5], tags[(i + 1) % 5])
    Review.objects.bulk_create(Review(book=book, stars=i) for book in made for i in range(1, 4))
    for each in [*tags, *authors]:
        Note.objects.create(text="-", about=each)
    Sale.objects.bulk_create(
        (
            Sale(
                number=i,
                kind=f"kind {i % 500}",
                day=i * 7919 % 100_003,
                is_paid=i % 400 != 0,
                note="-" * 100,
                buyer=authors[0 if i % 300 else 1 + i % 7],
                title=made[i % books],
            )
            for i in range(sales)
        ),
        batch_size=2000,
    )
    get_user_model().objects.create_user("ada", password="-")
    if sales:
        # Which plan is taken shall not hang on when the server looks at the tables by itself.
        connection.cursor().execute("ANALYZE")


if __name__ == "__main__":
    django.setup()
    fill(width=int(os.environ.get("SHOP_WIDTH", "1")), sales=int(os.environ.get("SHOP_SALES", "0")))
