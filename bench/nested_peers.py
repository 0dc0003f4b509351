"""Rows with prefetched nested rows: FastListMixin against DRF and the peers that write them.

A thousand parents with five children each, in PostgreSQL, by DRF's request factory (django-ninja's
and orjson's by Django's) up to the body, in one process and in changing order. Each answer is
compared with DRF's, parsed. drf-accelerator is not among them: it takes a relation's manager for a
list, and raises. Told is each one's CPU time over ours, with its interval as in the lab;
what the two statements take in the server comes on top.

    python bench/nested_peers.py [--rounds 12]
"""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable
from itertools import groupby
from types import SimpleNamespace
from typing import Any

from batched_relations import CHILDREN, PARENTS, fill, models
from data_of_rows import told
from lists_as_data import PROJECT, postgresql

Ask = Callable[[], bytes]

# django-fastdrf's quick start.
FASTDRF = {
    "SERIALIZER_BACKEND": "msgspec",
    "CACHE_SERIALIZER_FIELDS": True,
    "FIELD_COPY_MODE": "compiled",
    "SERIALIZER_BACKEND_FALLBACK": "error",
}


def main() -> None:
    """Run the rounds that the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=12)
    options = parser.parse_args()
    with postgresql() as databases:
        compare(databases, options.rounds)


def compare(databases: dict[str, Any], rounds: int) -> None:
    """Tell the ratios of all peers."""
    from django.conf import settings  # noqa: PLC0415 - before what reads it

    # What a peer leaves to DRF is an error here, and never told as its.
    os.environ["DRF_OXIDE_STRICT"] = "1"
    settings.configure(**PROJECT | {"DATABASES": databases, "FASTDRF": FASTDRF})
    import django  # noqa: PLC0415

    django.setup()
    from django.db import connection, transaction  # noqa: PLC0415

    print(f"Python {platform.python_version()}, Django {django.get_version()}, ", end="")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("CREATE SCHEMA bench; SET LOCAL search_path TO bench")
        shop = models()
        fill(shop)
        steps = dict(all_of(shop))
        ours = steps.pop("rowpath")
        expected = json.loads(ours())
        for name, step in steps.items():
            if json.loads(step()) != expected:
                sys.exit(f"Cannot compare {name}: the answers differ.")
            told(f"{PARENTS:,} rows with {CHILDREN} nested rows each, {name}", step, ours, rounds)
        transaction.set_rollback(True)


def all_of(shop: SimpleNamespace) -> list[tuple[str, Ask]]:
    """Return what asks each, by its name; rowpath is one."""
    import drf_oxide.renderers  # noqa: PLC0415 - Django is set up by now
    import drf_oxide.serializers  # noqa: PLC0415
    import fastdrf.msgspec.renderers  # noqa: PLC0415
    import fastdrf.serializers  # noqa: PLC0415
    from drf_fastserializers import FastJSONRenderer, FastSerializerMixin, from_drf  # noqa: PLC0415
    from fastdrf.views import DispatchOptimizationMixin  # noqa: PLC0415
    from rest_framework.renderers import JSONRenderer  # noqa: PLC0415
    from rest_framework.serializers import ModelSerializer  # noqa: PLC0415

    from rowpath.fast.drf import FastListMixin  # noqa: PLC0415

    by_fastserializers = nested(shop, FastSerializerMixin, ModelSerializer)
    from_drf(by_fastserializers)  # what it would leave to DRF is an error here
    oxide, fastdrf_ = drf_oxide.serializers.ModelSerializer, fastdrf.serializers.ModelSerializer
    plain = nested(shop, ModelSerializer)
    return [
        ("rowpath", listed(shop, plain, JSONRenderer, FastListMixin)),
        ("DRF", listed(shop, plain, JSONRenderer)),
        ("drf-fastserializers", listed(shop, by_fastserializers, FastJSONRenderer)),
        ("drf-oxide", listed(shop, nested(shop, oxide), drf_oxide.renderers.JSONRenderer)),
        (
            "django-fastdrf",
            listed(
                shop,
                nested(shop, fastdrf_),
                fastdrf.msgspec.renderers.MsgspecJSONRenderer,
                DispatchOptimizationMixin,
            ),
        ),
        ("django-ninja", by_ninja(shop)),
        ("values() and orjson", by_values(shop)),
    ]


def nested(shop: SimpleNamespace, *bases: type) -> Any:  # noqa: ANN401 - classes made here
    """Return a serializer of parents with their children, both of `bases`."""

    def of(model: type, fields: tuple[str, ...], **members: Any) -> Any:  # noqa: ANN401
        meta = type("Meta", (), {"model": model, "fields": fields})
        return type(model.__name__, bases, members | {"Meta": meta})

    child = of(shop.BenchChild, ("id", "name"))
    return of(shop.BenchParent, ("id", "name", "children"), children=child(many=True))


def listed(shop: SimpleNamespace, serializer: type, renderer: type, *mixins: type) -> Ask:
    """Return what asks a view of DRF's."""
    from rest_framework.generics import ListAPIView  # noqa: PLC0415
    from rest_framework.test import APIRequestFactory  # noqa: PLC0415

    members = {
        "serializer_class": serializer,
        "renderer_classes": (renderer,),
        "queryset": parents(shop),
    }
    view: Any = type("View", (*mixins, ListAPIView), members)
    request, ask = APIRequestFactory().get("/"), view.as_view()
    return lambda: ask(request).render().content


def parents(shop: SimpleNamespace) -> Any:  # noqa: ANN401 - a queryset
    """Return the rows that all list."""
    return shop.BenchParent.objects.order_by("pk").prefetch_related("children")


def by_ninja(shop: SimpleNamespace) -> Ask:
    """Return what asks django-ninja, with schemas of the models."""
    from django.test import RequestFactory  # noqa: PLC0415
    from ninja import NinjaAPI  # noqa: PLC0415
    from ninja.orm import create_schema  # noqa: PLC0415

    from rowpath.lab.apps.peers.ninja import ORJSONRenderer  # noqa: PLC0415

    child = create_schema(shop.BenchChild, name="ChildOut", fields=["id", "name"])
    parent = create_schema(
        shop.BenchParent,
        name="ParentOut",
        fields=["id", "name"],
        custom_fields=[("children", list[child], [])],  # type: ignore[valid-type] # made here
    )
    api = NinjaAPI(renderer=ORJSONRenderer(), openapi_url=None, urls_namespace="nested")

    @api.get("/parents", response=list[parent])  # type: ignore[valid-type] # made here
    def answer(request: object) -> Any:  # noqa: ANN401, ARG001 - django-ninja finds it by its name
        return parents(shop)

    request = RequestFactory().get("/parents")
    urls: Any = api.urls[0]
    [view] = [one.callback for one in urls if str(one.pattern) == "parents"]
    return lambda: view(request).content


def by_values(shop: SimpleNamespace) -> Ask:
    """Return what a person writes by hand: dicts of two statements, one put into the other."""
    import orjson  # noqa: PLC0415

    def answer() -> bytes:
        rows = list(shop.BenchParent.objects.order_by("pk").values("id", "name"))
        keys = [row["id"] for row in rows]
        found = shop.BenchChild.objects.filter(parent__in=keys).order_by("parent_id", "id")
        children = {
            key: [{"id": pk, "name": name} for _, pk, name in group]
            for key, group in groupby(
                found.values_list("parent_id", "id", "name"), lambda row: row[0]
            )
        }
        for row in rows:
            row["children"] = children.get(row["id"], [])
        return orjson.dumps(rows)

    return answer


if __name__ == "__main__":
    main()
