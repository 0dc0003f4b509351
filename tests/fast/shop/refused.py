"""Querysets that Django refuses only when it reads them, those that look like it, and sessions."""

from typing import Any

from django.contrib.auth.models import Group, Permission, User
from django.db import connection, models
from django.db.models import F, Prefetch, Value
from rest_framework import serializers
from rest_framework.generics import ListAPIView

from fast.shop.models import Category, Product, Topic
from fast.shop.odd import asked
from fast.shop.ways import fast

Told = list[Any]


class Narrow(models.Manager):
    """A manager that brings a prefetch which there is not."""

    def get_queryset(self) -> Any:
        return super().get_queryset().prefetch_related("nowhere")


class NarrowNote(models.Model):
    topic = models.ForeignKey(Topic, null=True, on_delete=models.CASCADE, related_name="narrow")

    objects = Narrow()

    class Meta:
        app_label = "shop"
        managed = False
        db_table = "shop_note"


PRODUCTS = Product.objects.order_by("id")
CATEGORIES = Category.objects.order_by("id")
# Those whose dates psycopg can load.
NEAR = PRODUCTS.filter(created__year__gte=1900)
USERS = User.objects.order_by("id")
SOME = Product.objects.filter(count__gt=0)

# Each is refused when it is read.
REFUSED: dict[str, Any] = {
    "defers-annotation": PRODUCTS.annotate(x=Value(1)).defer("x"),
    "only-annotation": PRODUCTS.annotate(x=Value(1)).only("x"),
    "only-alias": PRODUCTS.alias(x=Value(1)).only("x"),
    "defers-alias": PRODUCTS.alias(x=F("count")).defer("x"),
    "only-nothing": PRODUCTS.only("nothing"),
    "defers-nothing": PRODUCTS.defer("nothing"),
    "only-behind-no-relation": PRODUCTS.only("name__x"),
    "defers-behind-no-relation": PRODUCTS.defer("name__x"),
    "only-behind-a-relation": PRODUCTS.only("category__nothing"),
    "selects-a-column": PRODUCTS.select_related("name"),
    "selects-a-key": PRODUCTS.select_related("category_id"),
    "selects-nothing": PRODUCTS.select_related("nothing"),
    "selects-nothing-behind": PRODUCTS.select_related("category__nothing"),
    "selects-a-column-behind": PRODUCTS.select_related("category__name"),
    "selects-many": CATEGORIES.select_related("products"),
    "selects-many-to-many": USERS.select_related("groups"),
    "annotates-a-property": USERS.annotate(is_anonymous=Value(1)),
    "prefetches-a-column-behind": PRODUCTS.prefetch_related("category__name"),
    "prefetches-a-column": PRODUCTS.prefetch_related("name"),
    "prefetches-a-key": PRODUCTS.prefetch_related("category_id"),
    "prefetches-a-method": PRODUCTS.prefetch_related("save"),
    "prefetches-pk": PRODUCTS.prefetch_related("pk"),
    "prefetches-nothing": PRODUCTS.prefetch_related("nothing"),
    "prefetches-nothing-behind": CATEGORIES.prefetch_related("products__nothing"),
    "prefetches-twice": CATEGORIES.prefetch_related("products", Prefetch("products", SOME)),
    "prefetches-twice-otherwise": CATEGORIES.prefetch_related(
        Prefetch("products", SOME), Prefetch("products", Product.objects.all())
    ),
    "prefetches-on-the-way-of-another": CATEGORIES.prefetch_related(
        "products__detail", Prefetch("products", SOME)
    ),
    "prefetches-nothing-by-another": CATEGORIES.prefetch_related(
        Prefetch("products", SOME.prefetch_related("nothing"))
    ),
    "prefetches-from-a-slice": PRODUCTS.prefetch_related(
        Prefetch("category", Category.objects.all()[:2])
    ),
    "prefetches-another-model": CATEGORIES.prefetch_related(
        Prefetch("products", Topic.objects.all())
    ),
    "prefetches-from-a-union": CATEGORIES.prefetch_related(Prefetch("products", SOME.union(SOME))),
    "prefetches-for-update": CATEGORIES.prefetch_related(
        Prefetch("products", SOME.select_for_update())
    ),
    "prefetches-only-nothing": CATEGORIES.prefetch_related(
        Prefetch("products", SOME.only("nothing"))
    ),
    "prefetches-from-elsewhere": CATEGORIES.prefetch_related(
        Prefetch("products", SOME.using("elsewhere"))
    ),
    "prefetches-by-a-manager": Topic.objects.order_by("id").prefetch_related("narrow"),
    "prefetches-to-a-relation": PRODUCTS.prefetch_related(Prefetch("main", to_attr="detail")),
}

