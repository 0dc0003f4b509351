"""Code of a project's around the function of DRF's Serializer that rowpath has its hook in."""

import copy
import inspect
import pickle
import threading
from collections.abc import Callable
from types import FunctionType
from typing import Any
from unittest import mock

from rest_framework import decorators, serializers, status
from rest_framework.generics import GenericAPIView, ListAPIView
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.test import APIRequestFactory
from rest_framework.viewsets import ModelViewSet, ReadOnlyModelViewSet

from fast.exact import exact, stand_in_a_module
from fast.shop.entries import asked, made_view
from fast.shop.models import Topic
from rowpath.fast.drf import FastListMixin, FastMixin, outcome_of
from rowpath.fast.drf.data import made

Represent = Callable[[Any, Any], Any]


class _Plain(serializers.ModelSerializer[Topic]):
    length = serializers.SerializerMethodField()

    class Meta:
        model = Topic
        fields = ("id", "name", "length")

    def get_length(self, topic: Topic) -> int:
        return len(topic.name) + self.context.get("more", 0)


def _copied(self: Any, topic: Topic) -> Any:
    twin = copy.copy(self)
    vars(twin)["_context"] = {"more": 1_000}
    return serializers.Serializer.to_representation(twin, topic)


def _deeply_copied(self: Any, topic: Topic) -> Any:
    return copy.deepcopy(self).to_representation_of_drf(topic)


def _named(self: Any, topic: Topic) -> Any:
    return serializers.Serializer.to_representation(self, instance=topic)


def _twice(self: Any, topic: Topic) -> Any:
    first = serializers.Serializer.to_representation(self, topic)
    return {**first, "again": serializers.Serializer.to_representation(self, topic)}


def _of_another(self: Any, topic: Topic) -> Any:
    other = _Plain(context={"more": 7})
    return [serializers.Serializer.to_representation(one, topic) for one in (other, self)]


def _of_another_row(self: Any, topic: Topic) -> Any:
    return serializers.Serializer.to_representation(self, Topic(id=3, name="x" * topic.pk))


def _of_no_serializer(_self: Any, topic: Topic) -> Any:
    class Slotted:
        __slots__ = ("_readable_fields",)

    slotted: Any = Slotted()
    slotted._readable_fields = [_Plain().fields["id"]]  # noqa: SLF001 - as DRF names it
    return serializers.Serializer.to_representation(slotted, topic)


def _under_a_patch(self: Any, topic: Topic) -> Any:
    drfs = serializers.Serializer.to_representation

    def patch(self: Any, instance: Any) -> Any:
        return {**drfs(self, instance), "patched": True}

    with mock.patch.object(serializers.Serializer, "to_representation", patch):
        inside = self.to_representation_of_drf(topic)
    return [inside, self.to_representation_of_drf(topic)]


def _with_a_class_changed(self: Any, topic: Topic) -> Any:
    before = type(self).Meta.fields
    type(self).Meta.fields = ("name",)
    try:
        return self.to_representation_of_drf(topic)
    finally:
        type(self).Meta.fields = before


def _with_a_field_less(self: Any, topic: Topic) -> Any:
    made = vars(self).get("fields")
    if made is not None and topic.pk % 2:
        made.fields.pop("length", None)
    return self.to_representation_of_drf(topic)


def _looking(self: Any, topic: Topic) -> Any:
    cls = type(self)
    bases = [one.__name__ for one in cls.__mro__]
    found = [name for name, _ in inspect.getmembers(cls, inspect.isfunction)]
    return [exact(self.to_representation_of_drf(topic)), bases, found, isinstance(self, _Plain)]


OWN: dict[str, Represent] = {
    one.__name__.strip("_"): one
    for one in (
        *(_copied, _deeply_copied, _named, _twice, _of_another, _of_another_row, _of_no_serializer),
        *(_under_a_patch, _with_a_class_changed, _with_a_field_less, _looking),
    )
}


def _made(own: Represent) -> type[_Plain]:
    class Made(_Plain):
        class Meta(_Plain.Meta):
            pass

        to_representation = own  # type: ignore[assignment] # any callable

        def to_representation_of_drf(self, topic: Topic) -> Any:
            return super().to_representation(topic)

    return Made


def around(of: str) -> dict[str, Any]:
    """Return what a to_representation() of the project's makes of DRF's, by DRF and by rowpath."""
    topics = list(Topic.objects.order_by("pk")[:4])
    serializer_class = _made(OWN[of])

    def told(mixins: tuple[type, ...]) -> Any:
        return exact(asked(made_view("list", mixins, serializer_class, topics)).data)

    return {"theirs": told(()), "ours": told((FastListMixin,))}


class _Within(serializers.ModelSerializer[Topic]):
    one = _made(_twice)(source="*")
    more = serializers.SerializerMethodField()

    class Meta:
        model = Topic
        fields = ("id", "one", "more")

    def get_more(self, topic: Topic) -> Any:
        return _made(_named)([topic, topic], many=True, context=self.context).data


class _All(ModelViewSet[Topic]):
    queryset = Topic.objects.order_by("pk")
    serializer_class = _Within

    def get_serializer_class(self) -> Any:
        return _Plain if self.action in ("create", "update") else _Within

    @decorators.action(detail=False)
    def some(self, _request: Any) -> Response:
        return Response(self.get_serializer(self.queryset.all()[:2], many=True).data)


class _AllFast(FastMixin, _All):
    pass


