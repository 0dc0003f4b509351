"""A watched request has Django do what it does otherwise, and nothing besides."""

from explain.shop_project import printed
from rowpath.explain.project_of import ProjectOf

SCRIPT = """
import json
import django
django.setup()
from django.conf import settings
from django.db.models.sql.query import Query
from django.test import Client
from rowpath.capture.patching import Patch
from rowpath.explain.django.client_handler import ClientWatch

settings.ALLOWED_HOSTS = ["testserver"]
built = []

def counting(original):
    def build_filter(*args, **kwargs):
        built.append(None)
        return original(*args, **kwargs)
    return build_filter

def filters():
    built.clear()
    assert Client().get("/repaired/").status_code == 200
    return len(built)

with Patch(Query, {"build_filter": counting}).applied():
    alone = filters()
    with ClientWatch() as watch, watch.requests():
        watched = filters()
print(json.dumps([alone, watched]))
"""


def test_the_filters_that_django_puts_off_stay_put_off(project: ProjectOf) -> None:
    """A prefetched relation has one, for each row, which nobody needs whose rows are there."""
    alone, watched = printed(project, SCRIPT)

    assert 0 < alone < 24
    assert watched == alone


CYCLES = """
import gc
import json
import django
django.setup()
from shop.models import Author
from rowpath.explain.django.client_handler import ClientWatch

def names(authors):
    return [[book.title for book in author.books.all()] for author in authors]

def left():
    authors = list(Author.objects.prefetch_related("books"))
    names(authors)
    gc.collect()
    names(authors)
    return gc.collect()

gc.disable()
with ClientWatch() as watch:
    found = []
    watch.watched(left)
    watch.watched(lambda: found.append(left()))
print(json.dumps(found))
"""


def test_no_cycle_is_left_of_a_relation_that_is_read(project: ProjectOf) -> None:
    """A cycle for each row would have Python look through all objects ever more often."""
    (left,) = printed(project, CYCLES)

    assert left == 0
