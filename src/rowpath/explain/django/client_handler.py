"""A patch of `django.test.client.ClientHandler`: what each request of a test's client sends."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Self

from django.apps import apps
from django.test.client import ClientHandler

from rowpath.capture.patching import Patch
from rowpath.explain.django import project, statements
from rowpath.explain.django.views import view_class
from rowpath.explain.messages import Observed
from rowpath.explain.recording.facts import Facts
from rowpath.explain.recording.frames import OwnCode
from rowpath.explain.recording.phase_clock import PhaseClock
from rowpath.explain.trails import ViewClass

METHODS: dict[type, tuple[str, ...]] = {ClientHandler: ("__call__",)}


def is_set_up() -> bool:
    """Return whether Django is set up, so that there are models and views to watch."""
    return apps.ready


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A request of a client's, with its query, the view that was called, and what was noted."""

    method: str
    path: str
    facts: Facts
    called: Any
    code: OwnCode

    @property
    def view(self) -> ViewClass | None:
        """The class that says what the request's view lists."""
        return None if self.called is None else view_class(self.called, self.code)

    def observed(self) -> Observed:
        """Return what was observed of it, made of what was noted."""
        return self.facts.observed()


class ClientWatch:
    """Watches what clients ask in this process, pytest-django's and DRF's among them.

    A context manager, in which the ORM is patched; nothing is recorded but during requests, so
    that what a test makes and reads by itself is its own matter. Django is set up before.
    """

    def __init__(self) -> None:
        self._recorder = project.recorder(knows_origins=False)
        self._patches = project.patches(self._recorder, PhaseClock())
        project.add_contenttypes(self._recorder, self._patches)
        project.add_drf(self._recorder, PhaseClock(), self._patches)
        self._record = statements.record_by(self._recorder)
        self._told: list[list[Watched]] = []
        self._view: Any = None
        self._handler = Patch(ClientHandler, {"__call__": self._call})
        self._patched = ExitStack()

    def __enter__(self) -> Self:
        """Patch the ORM once: each change of a class makes Python forget what it knows of it."""
        self._patched.enter_context(self._patches.recorded())
        self._patched.enter_context(self._handler.applied())
        return self

    def __exit__(self, *_: object) -> None:
        """Undo all patches."""
        self._patched.close()

    @contextmanager
    def requests(self) -> Iterator[list[Watched]]:
        """Yield a list that gets each request of the block; blocks may stand in one another."""
        watched: list[Watched] = []
        self._told.append(watched)
        try:
            yield watched
        finally:
            self._told = [told for told in self._told if told is not watched]

    def watched(self, ask: Callable[[], object]) -> Watched:
        """Return what a call sends, in requests and outside of them."""
        self._view = None
        with self._recorder.watching(None), statements.recorded(self._recorder):
            ask()
        return self._watched("", "", self._view)

    def _watched(self, method: str, path: str, called: Any) -> Watched:
        recorder = self._recorder
        return Watched(
            method=method, path=path, facts=recorder.facts(), called=called, code=recorder.code
        )

    def _call(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(handler: ClientHandler, environ: dict[str, Any]) -> Any:
            if not self._told and not self._recorder.is_watching:
                return original(handler, environ)
            if self._recorder.is_watching:  # a view that asks another, or a block that is measured
                response = original(handler, environ)
                self._view = _called(response)
                return response
            # One answer tells of relations alone whether they are loaded row by row.
            watching = self._recorder.watching(None, knows_lines=False)
            with watching, statements.wrapped(self._record):
                response = original(handler, environ)
            query = environ.get("QUERY_STRING")
            path = f"{environ['PATH_INFO']}{f'?{query}' if query else ''}"
            watched = self._watched(environ["REQUEST_METHOD"], path, _called(response))
            for told in self._told:
                told.append(watched)
            return response

        return call


def _called(response: Any) -> Any:
    """Return the view that made a response, None where none did."""
    request = getattr(response, "wsgi_request", None)
    return getattr(getattr(request, "resolver_match", None), "func", None)
