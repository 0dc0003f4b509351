"""Random lists of hyperlinks."""

from dataclasses import replace
from random import Random
from typing import Any

from rest_framework import versioning

from fast.shop.linking.asking import told_by
from fast.shop.linking.cases import Case, by_regex, itself, linked
from fast.shop.linking.models import Odd
from rowpath.fast.drf import FastListMixin

_ROUTES = (
    *(r"^a/(?P<{}>[^/.]+)/$", r"^b/(?P<{}>[^/]+)$", r"^c/(?P<{}>[-\w]+)/?$", r"^d/(?P<{}>\d+)/$"),
    *(
        r"^ü%/(?P<{}>[0-9]+)/é$",
        r"^(?P<{}>[^/x]+)/e$",
        r"^(?:f/)?(?P<{}>[^%?]+)$",
        r"^(?P<{}>.+)/g$",
    ),
    *(r"^h/(?P<{}>[a-z0-9]+)$", r"^(?P<a>x)/(?P<{}>[^/]+)/$", r"^i/(?P<{}>[^/]+)(?<!x)$"),
)
_SCHEMES = (None, versioning.QueryParameterVersioning, versioning.HostNameVersioning)
_ANY = "ab1-_x ./%?#&=ü\u2028\"\\\n'😀~:@"


def hunted(seed: int, count: int) -> list[Any]:
    """Return which of `count` random lists is not DRF's, and how many were read as rows."""
    draw = Random(seed)
    Odd.objects.all().delete()
    Odd.objects.bulk_create(
        Odd(code="".join(draw.choices(_ANY, k=draw.randrange(4))), number=draw.randrange(-2, 99))
        for _ in range(200)
    )
    wrong, as_rows = [], 0
    for number in range(count):
        case = _random_case(Random(seed + number))
        case = replace(case, is_called=number % 3 == 0)
        theirs, _, _ = told_by(case, ())
        ours, _, way = told_by(case, (FastListMixin,))
        as_rows += way == "rows"
        if ours != theirs:
            wrong.append([number, str(theirs)[:1_000], str(ours)[:1_000]])
    return [wrong, as_rows]


def _random_case(draw: Random) -> Case:
    keyword = draw.choice(["pk", "code", "number"])
    routes = [one.format(keyword) for one in draw.sample(_ROUTES, draw.randrange(1, 4))]
    lookup = draw.choice(["pk", "code", "number"])
    usual = Odd.objects.filter(code__regex=r"^[-ab1_xü]+$", number__gte=0)
    rows = usual if draw.random() < 0.7 else Odd.objects.all()
    first = draw.randrange(1, 150)
    return Case(
        patterns=by_regex(*routes),
        serializer=lambda: linked(
            "id", of=Odd, url=itself(lookup_field=lookup, lookup_url_kwarg=keyword)
        ),
        rows=lambda: rows.filter(pk__gt=first)[:3],
        view={"versioning_class": draw.choice(_SCHEMES)},
        query=draw.choice([{}, {"version": "1"}, {"format": "json"}]),
    )
