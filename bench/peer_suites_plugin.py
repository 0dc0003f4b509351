"""A pytest plugin: rowpath's classes in the bases of what a suite writes, and what came of it.

FastListMixin is put into every list view, FastSerializer into every serializer.
`bench/peer_suites.py` loads it into the suites of others. The environment says what to do:
PEER_SUITES_MODE is `plain` (nothing), `mixin`, `marked`, where every serializer is as if
FastMixin's get_serializer() had made it instead, `everywhere`, where each list is tried behind
DRF's answer and its views are as they are, or `compare`, which is `mixin` and also has DRF answer
each list that was answered fast, and make data of each row, and compares the two;
PEER_SUITES_RESULT is the file that is written.
"""

import builtins
import functools
import json
import logging
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

_OUTCOMES = {"passed": 0, "skipped": 1, "failed": 2}


class Recorder:
    """What is recorded while the suite runs, and written at its end."""

    def __init__(self, mode: str, result: Path) -> None:
        self._mode = mode
        self._result = result
        self._patches = ExitStack()
        self._tests: dict[str, str] = {}
        self._lists: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()
        self._errors: dict[str, str] = {}
        self._uncollected: dict[str, str] = {}
        self._differences: list[str] = []
        self._test = ""

    def pytest_configure(self) -> None:
        """Patch what the mode asks for; Django's settings need not be there yet."""
        if self._mode in ("mixin", "compare"):
            self._patches.enter_context(_bases_first(self._wrap, self._wrap_serializer))
        elif self._mode == "marked":
            self._patches.enter_context(_bases_first(self._wrap))

    def pytest_collection_finish(self) -> None:
        """Mark each serializer, or try each list, from now on, if the mode asks for it."""
        if self._mode == "marked":
            self._mark_serializers()
        elif self._mode == "everywhere":
            self._try_lists()

    def pytest_unconfigure(self) -> None:
        """Undo the patches and write what was recorded."""
        self._patches.close()
        written = {
            "tests": self._tests,
            "lists": self._lists,
            "reasons": self._reasons,
            "errors": self._errors,
            "uncollected": self._uncollected,
            "differences": self._differences,
        }
        self._result.write_text(json.dumps(written))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Record what cannot be imported."""
        if report.failed:
            self._uncollected[report.nodeid] = report.longreprtext.splitlines()[-1]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Record a test's worst outcome of its set-up, its call, its subtests and its tear-down."""
        known = self._tests.get(report.nodeid, "passed")
        self._tests[report.nodeid] = max(known, report.outcome, key=_OUTCOMES.__getitem__)
        if report.failed:
            self._errors.setdefault(report.nodeid, report.longreprtext.splitlines()[-1])

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Record which test asks from now on."""
        self._test = item.nodeid

    def _wrap(self, mixin: type) -> None:
        """Have `list` of the mixin tell how it answered, and if asked compare it with DRF's."""
        from rest_framework.mixins import ListModelMixin

        from rowpath.fast.drf import outcome_of

        answer: Callable[..., Any] = vars(mixin)["list"]

        @functools.wraps(answer)  # its docstring too: what reads it must find the mixin's
        def list_(view: Any, request: Any, *args: Any, **kwargs: Any) -> Any:
            response = answer(view, request, *args, **kwargs)
            outcome = outcome_of(response)
            if outcome is None:
                raise AssertionError(f"{type(view).__name__} does not tell how it was answered")
            self._lists[outcome.path or outcome.way or "drf"] += 1
            if outcome.reason is not None:
                self._reasons[outcome.reason.reason] += 1
            if outcome.way in ("rows", "instances") and self._mode == "compare":
                theirs = ListModelMixin.list(view, request, *args, **kwargs)
                response.add_post_render_callback(lambda ours: self._compare(ours, theirs))
            return response

        mixin.list = list_  # type: ignore[attr-defined]

    def _wrap_serializer(self, base: type) -> None:
        """Count the rows that FastSerializer represents, and if asked compare them with DRF's."""
        from rest_framework.serializers import Serializer

        represent: Callable[..., Any] = vars(base)["to_representation"]

        def to_representation(serializer: Any, instance: Any) -> Any:
            data = represent(serializer, instance)
            kept = vars(serializer).get("_rowpath_represent")
            if kept is not None and kept.__module__.startswith("rowpath."):
                self._lists["rows"] += 1
                if self._mode == "compare":
                    theirs = Serializer.to_representation(serializer, instance)
                    if difference := first_difference(data, theirs):
                        self._differences.append(f"{self._test}: data of a row{difference}")
            return data

        base.to_representation = to_representation  # type: ignore[attr-defined]

    def _mark_serializers(self) -> None:
        """Have rowpath represent the rows of each serializer, and count them."""
        from rest_framework.serializers import BaseSerializer

        from rowpath.fast.drf.data import hook, without_base

        begin: Callable[..., None] = vars(BaseSerializer)["__init__"]
        represent: Callable[..., Any] = vars(hook.Mark)["represent"]

        def init(serializer: Any, *args: Any, **kwargs: Any) -> None:
            begin(serializer, *args, **kwargs)
            without_base.stand_in(serializer)

        def counted(mark: Any, serializer: Any, row: Any) -> Any:
            data = represent(mark, serializer, row)
            self._lists["rows"] += getattr(mark.made, "__module__", "").startswith("rowpath.")
            return data

        BaseSerializer.__init__ = init  # type: ignore[assignment,method-assign]
        hook.Mark.represent = counted  # type: ignore[assignment,method-assign]

    def _try_lists(self) -> None:
        """Have each list tried behind DRF's answer, and record what is found."""
        from django.conf import settings

        from rowpath.fast.drf import everywhere

        settings.ROWPATH = {"everywhere": "shadow"}
        everywhere.install()
        log = logging.getLogger("rowpath.fast")
        log.setLevel(logging.DEBUG)
        log.addFilter(self._tried)

    def _tried(self, record: logging.LogRecord) -> bool:
        told = record.getMessage()
        self._lists["tried"] += "with the same bytes as DRF's" in told
        if record.levelno >= logging.ERROR:
            self._differences.append(f"{self._test}: {told}")
        elif record.levelno >= logging.WARNING:
            self._reasons[told] += 1
        return True

    def _compare(self, ours: Any, theirs: Any) -> None:
        """Render DRF's answer as `ours` was, and record whatever differs."""
        for name in ("accepted_renderer", "accepted_media_type", "renderer_context"):
            setattr(theirs, name, getattr(ours, name))
        theirs.render()
        pairs = {
            "status": (ours.status_code, theirs.status_code),
            "content type": (ours["Content-Type"], theirs["Content-Type"]),
            "body": (ours.content, theirs.content),
            "data": (ours.data, theirs.data),
        }
        for what, (here, there) in pairs.items():
            if difference := first_difference(here, there):
                self._differences.append(f"{self._test}: {what}{difference}")


