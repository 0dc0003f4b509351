"""Each list at one URL, since links in pages name it: the header Way chooses DRF or rowpath."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import path

from fast.shop.views import VIEWS
from fast.shop.ways import fast


def _by_way(view: Any) -> Any:
    ways = {"drf": view.as_view(), "fast": fast(view).as_view()}

    def answer(request: HttpRequest) -> HttpResponseBase:
        return ways[request.headers["Way"]](request)

    return answer


urlpatterns = [path(f"{name}/", _by_way(view)) for name, view in VIEWS.items()]