# Of these nobody can be sure without the rows.
UNCERTAIN: dict[str, Any] = {
    "annotates-the-state": USERS.annotate(_state=Value(1)),
    "prefetches-to-a-field": PRODUCTS.prefetch_related(Prefetch("category", to_attr="name")),
    "prefetches-many-to-a-field": CATEGORIES.prefetch_related(Prefetch("products", to_attr="name")),
    "prefetches-behind-to-a-field": CATEGORIES.prefetch_related(
        Prefetch("products__main", to_attr="price")
    ),
    "prefetches-to-a-property": USERS.prefetch_related(Prefetch("groups", to_attr="is_anonymous")),
    "prefetches-twice-by-another": CATEGORIES.prefetch_related(
        Prefetch("products", SOME.prefetch_related("main")),
        Prefetch("products__main", Category.objects.all()),
    ),
}

# Each is read by Django as if nothing had been said, and compiles.
FINE: dict[str, Any] = {
    "annotates-and-only": PRODUCTS.annotate(x=Value(1)).only("name"),
    "defers": PRODUCTS.defer("name", "category__name"),
    "defers-the-key": PRODUCTS.defer("id"),
    "selects": PRODUCTS.select_related("category__parent", "main", "detail"),
    "selects-back": Category.objects.order_by("id").select_related("parent__parent"),
    "annotates-a-method": PRODUCTS.annotate(clean=Value(1)),
    "prefetches": PRODUCTS.prefetch_related("category", "main__parent", "detail"),
    "prefetches-many": CATEGORIES.prefetch_related("products", "products__detail", "mains__main"),
    "prefetches-many-to-many": USERS.prefetch_related("groups__permissions", "user_permissions"),
    "prefetches-back-many-to-many": Group.objects.order_by("id").prefetch_related("user_set"),
    "prefetches-twice-alike": CATEGORIES.prefetch_related("products", "products"),
    "prefetches-to": CATEGORIES.prefetch_related(
        Prefetch("products", SOME, to_attr="some"), "some__main", Prefetch("products", SOME)
    ),
    "prefetches-from": CATEGORIES.prefetch_related(
        Prefetch("products", SOME.only("name").prefetch_related("main")),
        Prefetch("mains", SOME.order_by("name").select_related("detail")),
    ),
    "prefetches-for-dicts": PRODUCTS.values("id").prefetch_related("nothing"),
    "prefetches-nothing-more": PRODUCTS.prefetch_related("nothing").prefetch_related(None),
}


class Ids(serializers.Serializer):
    id = serializers.IntegerField()


def _view(queryset: Any) -> Any:
    return type("View", (ListAPIView,), {"queryset": queryset, "serializer_class": Ids})


def _fill() -> None:
    group, _ = Group.objects.get_or_create(name="all")
    group.permissions.set(Permission.objects.all()[:1])
    group.user_set.set(User.objects.all())


def _come_of(view: Any) -> Told:
    """Return what came of `view`: its answer, or the error that was raised; and how."""
    try:
        return list(asked(view))
    except Exception as error:  # noqa: BLE001 - it is compared
        return [f"{type(error).__name__}: {error}", "raised"]


def refused() -> Told:
    """Return for each by which way DRF answers, and whether the fast path does the same."""
    _fill()
    return [_both(name, queryset) for name, queryset in REFUSED.items()]


def of_no_rows() -> Told:
    """Return the same of each, narrowed to no rows."""
    return [_both(name, queryset.filter(pk=-1)) for name, queryset in REFUSED.items()]


def uncertain() -> Told:
    """Return the same of what nobody can be sure of."""
    _fill()
    return [_both(name, queryset) for name, queryset in UNCERTAIN.items()]


def fine() -> Told:
    """Return the same of what Django does not mind."""
    _fill()
    return [_both(name, queryset) for name, queryset in FINE.items()]


def _both(name: str, queryset: Any) -> Told:
    (theirs, _), (ours, how) = _come_of(_view(queryset)), _come_of(fast(_view(queryset)))
    return [name, ours == theirs, how]


SETTINGS = (
    "SET DateStyle = 'German'",
    "SET DateStyle = 'SQL, DMY'",
    "SET DateStyle = 'Postgres, MDY'",
    "SET IntervalStyle = 'sql_standard'",
    "SET IntervalStyle = 'postgres_verbose'",
    "SET IntervalStyle = 'iso_8601'",
    "SET DateStyle = 'ISO, DMY'",
    "SET DateStyle = 'ISO, YMD'",
)


def settings() -> Told:
    """Return what comes of a session that was set, of columns that it reads and that it does not.

    That is, after one list of the same session that was answered before.
    """
    told = []
    for setting in SETTINGS:
        for fields in (("lasts",), ("created",), ("released",), ("name",)):
            queryset = NEAR.only(*fields)
            meta = type("Meta", (), {"model": Product, "fields": fields})
            serializer = type("Fields", (serializers.ModelSerializer,), {"Meta": meta})
            view = type(
                "View", (ListAPIView,), {"queryset": queryset, "serializer_class": serializer}
            )
            connection.close()
            before = _come_of(fast(view))[1]
            with connection.cursor() as cursor:
                cursor.execute(setting)
            (theirs, _), (ours, how) = _come_of(view), _come_of(fast(view))
            raised = theirs.partition(":")[0] if isinstance(theirs, str) else None
            told.append([setting, fields[0], before, ours == theirs, raised, how])
    connection.close()
    return told
