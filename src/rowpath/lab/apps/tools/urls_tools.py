"""Where all is that can be looked at by hand: every variant, and the pages of both tools."""

from django.urls import include, path

from rowpath.lab.apps.django import urls, views
from rowpath.lab.apps.django.views_instruments import SQLDebugV2
from rowpath.lab.apps.tools.start import PAGE, start

urlpatterns = [
    path("", start),
    path(PAGE.removeprefix("/"), SQLDebugV2.as_view()),
    path("silk/", include("silk.urls", namespace="silk")),
    path("__debug__/", include("debug_toolbar.urls")),
    path("paths", views.Index.as_view()),
    *urls.urlpatterns[1:],
]
