"""What is loaded row by row is counted however the project's code lists its rows."""

import pytest

from explain.shop_project import printed
from rowpath.explain.project_of import ProjectOf

SCRIPT = """
import copy
import json
import sys
from types import ModuleType

import django
from django.conf import settings

library = sys.modules["library"] = ModuleType("library")
library.__path__ = ["."]
settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "library"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
)
django.setup()
from django.db import connection, models
from django.db.models import Count, F, Prefetch
from django.db.models.query import ModelIterable
from rowpath.explain.django.client_handler import ClientWatch

tenant = []

class OwnQuery(models.sql.Query):
    pass

class OfOwnQuery(models.QuerySet):
    def __init__(self, model=None, query=None, using=None, hints=None):
        super().__init__(model, OwnQuery(model) if query is None else query, using, hints)

class OwnRows(ModelIterable):
    def __iter__(self):
        model = self.queryset.model
        names = [field.attname for field in model._meta.fields]
        return iter([model(**row) for row in self.queryset.values(*names)])

class OfOwnRows(models.QuerySet):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._iterable_class = OwnRows

class OfTheTenant(models.Manager):
    def get_queryset(self):
        if not tenant:
            return super().get_queryset()
        return super().get_queryset().filter(keeper__in=[one.pk for one in tenant[0].keepers.all()])

class ReadingEach(models.Manager):
    def get_queryset(self):
        if not tenant:
            return super().get_queryset()
        names = [one.house.name for one in Keeper.objects.all()]
        return super().get_queryset().exclude(name__in=names)

class Model(models.Model):
    name = models.CharField(max_length=9)
    class Meta:
        abstract = True
        app_label = "library"

class House(Model):
    pass

class Keeper(Model):
    house = models.ForeignKey(House, models.CASCADE, related_name="keepers")

class Book(Model):
    keeper = models.ForeignKey(Keeper, models.CASCADE)
    objects = models.Manager()
    own_query = OfOwnQuery.as_manager()

class Note(Model):
    book = models.ForeignKey(Book, models.CASCADE, related_name="notes")
    house = models.ForeignKey(House, models.CASCADE)

class Leaf(Model):
    book = models.ForeignKey(Book, models.CASCADE, related_name="leaves")
    house = models.ForeignKey(House, models.CASCADE)
    objects = OfOwnRows.as_manager()

class Copy(Model):
    book = models.ForeignKey(Book, models.CASCADE, related_name="copies")
    keeper = models.ForeignKey(Keeper, models.CASCADE)
    objects = OfTheTenant()

class Page(Model):
    book = models.ForeignKey(Book, models.CASCADE, related_name="pages")
    objects = ReadingEach()

class Listing(Model):
    book = models.ForeignKey(Book, models.CASCADE, related_name="listings")

    @classmethod
    def from_db(cls, *args):
        made = super().from_db(*args)
        made.houses = list(House.objects.all())
        return made

with connection.schema_editor() as editor:
    for model in (House, Keeper, Book, Note, Leaf, Copy, Page, Listing):
        editor.create_model(model)
house = House.objects.create(name="first")
for number in range(5):
    own = House.objects.create(name=str(number))
    keeper = Keeper.objects.create(name="k", house=house)
    book = Book.objects.create(name="b", keeper=keeper)
    for model, others in (
        (Note, {"house": own}), (Leaf, {"house": own}), (Copy, {"keeper": keeper}), (Page, {}),
        (Listing, {}),
    ):
        model.objects.create(name="n", book=book, **others)

def noted():
    return Book.objects.prefetch_related("notes")

def summed():
    return [book.notes.aggregate(n=Count("pk")) for book in noted()]

def iterated():
    return [list(book.notes.iterator()) for book in noted()]

def read_behind():
    return [note.house.name for book in noted() for note in book.notes.iterator()]

def updated():
    return [book.notes.update(name=F("name")) for book in noted()]

def filtered():
    of_own = Prefetch("notes", Note.objects.order_by("pk"))
    return [list(book.notes.filter(name="n")) for book in Book.objects.prefetch_related(of_own)]

def kept_manager():
    for book in noted():
        notes = book.notes
        book._prefetched_objects_cache.clear()
        list(notes.all())

def deep_copied():
    return [list(book.notes.filter(name="n")) for book in copy.deepcopy(list(noted()))]

def of_own_rows():
    books = Book.objects.prefetch_related("leaves")
    return [leaf.house.name for book in books for leaf in book.leaves.all()]

def of_own_query():
    return [book.keeper.name for book in Book.own_query.iterator()]

def of_a_tenant():
    tenant.append(House.objects.get(name="first"))
    return list(Book.objects.get(pk=1).copies.all())

def of_a_tenant_each():
    tenant.append(House.objects.get(name="first"))
    return [list(book.copies.all()) for book in Book.objects.all()]

def within_a_manager():
    tenant.append(None)
    return list(Book.objects.get(pk=1).pages.all())

def listed_by_rows():
    books = Book.objects.prefetch_related("listings")
    return [one.keepers.count() for book in books for row in book.listings.all()
            for one in row.houses]

def loaded_well():
    return [note.house.name for book in Book.objects.prefetch_related("notes__house")
            for note in book.notes.all()]

told = {}
with ClientWatch() as watch:
    for function in (
        summed, iterated, read_behind, updated, filtered, kept_manager, deep_copied, of_own_rows,
        of_own_query, of_a_tenant, of_a_tenant_each, within_a_manager, listed_by_rows, loaded_well,
    ):
        facts = watch.watched(function).facts
        tenant.clear()
        relations = {of.relation.path[-1].name for _, _, of, _ in facts.seen
                     if of.relation is not None and of.relation.loads > 1}
        told[function.__name__] = [facts.most_loads, sorted(relations)]
print(json.dumps(told))
"""

LOADED = {
    "summed": [5, ["notes"]],
    "iterated": [5, ["notes"]],
    "read_behind": [5, ["house", "notes"]],
    "updated": [5, ["notes"]],
    "filtered": [5, ["notes"]],
    "kept_manager": [5, ["notes"]],
    "deep_copied": [5, ["notes"]],
    "of_own_rows": [5, ["house"]],
    "of_own_query": [5, ["keeper"]],
    "of_a_tenant": [1, []],
    "of_a_tenant_each": [5, ["copies", "keepers"]],
    "within_a_manager": [5, ["house"]],
    "listed_by_rows": [0, []],
    "loaded_well": [0, []],
}
"""The statements that one relation took, and those relations that took several."""


@pytest.fixture(scope="module")
def told(project: ProjectOf) -> dict[str, list[object]]:
    found: dict[str, list[object]] = printed(project, SCRIPT)
    return found


@pytest.mark.parametrize("way", LOADED)
def test_loads_are_counted_by_relation(told: dict[str, list[object]], way: str) -> None:
    """Prefetched and asked anew, behind managers, queries and rows of the project's own."""
    assert told[way] == LOADED[way]
