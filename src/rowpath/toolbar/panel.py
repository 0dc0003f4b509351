"""The panel, which django-debug-toolbar makes anew for each request."""

from asyncio import get_running_loop
from collections.abc import Awaitable
from functools import cache
from pathlib import Path
from shlex import quote
from typing import Any

from debug_toolbar.panels import Panel
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine, Template
from django.utils.safestring import SafeString

from rowpath.explain.django.one_request import OneRequest, watch
from rowpath.explain.findings.one_answer import findings, often
from rowpath.explain.findings.same_values import findings as same_values
from rowpath.explain.messages import Observed
from rowpath.explain.trails import ViewClass
from rowpath.explain.values import Finding, Phase
from rowpath.report.explain.sentences import changed_lines, sentences, statements, where

_SOURCE = Path(__file__).parent / "panel.html"


class RowpathPanel(Panel):
    """Shows the phases and findings of the request that the toolbar is for, with DEBUG alone.

    Nothing of it is run: `rowpath explain` proves the changes.
    """

    title = "Rowpath"
    is_async = True
    _seen: OneRequest | None = None

    @property
    def enabled(self) -> bool:
        """Whether requests are watched: never in production."""
        return bool(settings.DEBUG and super().enabled)

    @property
    def nav_subtitle(self) -> str:
        """The number of findings, for the side bar."""
        found = self.get_stats().get("findings")
        if found is None:
            return "not watched"
        return f"{len(found)} finding{'' if len(found) == 1 else 's'}"

    @property
    def content(self) -> SafeString:
        """The panel as HTML."""
        return _template().render(Context(self.get_stats()))

    def process_request(self, request: HttpRequest) -> HttpResponse | Awaitable[HttpResponse]:
        """Answer the request, watched; what it returns is awaited where Django is asynchronous."""
        if _is_awaited():
            return self._answered(request)
        with watch().watching() as self._seen:
            response: HttpResponse = super().process_request(request)
        return response

    async def _answered(self, request: HttpRequest) -> HttpResponse:
        async with watch().watching_async() as self._seen:
            response: HttpResponse = await super().process_request(request)
        return response

    def generate_stats(self, request: HttpRequest, response: HttpResponse) -> None:
        """Keep what the panel shows, as plain values: the toolbar may write them as JSON."""
        del response
        seen = self._seen
        if seen is None or seen.observed is None:
            self.record_stats({"path": request.path, "findings": None})
            return
        found = findings_of(seen.observed, watch().view_of(request))
        self.record_stats(
            {
                "path": request.get_full_path(),
                "command": _command(request),
                "statements": len(seen.observed.statements),
                "phases": _shares(seen.phases),
                "findings": [_shown(finding, str(Path.cwd())) for finding in found],
            }
        )


def _is_awaited() -> bool:
    """Return whether a loop runs here; a middleware that is none's has a thread, under ASGI too."""
    try:
        get_running_loop()
    except RuntimeError:
        return False
    return True


def _command(request: HttpRequest) -> str:
    """Return what proves the changes, for a shell, whatever the path is."""
    how = "" if request.method == "GET" else f" --method {request.method} --data @FILE"
    return f"rowpath explain {quote(request.get_full_path())}{how}"


def findings_of(observed: Observed, view: ViewClass | None) -> list[Finding]:
    """Return what one answer tells of itself, what has most statements first."""
    loaded = [*findings(observed, view, lambda _: False), *often(observed)]
    again = same_values(observed, loaded)
    return sorted((*loaded, *again), key=lambda finding: -finding.statements)


def _shares(phases: tuple[Phase, ...]) -> list[dict[str, str]]:
    spent = sum(phase.duration_s for phase in phases) or 1.0
    return [
        {
            "name": phase.name,
            "ms": f"{phase.duration_s * 1000:.2f}",
            "share": f"{phase.duration_s / spent:.0%}",
        }
        for phase in phases
    ]


def _shown(finding: Finding, root: str) -> dict[str, Any]:
    return {
        "title": finding.title,
        "of": f"{finding.statements} of {finding.of_statements} statements",
        "place": where(finding, root),
        "statements": list(statements(finding)),
        "change": "\n".join(changed_lines(finding, root)),
        "sentences": list(sentences(finding)),
    }


@cache
def _template() -> Template:
    return Engine().from_string(_SOURCE.read_text(encoding="utf-8"))
