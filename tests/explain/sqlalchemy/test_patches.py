"""What is patched of SQLAlchemy and FastAPI, and that it is undone."""

from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Select, create_engine, text
from sqlalchemy.orm import Load, Query, QueryContext, Session
from sqlalchemy.sql.selectable import GenerativeSelect

from rowpath.explain.asgi.worker import Worker
from rowpath.explain.fastapi import routing
from rowpath.explain.recording.frames import OwnCode
from rowpath.explain.recording.patch_sets import Patches
from rowpath.explain.recording.phase_clock import PhaseClock
from rowpath.explain.recording.recorder import Recorder
from rowpath.explain.sqlalchemy import (
    eager_loads,
    loads,
    origins,
    phases,
    read_only,
    statements,
)


def methods(module: ModuleType) -> dict[str, Any]:
    """The functions that a module of patches replaces, as they are now."""
    targets: dict[Any, tuple[str, ...]] = module.METHODS
    return {
        f"{owner.__name__}.{name}": getattr(owner, name)
        for owner, names in targets.items()
        for name in names
    }


@pytest.fixture
def recorder() -> Recorder:
    """One that watches nothing yet."""
    return Recorder(code=OwnCode((), frozenset()))


@pytest.mark.parametrize("module", [origins, phases, routing], ids=lambda each: each.__name__)
def test_patches_are_undone(module: ModuleType, recorder: Recorder) -> None:
    """Within the block every target is another, and after it the same as before."""
    before = methods(module)
    made = Patches()
    watches = recorder if module is origins else PhaseClock()
    made.recording.extend(module.patches(watches))
    with made.recorded():
        within = methods(module)

    assert all(within[name] is not before[name] for name in before)
    assert methods(module) == before


def test_every_target_is_there() -> None:
    """This SQLAlchemy and this FastAPI have all that is patched."""
    made = Patches()
    modules = (eager_loads, loads, origins, phases, read_only, routing)
    found = [made.is_there(each.METHODS, "-") for each in modules]
    found.append(made.is_there(loads.COLUMNS, "-"))

    assert (found, made.missing) == ([True] * 7, [])


@pytest.mark.parametrize(
    ("owner", "name", "off"),
    [
        (GenerativeSelect, "_limit_clause", origins.FINDING),
        (GenerativeSelect, "_order_by_clauses", origins.FINDING),
        (Load, "context", eager_loads.FINDING),
        (Select, "_compile_options", loads.FINDING_OF_COLUMNS),
        (Query._compile_options, "_only_load_props", loads.FINDING_OF_COLUMNS),  # noqa: SLF001
        (QueryContext.default_load_options, "_refresh_state", loads.FINDING_OF_COLUMNS),
    ],
)
def test_a_finding_is_off_without_what_it_stands_on(
    monkeypatch: pytest.MonkeyPatch, owner: type, name: str, off: str
) -> None:
    """It is told before anything is asked, by the name that is not there."""
    for each in owner.__mro__:
        if name in vars(each):
            monkeypatch.delattr(each, name)

    worker = Worker()
    worker._add_patches()  # noqa: SLF001 starts no application

    (told,) = worker._patches.missing  # noqa: SLF001
    assert told.startswith(f"not looked for: {off} (there is no ")
    assert f".{name}" in told


def test_events_are_no_longer_listened_to(recorder: Recorder) -> None:
    """A statement is told to a recorder within the blocks, and no longer after them."""

    def told() -> int:
        engine = create_engine("sqlite://")
        with recorder.watching(None), Session(engine) as session:
            session.execute(text("SELECT 1"))
        engine.dispose()
        return len(recorder.observed().statements)

    with loads.recorded(recorder), statements.recorded(recorder):
        within = told()

    assert (within, told()) == (1, 0)
