"""The page that links all there is to look at."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rowpath.lab.applications import App
from rowpath.lab.experiment import WHOLE_TABLE, Experiment, Group
from rowpath.lab.experiments import EXPERIMENTS
from rowpath.lab.packages import package_versions

PAGE = "/sql_debug_v2/"
"""Where the talk has the page that it looks into (2.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A variant as the page shows it; without a `url` it is no page of a browser's."""

    name: str
    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An experiment with the variants that this application answers."""

    experiment: Experiment
    links: tuple[Link, ...]


def start(request: HttpRequest) -> HttpResponse:
    """Answer the start page."""
    parts = [Part(experiment=each, links=tuple(_links(each))) for each in EXPERIMENTS]
    shown = [part for part in parts if part.links]
    return render(request, "start.html", {"page": PAGE, "parts": shown})


def _links(experiment: Experiment) -> Iterator[Link]:
    versions = package_versions()
    for group in experiment.groups:
        for variant in group.variants:
            if variant.app is App.DJANGO and variant.can_run(versions):
                url = f"{experiment.path(variant)}{_query(group)}"
                is_page = variant.asks.method == "GET"
                yield Link(name=variant.name, title=variant.title, url=url if is_page else "")


def _query(group: Group) -> str:
    return "" if group.sizes == (WHOLE_TABLE,) else f"?rows={group.sizes[0]}"
