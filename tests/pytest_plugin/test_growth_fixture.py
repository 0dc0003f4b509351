"""The fixture `rowpath_growth`, its marker and its option, in a suite of a Django project."""

import re
import shutil

import pytest

from explain.shop_project import SETTINGS, SOURCE
from pytest_plugin.sessions import only

pytest_plugins = ("pytester",)
INI = f"""
[pytest]
DJANGO_SETTINGS_MODULE = {SETTINGS}
pythonpath = .
"""
CONFTEST = """
import pytest
from itertools import count
from shop.models import Author, Book, Profile, Publisher, Tag

NUMBERS = count()

@pytest.fixture
def make():
    def make():
        number = next(NUMBERS)
        publisher = Publisher.objects.create(name=f"publisher {number}")
        author = Author.objects.create(name=f"author {number}", publisher=publisher)
        Profile.objects.create(author=author, site="-")
        book = Book.objects.create(title=f"book {number}", author=author)
        book.tags.add(Tag.objects.create(name=f"tag {number}"))
        book.reviews.create(stars=3)
        return book
    return make

@pytest.fixture
def books(db, make):
    return [make(), make(), make()]
"""
ASKED = """
import pytest
from rest_framework.test import APIClient

def test_block(client, books, rowpath_growth):
    with rowpath_growth():
        client.get("/api/books/")

def test_before_the_block(client, books, rowpath_growth):
    client.get("/api/books/")
    [book.author.name for book in type(books[0]).objects.all()]
    with rowpath_growth():
        client.get("/repaired/")

def test_one_row(client, db, make, rowpath_growth):
    make()
    with rowpath_growth():
        client.get("/api/books/")

def test_one_object(client, books, rowpath_growth):
    with rowpath_growth():
        client.get(f"/api/books/{books[0].pk}/")

def test_twice_one_object(client, books, rowpath_growth):
    with rowpath_growth():
        for book in books:
            client.get(f"/api/books/{book.pk}/")

@pytest.mark.rowpath_growth
def test_marked(books):
    assert APIClient().get("/property/").status_code == 200

@pytest.mark.rowpath_growth(allow=["shop.Book.author", "shop.Book.author__publisher"])
def test_allowed(client, books):
    client.get("/property/")

@pytest.mark.rowpath_growth
def test_filtered(client, books):
    client.get("/filtered/")

@pytest.mark.rowpath_growth
def test_column(client, books):
    client.get("/only/")

def test_measured(client, db, make, rowpath_growth):
    rowpath_growth.measure(lambda: client.get("/lookup/"), add=make)

def test_measured_and_right(client, db, make, rowpath_growth):
    rowpath_growth.measure(lambda: client.get("/repaired/"), add=make)

def test_nothing_added(client, books, rowpath_growth):
    rowpath_growth.measure(lambda: client.get("/repaired/"), add=lambda: None)

def test_held_by_none(client, books):
    client.get("/api/books/")
"""
PASSED = {
    "test_before_the_block",
    "test_one_row",
    "test_one_object",
    "test_twice_one_object",
    "test_allowed",
    "test_measured_and_right",
    "test_held_by_none",
}
FAILED = {
    "test_block",
    "test_marked",
    "test_filtered",
    "test_column",
    "test_measured",
    "test_nothing_added",
}


def ran(pytester: pytest.Pytester, *options: str) -> str:
    """Return what pytest prints of the shop's suite."""
    shutil.copytree(SOURCE, pytester.path, dirs_exist_ok=True)
    pytester.makeini(INI)
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(ASKED)
    done = pytester.runpytest_subprocess(*only("django"), "--no-migrations", "-rA", *options)
    return f"{done.stdout.str()}\n{done.stderr.str()}"


def named(outcome: str, told: str) -> set[str]:
    return set(re.findall(rf"^{outcome} \S+::(\w+)", told, re.MULTILINE))


def failure(told: str, test: str) -> str:
    """Return what the failure of a test says."""
    below = told.partition(f"_ {test} _")[2]
    return re.split(r"^_{3,} \w+ _{3,}$|^=+", below, flags=re.MULTILINE)[0]


def test_a_suite_is_held_where_its_tests_ask_for_it(pytester: pytest.Pytester) -> None:
    """A block, a marker and a measurement fail for what grows, with line, reader and change."""
    told = ran(pytester)

    assert (named("PASSED", told), named("FAILED", told)) == (PASSED, FAILED)
    block = failure(told, "test_block")
    assert (
        "GET /api/books/: shop.Book.author, shop.Book.author__publisher, shop.Book.reviews, "
        "shop.Book.tags: 15 statements for 3 rows (of 17)"
    ) in block
    assert "shop/api.py:57 in BookViewSet.get_queryset; loads author" in block
    assert "read by BookSerializer.author :28" in block
    assert '+            .order_by("id").select_related("author__publisher")' in block
    assert "`rowpath explain /api/books/` runs it." in block
    assert "shop.Book.reviews: 3 statements for 3 rows" in failure(told, "test_filtered")
    assert '.only("id", "title", "blurb")' in failure(told, "test_column")
    assert re.search(r"shop/views\.py:\d+ in lookup", failure(told, "test_measured"))
    assert "Cannot measure growth: no list" in failure(told, "test_nothing_added")


def test_a_suite_without_django_is_told_so(pytester: pytest.Pytester) -> None:
    """A marker that could hold nothing fails its test, and the option says that nothing was."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.rowpath_growth
        def test_marked():
            pass

        def test_plain():
            pass
        """
    )
    told = pytester.runpytest_subprocess(*only("django"), "-rA", "--rowpath-growth").stdout.str()

    assert (named("PASSED", told), named("FAILED", told)) == ({"test_plain"}, {"test_marked"})
    assert "Cannot hold requests: Django is not set up in this session." in told
    assert "0 requests of 0 tests were held; 0 findings." in told


def test_a_whole_suite_can_be_told_of(pytester: pytest.Pytester) -> None:
    """The report fails no test, and tells each finding once with how many requests were held."""
    told = ran(pytester, "--rowpath-growth-report", "-k", "held_by_none or marked or allowed")

    assert named("FAILED", told) == set()
    assert "3 requests of 3 tests were held; 2 findings." in told
    assert "GET /property/: shop.Book.author" in told


def test_a_whole_suite_can_be_held(pytester: pytest.Pytester) -> None:
    """With the option a test fails that says nothing of it, once its own assertions have passed."""
    told = ran(pytester, "--rowpath-growth", "-k", "held_by_none")

    assert named("FAILED", told) == {"test_held_by_none"}
    assert "GET /api/books/: shop.Book.author" in failure(told, "test_held_by_none")
    assert "1 requests of 1 tests were held; 1 findings." in told
