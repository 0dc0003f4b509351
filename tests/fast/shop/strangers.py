"""The URLs of a project as strangers have them: decorated, for users, with much in the way."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar

from django.db import models
from django.db.models import FloatField, Value
from django.dispatch import receiver
from django.urls import include, path, re_path
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from rest_framework import serializers
from rest_framework.decorators import action, api_view
from rest_framework.filters import SearchFilter
from rest_framework.generics import GenericAPIView, ListAPIView, RetrieveAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import BrowsableAPIRenderer, JSONRenderer, TemplateHTMLRenderer
from rest_framework.response import Response
from rest_framework.routers import DefaultRouter
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.urlpatterns import format_suffix_patterns
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet, ModelViewSet, ReadOnlyModelViewSet

from fast.shop.models import Note
from fast.shop.views import NOTES, Flat, FlatFields
from fast.shop.ways import fast
from rowpath.fast.drf import FastListMixin


def documented(**methods: Callable[[Any], Any]) -> Callable[[type], type]:
    """Decorate methods of a class, its own or inherited, as drf-spectacular does."""

    def decorate(view: type) -> type:
        for name, decorator in methods.items():
            setattr(view, name, decorator(_isolated(getattr(view, name))))
        return view

    return decorate


def _isolated(method: Any) -> Any:
    @wraps(method)
    def wrapped_method(self: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
        return method(self, request, *args, **kwargs)

    return wrapped_method


def summarised(method: Any) -> Any:
    method.summary = "All notes."
    return method


def counting(method: Any) -> Any:
    """Decorate what is called with a request: tell how many rows it answers."""

    @wraps(method)
    def counted(*args: Any, **kwargs: Any) -> Any:
        response = method(*args, **kwargs)
        response["Rows"] = len(response.data)
        return response

    return counted


@documented(list=summarised)
class Documented(ReadOnlyModelViewSet):
    queryset = NOTES
    serializer_class = FlatFields


@documented(list=summarised)
class DocumentedFast(FastListMixin, ReadOnlyModelViewSet):
    queryset = NOTES
    serializer_class = FlatFields


@documented(get=summarised)
@method_decorator(never_cache, name="get")
class Uncached(Flat):
    """A list whose get() is wrapped, and wrapped again."""


@method_decorator(never_cache, name="list")
class UncachedList(Flat):
    pass


@method_decorator(counting, name="list")
class Counted(Flat):
    pass


class Tagging:
    """A package's mixin, whose list() ends in the view's own."""

    def list(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().list(request, *args, **kwargs)
        response["Tagged"] = "yes"
        return response


class Tagged(Tagging, Flat):
    def list(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        kwargs.pop("unused", None)
        return super().list(request, *args, **kwargs)


class InEnvelope(Flat):
    def list(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().list(request, *args, **kwargs)
        response.data = {"notes": response.data}
        return response


class Rewritten(Flat):
    def list(self, request: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ARG002 - DRF's words
        return Response([{"id": note.pk} for note in self.get_queryset()])


class OfUser(ListAPIView):
    serializer_class = FlatFields
    permission_classes = (IsAuthenticated,)

    def get_queryset(self) -> Any:
        user: Any = self.request.user
        return NOTES.filter(owner=user.pk)


class InSession(ListAPIView):
    """As a view by Django's own session and user."""

    serializer_class = FlatFields

    def get_queryset(self) -> Any:
        request = self.request._request  # noqa: SLF001 - what middleware prepares
        request.session["asked"] = True
        return NOTES.filter(owner=request.session["_auth_user_id"], topic=request.user.pk)


class NoneForNobody(ListAPIView):
    serializer_class = FlatFields
    permission_classes = (IsAuthenticated,)

    def get_queryset(self) -> Any:
        return NOTES if self.request.user else NOTES.none()


class OfOwner(ListAPIView):
    serializer_class = FlatFields

    def get_queryset(self) -> Any:
        assert isinstance(self.kwargs["owner"], self.kwargs["kind"])
        return NOTES.filter(owner=self.kwargs["owner"])


class OfTopic(ListAPIView):
    serializer_class = FlatFields

    def get_queryset(self) -> Any:
        return NOTES.filter(topic=self.request.query_params["topic"])


class OfTenant(ListAPIView):
    serializer_class = FlatFields

    def get_queryset(self) -> Any:
        return NOTES.filter(owner=self.request.tenant)


class OfBasket(ListAPIView):
    serializer_class = FlatFields

    def get_queryset(self) -> Any:
        return NOTES.filter(topic=self.request.session["basket"])


class Restricting(Flat):
    """As projects do it: what may be seen is said before the list is asked for."""

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.topic = 1

    def get_queryset(self) -> Any:
        return NOTES.filter(topic=self.topic)


class Once(SimpleRateThrottle):
    rate = "1/day"

    def get_cache_key(self, *_: Any) -> str:
        raise AssertionError("a forecast is counted by no throttle")


class Throttled(Flat):
    throttle_classes = (Once,)