def entered(method: str, action: str, *, pk: int | None = None, data: Any = None) -> Any:
    """Return what a view's action answers, by DRF alone and with FastMixin."""
    told = []
    for view in (_All, _AllFast):
        request = getattr(APIRequestFactory(), method)("/", data, format="json")
        said = {} if pk is None else {"pk": pk}
        response = view.as_view({method: action})(request, **said)
        made = response.data
        if response.status_code == status.HTTP_201_CREATED:
            Topic.objects.filter(pk=made["id"]).delete()
            made = {**made, "id": 0}
        told.append([response.status_code, exact(made)])
    return told


def retrieved_by_rowpath() -> bool:
    """Whether rowpath represented what a view with FastMixin retrieves."""
    made = _AllFast.as_view({"get": "retrieve"})(APIRequestFactory().get("/"), pk=1).data
    represent = vars(made.serializer)["_rowpath_mark"].made
    return isinstance(represent, FunctionType) and represent.__module__.startswith("rowpath.")


def routes() -> list[list[str]]:
    """Return the routes of a view that only retrieves and lists, without FastMixin and with."""

    class One(ReadOnlyModelViewSet[Topic]):
        queryset = Topic.objects.all()

    class OneFast(FastMixin, One):
        pass

    told = []
    for view in (One, OneFast):
        router = SimpleRouter()
        router.register("one", view, "one")
        told.append([str(one.pattern) for one in router.urls])
    return told


def as_drf_has_them() -> bool:
    """Whether a view with FastMixin has the get_serializer() that tools know of DRF."""
    return _AllFast.get_serializer == GenericAPIView.get_serializer


class _Looking(serializers.ModelSerializer[Topic]):
    class Meta:
        model = Topic
        fields = ("id", "name")

    def to_representation(self, instance: Any) -> Any:
        names = [name for name, one in self.fields.items() if not one.read_only]
        return {**super().to_representation(instance), "names": names}


class _LookingAround(_Looking):
    inner = _Looking(source="*")

    class Meta(_Looking.Meta):
        fields = ("id", "inner")


class _LookingFarAround(_LookingAround):
    inner = _LookingAround(source="*")


def looked_at_anew() -> list[int]:
    """Return how often members are made for a few rows and for many, three serializers deep."""
    topics = list(Topic.objects.order_by("pk")[:4])
    view = made_view("list", (FastListMixin,), _LookingFarAround, [])
    told = []
    for rows in (topics, topics * 25):
        view.get_queryset = lambda _, rows=rows: rows
        with mock.patch.object(made, "member_of", wraps=made.member_of) as called:
            asked(view)
        told.append(called.call_count)
    return told


def changed_in_place() -> list[list[str]]:
    """Return the names that are represented before and after a list in Meta has become longer."""

    class Made(serializers.ModelSerializer[Topic]):
        class Meta:
            model = Topic
            fields = ["id"]  # noqa: RUF012 - a list, as projects write it

    stand_in_a_module(Made)
    topics = list(Topic.objects.order_by("pk")[:2])
    view = made_view("list", (FastListMixin,), Made, topics)
    told = [[*asked(view).data[0]]]
    Made.Meta.fields.append("name")
    return [*told, [*asked(view).data[0]]]


def shared_by_threads() -> list[bool]:
    """Return whether each of some threads has DRF's data of the serializer that they share."""
    topics = list(Topic.objects.order_by("pk")[:4]) * 50
    expected = exact(_Plain(topics, many=True).data)
    view = made_view("list", (FastMixin,), _Plain, topics)()
    view.request, view.format_kwarg = None, None
    shared = view.get_serializer(topics, many=True)
    told: list[bool] = []

    def make() -> None:
        made = shared.to_representation(topics)
        told.append(exact(made)[1:] == expected[1:])

    threads = [threading.Thread(target=make) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return told


def pickled() -> list[Any]:
    """Return what a marked serializer is after pickling, and the data it makes then."""
    view = made_view("list", (FastMixin,), _Plain, [])()
    view.get_serializer_context = dict
    topic = Topic.objects.order_by("pk")[0]
    serializer = view.get_serializer(topic)
    again = pickle.loads(pickle.dumps(serializer))  # noqa: S301 - it is our own
    return [
        *(value for name, value in vars(again).items() if name.startswith("_rowpath")),
        exact(again.data) == exact(_Plain(topic).data),
    ]


def told_of_the_function() -> list[Any]:
    """Return what DRF's own function says of itself, with the hook in its place."""
    function = serializers.Serializer.to_representation
    return [
        *(function.__name__, function.__qualname__, function.__module__),
        str(inspect.signature(function)),
        "ret = {}" in inspect.getsource(function),
    ]


def patched_for_a_while() -> list[Any]:
    """Return the way of a list's data before, under and after a patch of DRF's function."""
    topics = list(Topic.objects.order_by("pk")[:2])
    view: Any = type(
        "View",
        (FastListMixin, ListAPIView[Any]),
        {"serializer_class": _Plain, "get_queryset": lambda _: topics},
    )

    def way() -> list[Any]:
        response = asked(view)
        outcome = outcome_of(response)
        return [outcome and outcome.way, [len(row) for row in response.data]]

    drfs = serializers.Serializer.to_representation

    def patch(self: Any, instance: Any) -> Any:
        return {**drfs(self, instance), "patched": True}

    told = [way()]
    with mock.patch.object(serializers.Serializer, "to_representation", patch):
        told.append(way())
    return [*told, way()]
