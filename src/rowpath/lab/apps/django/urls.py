"""Where each variant is answered: `/<experiment>/<variant>`, by the view that it names."""

from importlib import import_module

from django.urls import URLPattern, path

from rowpath.lab.apps.django import views
from rowpath.lab.apps.django.endpoints import endpoint
from rowpath.lab.experiment import App, Experiment, Variant
from rowpath.lab.experiments import EXPERIMENTS


def answered(experiment: Experiment, variant: Variant) -> URLPattern:
    """Return the path of a variant, with the first of its classes as the view."""
    module = f"rowpath.lab.apps.django.views_{experiment.name.replace('-', '_')}"
    return endpoint(experiment.path(variant), getattr(import_module(module), variant.code[0]))


urlpatterns = [
    path("", views.Index.as_view()),
    path("ready", views.Ready.as_view()),
    *(
        answered(experiment, variant)
        for experiment in EXPERIMENTS
        for variant in experiment.answered_by(App.DJANGO)
    ),
]
