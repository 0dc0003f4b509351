"""Where the variants are answered that are measured with an instrument, and its own pages."""

from django.apps import apps
from django.conf import settings
from django.urls import include, path

from rowpath.lab.applications import App
from rowpath.lab.apps.django import views
from rowpath.lab.apps.django.urls import answered
from rowpath.lab.experiments import EXPERIMENTS

_APP = App(settings.ROWPATH_APP)

urlpatterns = [
    path("", views.Index.as_view()),
    path("ready", views.Ready.as_view()),
    *(answered(one, _APP) for one in EXPERIMENTS if any(one.answered_by(_APP))),
]
if apps.is_installed("debug_toolbar"):
    # It draws its panels for each request, with links to them.
    urlpatterns += [path("__debug__/", include("debug_toolbar.urls"))]
