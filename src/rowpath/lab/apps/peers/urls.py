"""Where each peer that is installed is answered, by the module that has its variant's name."""

from importlib import import_module

from django.urls import URLPattern, URLResolver, include, path

from rowpath.lab.applications import App
from rowpath.lab.apps.django import views
from rowpath.lab.apps.django.endpoints import endpoint
from rowpath.lab.experiment import Experiment, Variant
from rowpath.lab.experiments import EXPERIMENTS
from rowpath.lab.packages import package_versions


def peers(experiment: Experiment) -> URLResolver:
    """Return the paths of an experiment's variants that can run here."""
    installed = package_versions()
    variants = [
        peer(variant) for variant in experiment.answered_by(App.PEERS) if variant.can_run(installed)
    ]
    return path(f"{experiment.name}/", include(variants))


def peer(variant: Variant) -> URLPattern | URLResolver:
    """Return the path of a variant: its view's, or that of the router that its module calls api."""
    module = import_module(f"rowpath.lab.apps.peers.{variant.name}")
    if hasattr(module, "api"):
        return path("", module.api.urls)
    return endpoint(variant.name, getattr(module, variant.asks.code[0]))


urlpatterns = [
    path("", views.Index.as_view()),
    path("ready", views.Ready.as_view()),
    *(peers(one) for one in EXPERIMENTS if any(one.answered_by(App.PEERS))),
]