def first_difference(ours: Any, theirs: Any) -> str | None:
    """Return where the two first differ in a type or a value, as text; None if they are equal."""
    if type(ours) is not type(theirs):
        return f": a {type(ours).__name__} by rowpath, a {type(theirs).__name__} by DRF"
    if isinstance(ours, dict) and [*ours] == [*theirs]:
        return _first_within(ours, theirs, ours)
    if isinstance(ours, list) and len(ours) == len(theirs):
        return _first_within(ours, theirs, range(len(ours)))
    return None if ours == theirs else f": {ours!r:.80} by rowpath, {theirs!r:.80} by DRF"


def _first_within(ours: Any, theirs: Any, keys: Iterable[Any]) -> str | None:
    for key in keys:
        if difference := first_difference(ours[key], theirs[key]):
            return f"[{key!r}]{difference}"
    return None


@contextmanager
def _bases_first(*when_imported: Callable[[type], None]) -> Iterator[None]:
    """Have each `class` statement of a list view or serializer name rowpath's base first.

    Not those of DRF itself, nor where a base has it already: there the person who wrote it would
    not name it again, since the bases could not be ordered.
    """
    build = builtins.__build_class__
    imported: dict[str, type] = {}

    def rowpaths(name: str, tell: Callable[[type], None]) -> type:
        if name not in imported:
            from rowpath.fast import drf

            imported[name] = getattr(drf, name)
            tell(imported[name])
        return imported[name]

    def build_with_base(body: Any, name: str, *bases: Any, **keywords: Any) -> Any:
        module = body.__globals__["__name__"].partition(".")[0]
        if module not in {"rest_framework", "rowpath"}:
            for (ours, theirs), tell in zip(_FIRST, when_imported, strict=False):
                if _derives(bases, theirs):
                    first = rowpaths(ours, tell)
                    if not any(issubclass(base, first) for base in bases):
                        bases = (first, *bases)
        return build(body, name, *bases, **keywords)

    builtins.__build_class__ = build_with_base  # type: ignore[assignment] # bases are added
    try:
        yield
    finally:
        builtins.__build_class__ = build


# What of rowpath's stands in front of what of DRF's.
_FIRST = (
    ("FastListMixin", ("rest_framework.mixins", "ListModelMixin")),
    ("FastSerializer", ("rest_framework.serializers", "Serializer")),
)


def _derives(bases: tuple[Any, ...], theirs: tuple[str, str]) -> bool:
    """Whether one of `bases` is, or derives from, the class that `theirs` names."""
    classes = (cls for base in bases if isinstance(base, type) for cls in base.__mro__)
    return any((cls.__module__, cls.__name__) == theirs for cls in classes)


def pytest_configure(config: pytest.Config) -> None:
    """Record this run."""
    environ = os.environ
    recorder = Recorder(environ["PEER_SUITES_MODE"], Path(environ["PEER_SUITES_RESULT"]))
    config.pluginmanager.register(recorder)