class OwnJson(JSONRenderer):
    def render(self, *args: Any, **kwargs: Any) -> Any:
        return super().render(*args, **kwargs)


class Vendors(JSONRenderer):
    media_type = "application/vnd.shop+json"


class Csv(JSONRenderer):
    media_type = "text/csv"


class Html(Flat):
    renderer_classes = (TemplateHTMLRenderer,)
    template_name = "none.html"


class SlowChoice(serializers.ChoiceField):
    def to_representation(self, value: Any) -> Any:
        return super().to_representation(value)


class ChoiceField(serializers.ChoiceField):
    """The project's own, which has DRF's name."""


class Inner(serializers.ModelSerializer):
    y = serializers.SerializerMethodField()

    class Meta:
        model = Note.topic.field.related_model
        fields = ("id", "y", "name")

    def get_y(self, _: Any) -> int:
        return 1


class Shouting(serializers.ModelSerializer):
    def to_representation(self, instance: Any) -> Any:
        return super().to_representation(instance)


class Blocked(Shouting):
    x: Any = serializers.SerializerMethodField()
    slow = SlowChoice(source="text", choices=["a"])
    chosen = ChoiceField(source="text", choices=[1])
    whole = serializers.CharField(source="*")
    topic = Inner()

    class Meta:
        model = Note
        fields = ("id", "x", "slow", "chosen", "whole", "topic")

    def get_x(self, _: Any) -> int:
        return 1


class Tracking(models.Model):
    """A package's model that remembers what its instances were."""

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = dict(vars(self))


class Tracked(Tracking):
    text = models.CharField(max_length=50)

    class Meta:
        managed = False
        db_table = "shop_note"
        app_label = "strangers"


@receiver(models.signals.post_init, sender=Tracked)
def shout(instance: Any, **_: Any) -> None:
    instance.text = instance.text.upper()


class TrackedList(ListAPIView):
    queryset = Tracked.objects.all()
    serializer_class = type(
        "TrackedFields", (serializers.Serializer,), {"text": serializers.CharField()}
    )


class OwnPages(PageNumberPagination):
    page_size = 3

    def paginate_queryset(self, *args: Any, **kwargs: Any) -> Any:
        return super().paginate_queryset(*args, **kwargs)


class ManyBlockers(Flat):
    renderer_classes = (OwnJson,)
    pagination_class = OwnPages
    queryset = NOTES.prefetch_related("home").extra(select={"z": "1"})
    serializer_class: Any = Blocked


class WithMethod(serializers.ModelSerializer):
    x = serializers.SerializerMethodField()

    class Meta:
        model = Note
        fields = ("id", "x")

    def get_x(self, _: Any) -> int:
        return 1


class OfOwnerWithMethod(OfOwner):
    serializer_class: Any = WithMethod


class NotANumber(Flat):
    queryset = NOTES.annotate(nan=Value(float("nan"), FloatField()))
    serializer_class: Any = type(
        "NanFields", (serializers.Serializer,), {"nan": serializers.FloatField()}
    )


class WithActions(ReadOnlyModelViewSet):
    queryset = NOTES
    serializer_class = FlatFields

    @action(detail=False)
    def recent(self, _request: Any) -> Response:
        return Response(self.get_serializer(NOTES[:3], many=True).data)

    @action(detail=False)
    def how_many(self, _request: Any) -> Response:
        return Response({"notes": NOTES.count()})


class ByHand(APIView):
    def get(self, _request: Any) -> Response:
        return Response(FlatFields(NOTES, many=True).data)


class NoList(APIView):
    def get(self, _request: Any) -> Response:
        return Response({"many": "data"})


class GetByHand(Flat):
    def get(self, _request: Any) -> Response:
        page = self.paginate_queryset(NOTES)
        return Response([] if page is None else page)


class GetsList(ListModelMixin, GenericAPIView):
    queryset = NOTES
    serializer_class = FlatFields

    def get(self, request: Any) -> Any:
        return self.list(request)


class One(RetrieveAPIView):
    queryset = NOTES
    serializer_class = FlatFields


class OwnList(GenericViewSet):
    queryset = NOTES
    serializer_class = FlatFields

    def list(self, _request: Any) -> Response:
        return Response(FlatFields(NOTES, many=True).data)


@api_view(["GET"])
def by_function(_request: Any) -> Response:
    return Response(FlatFields(NOTES, many=True).data)


class Refuses(type):
    def __call__(cls, *_: Any, **__: Any) -> Any:
        raise RuntimeError("it has no instances today")


class NotDerived(Flat):
    def __init_subclass__(cls) -> None:
        raise RuntimeError("it has no heirs")


def _raise(*_: Any, **__: Any) -> Any:
    raise RuntimeError("not today")


class BadFilter(SearchFilter):
    filter_queryset = _raise


class BadSerializer(FlatFields):
    __init__ = _raise


class BadFields(serializers.ModelSerializer):
    class Meta:
        model = Note
        fields = ("id", "nowhere")


class BadSize(PageNumberPagination):
    get_page_size = _raise


