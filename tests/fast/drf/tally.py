"""What the compared requests were, and how they were answered."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from rest_framework.generics import ListAPIView
from rest_framework.relations import ManyRelatedField
from rest_framework.serializers import BaseSerializer, ListSerializer

from fast.drf.comparing import Compared
from fast.drf.running import meta_of

Model: TypeAlias = type[models.Model]

# What is called in a view's source, the bases of what it makes, and its filters.
_CALLS = re.compile(
    r"(?:[.(,= ](\w+)\()|(?:\((\w+),\))|(nulls_last|nulls_first|[A-Z]\w+Filter(?:Backend)?)"
)


@dataclass(slots=True)
class Tally:
    """Counts by path, by the reason of a fallback, and by what fast answers were made of."""

    paths: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    unmade: Counter[str] = field(default_factory=Counter)
    data: Counter[str] = field(default_factory=Counter)
    by_django: Counter[str] = field(default_factory=Counter)
    passed_on: Counter[str] = field(default_factory=Counter)
    made: Counter[str] = field(default_factory=Counter)
    awaited: Counter[str] = field(default_factory=Counter)

    def add(
        self, view_class: type[ListAPIView[Any]], source: str, options: set[str], compared: Compared
    ) -> None:
        """Count one request of a view."""
        self.paths[compared.path] += 1
        self.data[compared.data] += 1
        self.by_django[compared.by_django] += 1
        self.passed_on[compared.passed_on] += 1
        if compared.reason:
            self.reasons[re.sub(r"^[^ ]+: ", "", compared.reason)[:80]] += 1
        if compared.path in ("compiled", "portable", "streamed") and compared.answer.rows():
            self.kinds.update(options | kinds(view_class, source))

    def summary(self) -> dict[str, Any]:
        """Return everything as JSON has it."""
        return {
            "paths": dict(self.paths),
            "reasons": dict(self.reasons.most_common(40)),
            "kinds": dict(self.kinds),
            "unmade": dict(self.unmade),
            "data": dict(self.data),
            "by_django": dict(self.by_django),
            "passed_on": dict(self.passed_on),
            "made": dict(self.made),
            "awaited": dict(self.awaited),
        }


def kinds(view_class: type[ListAPIView[Any]], source: str) -> set[str]:
    """Return the names of everything that a view is made of."""
    made: Any = view_class.serializer_class
    queryset: Any = view_class.queryset
    called = {name for names in _CALLS.findall(source) for name in names if name}
    return called | {*_fields(made(), queryset.model)}


def _fields(serializer: BaseSerializer[Any], model: Model) -> Iterator[str]:
    for one in getattr(serializer, "_readable_fields", ()):
        name, way = type(one).__name__, one.source_attrs
        if isinstance(one, ListSerializer):
            child: Any = one.child
            yield "list of serializers"
            yield from _fields(child, _end(model, way))
            continue
        if isinstance(one, ManyRelatedField):
            yield f"list of {type(one.child_relation).__name__}"
            continue
        if isinstance(one, BaseSerializer):
            yield "nested serializer"
            yield from _fields(one, _end(model, way))
            continue
        yield name
        yield f"{name} of {_column(_end(model, way[:-1]), way[-1])}"
        if len(way) > 1:
            yield "dotted source"


def _end(model: Model, way: list[str]) -> Model:
    for name in (attribute.removesuffix("_kept") for attribute in way):  # as Prefetch(to_attr=)
        related: Any = meta_of(model).get_field(name).related_model
        model = related
    return model


def _column(model: Model, name: str) -> str:
    *way, last = name.split("__")
    try:
        meta = meta_of(_end(model, way))
        return type(meta.pk if last == "pk" else meta.get_field(last)).__name__
    except FieldDoesNotExist:
        return "annotation"
