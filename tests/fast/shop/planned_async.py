"""Lists of adrf's views, with AsyncFastListMixin where their path says so, and of DRF's of them."""

from typing import Any

from adrf.viewsets import ViewSetMixin
from django.urls import path

from fast.shop.asynchronous import VIEWS, FastInFront, Plain
from rowpath.fast.drf import AsyncFastListMixin


class Getting(Plain):
    """Whose get() ends in adrf's."""

    async def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return await super().get(request, *args, **kwargs)


class Elsewhere(AsyncFastListMixin, Plain):
    """Whose alist() does not end in the mixin's."""

    async def alist(self, *_: Any, **__: Any) -> Any:
        raise AssertionError("it is not asked here")


def _path(route: str, view: Any, **actions: str) -> Any:
    given = (actions,) if issubclass(view, ViewSetMixin) else ()
    return path(route, view.as_view(*given))


urlpatterns = [
    *(_path(f"{name}/", view, get="alist") for name, view in VIEWS.items()),
    _path("fast/Plain/", type("Plain", (AsyncFastListMixin, Plain), {})),
    _path("fast/AsViewSet/", type("A", (AsyncFastListMixin, VIEWS["AsViewSet"]), {}), get="alist"),
    _path("fast/InFront/", FastInFront),
    _path("fast/OwnList/", type("OwnList", (AsyncFastListMixin, VIEWS["OwnList"]), {})),
    _path("fast/Elsewhere/", Elsewhere),
    _path("Getting/", Getting),
    _path("by-list/", VIEWS["AsViewSet"], get="list"),
]
