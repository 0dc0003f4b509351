"""Where each peer that is installed is answered, by the module that has its variant's name."""

from importlib import import_module

from django.urls import URLPattern, URLResolver, path

from rowpath.lab.apps.django import views
from rowpath.lab.apps.django.endpoints import endpoint
from rowpath.lab.experiment import App, Experiment, Variant
from rowpath.lab.experiments import EXPERIMENTS
from rowpath.lab.packages import package_versions


def peer(experiment: Experiment, variant: Variant) -> URLPattern | URLResolver:
    """Return the path of a variant: its view's, or that of the router that its module calls api."""
    module = import_module(f"rowpath.lab.apps.peers.{variant.name}")
    if hasattr(module, "api"):
        return path(f"{experiment.name}/", module.api.urls)
    return endpoint(experiment.path(variant), getattr(module, variant.code[0]))


urlpatterns = [
    path("", views.Index.as_view()),
    path("ready", views.Ready.as_view()),
    *(
        peer(experiment, variant)
        for experiment in EXPERIMENTS
        for variant in experiment.answered_by(App.PEERS)
        if variant.can_run(package_versions())
    ),
]