class BadTextError(Exception):
    def __str__(self) -> str:
        return "many\nlines, é\n"


class SilentError(Exception):
    __str__ = _raise


class Silent(Flat):
    def get_queryset(self) -> Any:
        raise SilentError


class Unspeakable(Flat):
    def get_queryset(self) -> Any:
        raise BadTextError


def raising(**attributes: Any) -> Any:
    return type("Bad", (Flat,), attributes)


BAD: dict[str, Any] = {
    "init": raising(__init__=_raise),
    "class": Refuses("Refused", (Flat,), {}),
    "derived": NotDerived,
    "setup": raising(setup=_raise),
    "request": raising(initialize_request=_raise),
    "renderers": raising(get_renderers=_raise),
    "negotiation": raising(perform_content_negotiation=_raise),
    "suffix": raising(get_format_suffix=_raise),
    "initial": raising(initial=_raise, get_queryset=lambda view: NOTES.filter(topic=view.topic)),
    "queryset": raising(get_queryset=_raise),
    "filter": raising(filter_backends=[BadFilter]),
    "paginator": raising(paginator=property(_raise)),
    "size": raising(pagination_class=BadSize),
    "class-of-serializer": raising(get_serializer_class=_raise),
    "serializer": raising(get_serializer=_raise),
    "context": raising(get_serializer_context=_raise),
    "serializer-init": raising(serializer_class=BadSerializer),
    "fields": raising(serializer_class=BadFields),
    "text": Unspeakable,
    "silent": Silent,
    "list": raising(get_queryset=lambda _: [1, 2]),
    "nothing": raising(get_queryset=lambda _: None),
}

router = DefaultRouter()
router.register("documented", Documented, basename="documented")
router.register("documented-fast", DocumentedFast, basename="documented-fast")
router.register("actions", WithActions, basename="actions")
router.register("own-list", OwnList, basename="own-list")


class Kinds(Flat):
    renderer_classes: ClassVar = [BrowsableAPIRenderer, JSONRenderer]


class OfOwnerFromTheStart(OfOwnerWithMethod):
    """A view that looks for its parameter before its queryset does, or anything else."""

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        self.owner = kwargs["owner"]
        super().initial(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        return NOTES


class Cloning(ModelViewSet):
    """A list that GET does not reach."""

    queryset = NOTES
    serializer_class = FlatFields
    http_method_names: ClassVar = ["post"]


urlpatterns = [
    path("routed/", include(router.urls)),
    path("cloning/", Cloning.as_view({"get": "list", "post": "create"})),
    path("from-the-start/<int:owner>/", OfOwnerFromTheStart.as_view(), {"kind": int}),
    path("uncached/", Uncached.as_view()),
    path("uncached-list/", UncachedList.as_view()),
    path("counted/", Counted.as_view()),
    path("tagged/", Tagged.as_view()),
    path("tagged-fast/", fast(Tagged).as_view()),
    path("in-envelope/", InEnvelope.as_view()),
    path("rewritten/", Rewritten.as_view()),
    path("of-user/", OfUser.as_view()),
    path("in-session/", InSession.as_view()),
    path("none-for-nobody/", NoneForNobody.as_view()),
    path("of/<int:owner>/", OfOwner.as_view(), {"kind": int}),
    re_path(r"^of-as-text/(?P<owner>[^/]+)/$", OfOwner.as_view(), {"kind": str}),
    path("of-with-method/<int:owner>/", OfOwnerWithMethod.as_view(), {"kind": int}),
    path("of-topic/", OfTopic.as_view()),
    path("of-tenant/", OfTenant.as_view()),
    path("of-basket/", OfBasket.as_view()),
    path("restricting/", Restricting.as_view()),
    path("throttled/", Throttled.as_view()),
    path("own-json/", fast(type("View", (Flat,), {"renderer_classes": [OwnJson]})).as_view()),
    path("vendors/", type("View", (Flat,), {"renderer_classes": [Vendors]}).as_view()),
    path("csv/", type("View", (Flat,), {"renderer_classes": [Csv]}).as_view()),
    path("kinds/", Kinds.as_view()),
    path("html/", Html.as_view()),
    path("many-blockers/", ManyBlockers.as_view()),
    path("tracked/", TrackedList.as_view()),
    path("method-1/", type("View", (Flat,), {"serializer_class": WithMethod}).as_view()),
    path("method-2/", type("View", (Flat,), {"serializer_class": WithMethod}).as_view()),
    path("not-a-number/", NotANumber.as_view()),
    path("by-hand/", ByHand.as_view()),
    path("no-list/", NoList.as_view()),
    path("get-by-hand/", GetByHand.as_view()),
    path("gets-list/", GetsList.as_view()),
    path("one/<int:pk>/", One.as_view()),
    path("by-function/", by_function),
    re_path(r"^café/(?:v1/)?[^/]+/(\d+)\.json/?$", Flat.as_view()),
    *format_suffix_patterns([path("suffixed", Flat.as_view())]),
    path("bad/", include([path(f"{name}/", view.as_view()) for name, view in BAD.items()])),
]
