"""Where each variant is answered: `/<experiment>/<variant>`, by the view that it names.

Each experiment has its paths behind a prefix, so that none is searched for longer than another.
"""

from importlib import import_module

from django.urls import URLResolver, include, path

from rowpath.lab.applications import App
from rowpath.lab.apps.django import views
from rowpath.lab.apps.django.endpoints import endpoint
from rowpath.lab.experiment import Experiment
from rowpath.lab.experiments import EXPERIMENTS


def answered(experiment: Experiment, app: App = App.DJANGO) -> URLResolver:
    """Return the paths of an app's variants, each with the first of its classes as view."""
    module = import_module(f"rowpath.lab.apps.django.views_{experiment.name.replace('-', '_')}")
    variants = [
        endpoint(variant.name, getattr(module, variant.asks.code[0]))
        for variant in experiment.answered_by(app)
    ]
    return path(f"{experiment.name}/", include(variants))


urlpatterns = [
    path("", views.Index.as_view()),
    path("ready", views.Ready.as_view()),
    *(answered(one) for one in EXPERIMENTS if any(one.answered_by(App.DJANGO))),
]
