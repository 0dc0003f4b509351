"""What is patched, and that it is undone."""

from types import ModuleType
from typing import Any

import pytest
from django.db.models.query import QuerySet

from rowpath.explain.django import (
    compiler,
    phases,
    query,
    query_utils,
    queryset_uses,
    related_descriptors,
)
from rowpath.explain.recording.frames import OwnCode
from rowpath.explain.recording.patch_sets import Patches
from rowpath.explain.recording.phase_clock import PhaseClock
from rowpath.explain.recording.recorder import Recorder
from rowpath.explain.trails import Trail

RECORDING = (query, related_descriptors, query_utils, queryset_uses, compiler)


def methods(module: ModuleType) -> dict[str, Any]:
    """What the classes that a module patches have by the names that it patches."""
    return {
        f"{owner.__name__}.{name}": getattr(owner, name)
        for owner, names in module.METHODS.items()
        for name in names
    }


def recorder() -> Recorder:
    return Recorder(code=OwnCode((), frozenset()))


@pytest.mark.parametrize(
    ("module", "writer"),
    [
        *((module, recorder()) for module in RECORDING),
        (phases, PhaseClock()),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_patches_are_undone(module: ModuleType, writer: object) -> None:
    """All that a file says it patches is patched within the block, and as before after it."""
    before = methods(module)
    patches = Patches()
    patches.recording.extend(module.patches(writer))

    with patches.recorded():
        during = methods(module)

    assert all(during[name] is not before[name] for name in before)
    assert methods(module) == before


def test_a_missing_target_turns_the_finding_off() -> None:
    """Of a Django without what a patch needs it is said what is not looked for, and why."""
    patches = Patches()

    assert not patches.is_there({QuerySet: ("_no_such_thing",)}, "loaded relations")
    assert patches.missing == [
        "not looked for: loaded relations (there is no QuerySet._no_such_thing)"
    ]


def test_a_number_of_another_process_is_not_known() -> None:
    """A queryset from a cache has a trail's number that this process did not give."""
    one, other = recorder(), recorder()
    number = one.number_of(Trail(model="shop.Book", steps=((),)))

    assert (number in one.trails, number in other.trails) == (True, False)
